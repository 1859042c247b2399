"""constructs/ is a library of its own: it builds alone and brings all that it needs."""

import subprocess
import sys
import zipfile
from pathlib import Path

import mlops_constructs
from tests.conftest import ROOT


def test_it_builds_as_a_wheel_that_holds_only_its_package(tmp_path: Path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT / "constructs",
        check=True,
        capture_output=True,
    )
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as built:
        names = {name for name in built.namelist() if ".dist-info/" not in name}
    assert {name.split("/")[0] for name in names} == {"mlops_constructs"}
    assert "mlops_constructs/py.typed" in names
    assert "mlops_constructs/training/no_champion/NO_CHAMPION" in names


def test_it_is_imported_from_this_repository_under_its_own_name():
    assert Path(str(mlops_constructs.__file__)).is_relative_to(ROOT / "constructs")
