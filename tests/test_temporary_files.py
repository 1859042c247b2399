"""What the tests leave behind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize("processes", [pytest.param("0", marks=pytest.mark.nightly), "1"])
def test_a_run_of_the_tests_leaves_nothing_among_the_machine_s_temporary_files(
    processes: str, tmp_path: Path
):
    machine = tmp_path / "machine"
    machine.mkdir()
    outer = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    subprocess.run(
        [
            *(sys.executable, "-m", "pytest", f"--numprocesses={processes}"),
            *("-p", "no:cacheprovider", f"--basetemp={tmp_path / 'own'}"),
            "tests/leaving_a_folder.py",
        ],
        cwd=ROOT,
        env={**outer, "TMPDIR": str(machine)},
        check=True,
    )
    assert list(machine.iterdir()) == []
