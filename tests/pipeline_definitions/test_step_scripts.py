"""Step scripts run in AWS's images, which hold nothing of this project."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.scripts import unpacked
from pipeline_definitions.models import MODELS

IN_THE_IMAGES = {"numpy", "pandas", "sklearn", "xgboost"}
ARCHIVES = {spec.name: unpacked(*spec.code) for spec in MODELS}
SCRIPTS = {
    f"{name}/{path.stem}": path
    for name, folder in ARCHIVES.items()
    for path in sorted(folder.glob("*.py"))
}


def imported(script: Path) -> Iterator[str]:
    """The top-level names of what a script imports."""
    for node in ast.walk(ast.parse(script.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or ".").partition(".")[0]


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_imports_its_siblings_and_what_the_images_hold(script: Path):
    siblings = {path.stem for path in script.parent.glob("*.py")}
    foreign = set(imported(script)) - siblings - IN_THE_IMAGES - sys.stdlib_module_names
    assert foreign == set()


@pytest.mark.parametrize("folder", ARCHIVES.values(), ids=ARCHIVES)
def test_no_sibling_hides_a_module_of_the_standard_library(folder: Path):
    names = {path.stem for path in folder.glob("*.py")}
    assert not names & (sys.stdlib_module_names | IN_THE_IMAGES)


@pytest.mark.parametrize("folder", ARCHIVES.values(), ids=ARCHIVES)
def test_what_answers_requests_needs_only_what_travels_with_the_model(folder: Path):
    served = ("inference.py", "features.py", "boosting.py")
    for script in served:
        siblings = {
            path.name for path in folder.glob("*.py") if path.stem in imported(folder / script)
        }
        assert siblings <= set(served)
