"""The scripts run in AWS's image, which holds nothing of this project, and start quickly."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.monitoring.conftest import STEPS

IN_THE_IMAGE = {"boto3", "botocore", "numpy", "sklearn"}
SCRIPTS = sorted(STEPS.glob("*.py"))


def imported(script: Path) -> Iterator[str]:
    """The top-level names of what a script imports."""
    for node in ast.walk(ast.parse(script.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or ".").partition(".")[0]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_imports_its_siblings_and_little_else(script: Path):
    siblings = {path.stem for path in SCRIPTS}
    assert set(imported(script)) - siblings - IN_THE_IMAGE - sys.stdlib_module_names == set()


def test_no_script_hides_a_module_of_the_standard_library_or_the_image():
    held = {"pandas", "scipy"} | IN_THE_IMAGE
    assert not {path.stem for path in SCRIPTS} & (sys.stdlib_module_names | held)


@pytest.mark.parametrize("script", ["data_quality", "baseline", "attribution"])
def test_what_is_slow_to_import_is_not(script: str):
    loaded = subprocess.run(
        [sys.executable, "-c", f"import {script}, sys; print(*sys.modules)"],
        cwd=STEPS, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert not {"boto3", "pandas", "scipy", "sklearn"} & set(loaded)


@pytest.mark.parametrize(
    "script", ["data_quality", "baseline", "attribution", "model_baseline", "model_quality"]
)
def test_linear_algebra_keeps_to_one_thread(script: str):
    lines = (STEPS / f"{script}.py").read_text().splitlines()
    ours = [line for line in lines if line.startswith(("import arithmetic", "import numpy"))]
    assert ours[0].startswith("import arithmetic")
    siblings = {path.stem for path in SCRIPTS}
    first = next(line.split()[1] for line in lines if line.startswith("import ")
                 and line.split()[1] in siblings)  # fmt: skip
    assert first == "arithmetic"
