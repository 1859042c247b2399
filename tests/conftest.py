"""The templates of the app, synthesized once by two processes that share as little as possible."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests import botocore_models
from tests.environment import QUICK_GC, ROOT, synth_environment
from tests.environment import feature_flags as feature_flags
from tests.scheduling import OneScopeAtATime, place
from tests.synths import Synths

HOSTILE = Path(__file__).parent / "hostile_world"
WORLDS: Mapping[str, dict[str, str]] = {
    "home": {
        "PYTHONHASHSEED": "1",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "USER": "ann",
        "TZ": "UTC",
    },
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
"""In the first somebody types `cdk synth`. In the second `python app.py` runs without the cdk CLI,
the clock is years ahead, and there is no network and no SageMaker SDK."""

# What CDK, node and others leave among temporary files goes with this run; pytest's own stay.
_TEMPORARY = (
    None if "PYTEST_XDIST_WORKER" in os.environ else TemporaryDirectory(prefix="perennial-tests-")
)
if _TEMPORARY:
    os.environ["TMPDIR"] = _TEMPORARY.name

# Also for what CDK's classes start in this process.
os.environ["NODE_OPTIONS"] = QUICK_GC

botocore_models.read_once()


@pytest.fixture(scope="session")
def assemblies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """World to the folder that the app wrote there, once for all processes of pytest."""
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
    commands = {
        "home": ["cdk", "synth", "--quiet", "--output", str(folders["home"])],
        "away": [sys.executable, "app.py"],
    }
    processes = {
        world: subprocess.Popen(
            commands[world],
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
def synths(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synths]:
    """Runs apps that a test has changed."""
    running = Synths(tmp_path_factory.mktemp("synths"))
    yield running
    running.close()


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
