"""One process with the SageMaker SDK: `make definitions` for one project after the other."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.environment import ROOT

MAKER = Path(__file__).parent / "definitions_maker.py"


@dataclass(frozen=True)
class Done:
    """What a run of `make definitions` came to."""

    code: int
    stdout: str
    stderr: str


class Maker:
    """A process that makes the definitions of one project after the other."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._imported = False
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", MAKER],
            env={"PATH": os.environ["PATH"], **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def make(self, root: Path, *arguments: str) -> Done:
        return self._done(root=str(root), arguments=arguments)

    def run(self, program: Path, *arguments: str, environment: Mapping[str, str]) -> Done:
        """Another program with the SDK, in a process of its own that has it already."""
        if not self._imported:
            made = self.make(ROOT, "--check")
            assert made.code == 0, made.stderr
        return self._done(program=str(program), arguments=arguments, environment=environment)

    def _done(self, **asked: Any) -> Done:
        assert self._process.stdin and self._process.stdout
        self._imported = True
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        return Done(*json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture(scope="session")
def maker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maker]:
    """On a machine whose region, profile, clock, user and SDK defaults are nobody's."""
    home = tmp_path_factory.mktemp("home")
    config = home / "sagemaker/config.yaml"
    config.parent.mkdir()
    config.write_text(
        "SchemaVersion: '1.0'\n"
        "SageMaker:\n  ProcessingJob:\n    ProcessingResources:\n"
        "      ClusterConfig:\n        VolumeKmsKeyId: of-the-user\n"
    )
    maker = Maker({
        "HOME": str(home), "XDG_CONFIG_HOME": str(home),
        "SAGEMAKER_USER_CONFIG_OVERRIDE": str(config),
        "AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_PROFILE": "nobodys", "PYTHONHASHSEED": "7", "TZ": "Asia/Kolkata", "USER": "x",
    })  # fmt: skip
    yield maker
    maker.close()
