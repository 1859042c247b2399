"""The app of somebody else, played once in a folder of its own, by a Python without our paths."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

APP = Path(__file__).parent / "someones_app"
CHANGED = {"timeout": 60, "cooling": 7, "fifo": True}
STACK = "test_cases.py::TestOrders::test_the_stack"

RUNS: dict[str, dict[str, Any]] = {
    "without syrupy": {"arguments": ["-p", "no:syrupy", "-k", "dict", "test_cases.py"]},
    "a dict": {"arguments": ["-k", "dict", "--snapshot-update", "test_cases.py"]},
    "first": {"arguments": ["test_cases.py"]},
    "update": {"arguments": ["--snapshot-update", "test_cases.py"]},
    "asset": {"arguments": ["test_cases.py"], "code": "main = len"},
    "change": {"arguments": ["test_cases.py"], "settings": CHANGED},
    "removal": {"arguments": ["test_cases.py"], "settings": {**CHANGED, "dashboard": False}},
    "acceptance": {
        "arguments": [STACK, "--snapshot-update"],
        "settings": {**CHANGED, "dashboard": False},
    },
    "misuse": {"arguments": ["test_misuse.py", "--snapshot-update"]},
}
"""In this order; each sees the snapshots that the ones before it left."""


class Run(NamedTuple):
    """A run of pytest.

    Attributes:
        status: Its exit code.
        printed: What it printed.
        snapshots: The files there were afterwards, by their paths below `__snapshots__`.
        imported: Which of CDK and syrupy its process had imported by then.
    """

    status: int
    printed: str
    snapshots: dict[str, str]
    imported: list[str]

    def told(self, test: str) -> str:
        """What it printed of a test that failed."""
        _, begin, after = self.printed.partition(f"_ {test} _")
        assert begin, f"{test} did not fail"
        _, _, told = after.partition("\n")
        return re.split("\n(?:_____|-----|=====)", told)[0].strip()


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """Every run by its name."""
    folder = tmp_path_factory.mktemp("someones")
    for source, name in (
        ("orders.py", "orders.py"),
        ("cases.py", "test_cases.py"),
        ("misuse.py", "test_misuse.py"),
        ("play.py", "play.py"),
    ):
        shutil.copy(APP / source, folder / name)
    runs = [{"settings": {}, "code": "main = print", **run} for run in RUNS.values()]
    (folder / "runs.json").write_text(json.dumps(runs))
    environment = {
        name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ
    }
    # It takes longer than all else here, and is about no snapshot.
    environment["CDK_VALIDATION"] = "false"
    subprocess.run(
        [sys.executable, "-I", "play.py"],
        cwd=folder,
        env=environment,
        check=True,
    )
    told = json.loads((folder / "played.json").read_text())
    return {name: Run(**one) for name, one in zip(RUNS, told, strict=True)}
