"""What `cdk synth` writes depends on the committed files and on nothing else."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conftest import HOSTILE, WORLDS
from tests.environment import ROOT
from tests.synths import Synths


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_cdk_command_and_the_app_alone_write_the_same_bytes_in_two_worlds(
    assemblies: dict[str, Path],
    all_templates: dict[str, dict[str, Any]],
    synths: Synths,
    tmp_path: Path,
):
    ran = synths.run(ROOT, tmp_path / "away")
    assert not ran.code, ran.stderr
    home, away = files(assemblies["home"]), files(ran.out)
    assert len([name for name in home if name.endswith(".template.json")]) == len(all_templates)
    assert home == away


def in_the_other_world(code: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": "", **WORLDS["away"]},
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )


def test_the_other_world_has_no_sagemaker_sdk(tmp_path: Path):
    tried = in_the_other_world("import sagemaker", tmp_path)
    assert "there is no sagemaker here" in tried.stderr


def test_the_other_world_has_no_network(tmp_path: Path):
    tried = in_the_other_world(
        "import urllib.request as u; u.urlopen('http://localhost')", tmp_path
    )
    assert "there is no network here" in tried.stderr


def test_the_other_world_is_years_ahead(tmp_path: Path):
    tried = in_the_other_world("import time; print(time.gmtime(time.time()).tm_year)", tmp_path)
    assert int(tried.stdout) >= 2031
    assert HOSTILE.is_dir()
