"""The scripts run in AWS's image, beside those of monitors."""

import ast
import sys
from pathlib import Path

import pytest

from mlops_constructs.comparison.comparison import COMPARISON_STEPS
from mlops_constructs.monitor_steps import MONITOR_STEPS
from tests.monitoring.test_scripts import IN_THE_IMAGE, imported

OURS, THEIRS = (sorted(folder.glob("*.py")) for folder in (COMPARISON_STEPS, MONITOR_STEPS))


@pytest.mark.parametrize("script", OURS, ids=lambda path: path.stem)
def test_a_script_imports_its_siblings_and_what_the_image_holds(script: Path):
    siblings = {path.stem for path in (*OURS, *THEIRS)}
    known = siblings | IN_THE_IMAGE | {"scipy"} | sys.stdlib_module_names
    assert set(imported(script)) - known == set()


def test_no_script_hides_one_of_a_monitor_or_a_module_of_the_image():
    names = {path.stem for path in OURS}
    assert not names & {path.stem for path in THEIRS}
    assert not names & (sys.stdlib_module_names | IN_THE_IMAGE | {"pandas", "scipy"})


@pytest.mark.parametrize("script", OURS, ids=lambda path: path.stem)
def test_a_script_is_python_3_10(script: Path):
    ast.parse(script.read_text(), feature_version=(3, 10))
