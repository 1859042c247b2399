"""The templates of the app, synthesized once by two processes that share as little as possible."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.scheduling import OneScopeAtATime, place

ROOT = Path(__file__).resolve().parent.parent
HOSTILE = Path(__file__).parent / "hostile_world"
QUICK_GC = f'--require "{ROOT / "quick_gc.js"}"'
WORLDS: Mapping[str, dict[str, str]] = {
    "home": {"PYTHONHASHSEED": "1", "AWS_REGION": "us-east-1", "USER": "ann", "TZ": "UTC"},
    "away": {
        "PYTHONHASHSEED": "2",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "CDK_DEFAULT_REGION": "eu-west-1",
        "CDK_DEFAULT_ACCOUNT": "210987654321",
        "USER": "bob",
        "LOGNAME": "bob",
        "TZ": "Pacific/Kiritimati",
        "LANG": "tr_TR.UTF-8",
        "PYTHONPATH": str(HOSTILE),
        "NODE_OPTIONS": f'{QUICK_GC} --require "{HOSTILE / "world.js"}"',
    },
}
"""In the second the clock is years ahead, and there is no network and no SageMaker SDK."""

# What CDK, node and others leave among temporary files goes with this run; pytest's own stay.
_TEMPORARY = (
    None if "PYTEST_XDIST_WORKER" in os.environ else TemporaryDirectory(prefix="perennial-tests-")
)
if _TEMPORARY:
    os.environ["TMPDIR"] = _TEMPORARY.name

# Also for what CDK's classes start in this process.
os.environ["NODE_OPTIONS"] = QUICK_GC


def feature_flags() -> dict[str, Any]:
    """The context of cdk.json, which only the cdk CLI would read."""
    flags: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return flags


def synth_environment(out: Path | str) -> dict[str, str]:
    """What `cdk synth` gives to `python app.py`, and what that needs of any environment."""
    metadata = {"aws:cdk:enable-path-metadata": True, "aws:cdk:enable-asset-metadata": True}
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"],
        "NODE_OPTIONS": QUICK_GC,
        "CDK_OUTDIR": str(out),
        "CDK_CONTEXT_JSON": json.dumps(feature_flags() | metadata),
    }


@pytest.fixture(scope="session")
def assemblies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """World to the folder that `python app.py` wrote there, once for all processes of pytest."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folders = {world: shared / world / "cdk.out" for world in WORLDS}
    with (shared / "synth.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "synthesized").exists():
            synthesize(folders)
            (shared / "synthesized").touch()
    return folders


def synthesize(folders: Mapping[str, Path]) -> None:
    processes = {
        world: subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env=synth_environment(folders[world]) | environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        for world, environment in WORLDS.items()
    }
    errors = {world: process.communicate(timeout=120)[1] for world, process in processes.items()}
    failed = {world: errors[world] for world, process in processes.items() if process.returncode}
    assert not failed


@pytest.fixture(scope="session")
def templates(assemblies: dict[str, Path]) -> dict[str, dict[str, Any]]:
    """Stack name to template, of the stage that trains."""
    return templates_of(assemblies["home"] / "assembly-Dev")


@pytest.fixture(scope="session")
def prod(assemblies: dict[str, Path]) -> dict[str, dict[str, Any]]:
    """Stack name to template, of the stage that follows it."""
    return templates_of(assemblies["home"] / "assembly-Prod")


@pytest.fixture(scope="session")
def all_templates(assemblies: dict[str, Path]) -> dict[str, dict[str, Any]]:
    """Stack name to template, of every stage."""
    folders = sorted(assemblies["home"].glob("assembly-*"))
    return {name: one for folder in folders for name, one in templates_of(folder).items()}


def templates_of(folder: Path) -> dict[str, dict[str, Any]]:
    """Stack name to template."""
    artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"].values()
    return {
        artifact["properties"]["stackName"]: json.loads(
            (folder / artifact["properties"]["templateFile"]).read_text()
        )
        for artifact in artifacts
        if artifact["type"] == "aws:cloudformation:stack"
    }


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneScopeAtATime:
    return OneScopeAtATime(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=place)


def pytest_unconfigure() -> None:
    if _TEMPORARY:
        _TEMPORARY.cleanup()
