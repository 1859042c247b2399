"""The templates of the app, synthesized in two worlds that share as little as possible."""

import fcntl
import gc
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests import botocore_models
from tests.environment import QUICK_GC, ROOT, synth_environment
from tests.environment import feature_flags as feature_flags
from tests.pipeline_definitions.maker import maker as maker
from tests.project import EXAMPLE, copy_app
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
        "CDK_VALIDATION": "false",
        "NODE_OPTIONS": f'{QUICK_GC} --require "{HOSTILE / "world.js"}"',
    },
}
"""In the first somebody types `cdk synth`. In the second the app runs alone, after others, without
the rules of CloudFormation; the clock is ahead, and there is no network and no SageMaker SDK."""

# What CDK, node and others leave among temporary files goes with this run; pytest's own stay.
_TEMPORARY = (
    None if "PYTEST_XDIST_WORKER" in os.environ else TemporaryDirectory(prefix="perennial-tests-")
)
if _TEMPORARY:
    os.environ["TMPDIR"] = _TEMPORARY.name

# Also for what CDK's classes start in this process.
os.environ["NODE_OPTIONS"] = QUICK_GC

botocore_models.read_once()

# What is imported and collected stays: to look through it for garbage, again and again, takes a
# fifth of the time that collecting the tests does, and some of that of each test.
gc.disable()
SELDOM = 50_000, 20, 100
"""Afterwards: each search of what a test left would find little."""


@pytest.fixture(scope="session")
def assemblies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """`home` to the folder that `cdk synth` wrote there, once for all processes of pytest."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / "home" / "cdk.out"
    with (shared / "synth.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "synthesized").exists():
            synthesize(folder)
            (shared / "synthesized").touch()
    return {"home": folder}


def synthesize(folder: Path) -> None:
    done = subprocess.run(
        ["cdk", "synth", "--quiet", "--output", str(folder)],
        cwd=ROOT,
        env=synth_environment(folder) | WORLDS["home"],
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
    )
    assert not done.returncode, done.stderr


@pytest.fixture(scope="session")
def synths(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synths]:
    """Runs apps that a test has changed, away from home."""
    running = Synths(tmp_path_factory.mktemp("synths"), WORLDS["away"])
    yield running
    running.close()


@pytest.fixture(scope="session")
def alone(synths: Synths, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the app whose only model is the example; what it wrote is its `cdk.out`."""
    project = copy_app(tmp_path_factory.mktemp("alone"), EXAMPLE)
    ran = synths.run(project, project / "cdk.out")
    assert not ran.code, ran.stderr
    return project


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


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(*SELDOM)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=place)


def pytest_unconfigure() -> None:
    if _TEMPORARY:
        _TEMPORARY.cleanup()
