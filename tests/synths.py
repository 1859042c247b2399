"""Runs the app of one changed project after the other, in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.environment import synth_environment

RUNNER = Path(__file__).with_name("app_runner.py")


@dataclass(frozen=True)
class Ran:
    """What a run of the app came to.

    Attributes:
        code: Its exit code.
        stdout: What it printed.
        stderr: What it said of what ended it.
        out: What it wrote, if it wrote anything.
    """

    code: int
    stdout: str
    stderr: str
    out: Path


class Synths:
    """A process that runs the apps; CloudFormation's schemas are not looked at.

    That the app as it is comes to the same in it as by `cdk synth`, test_synth.py says.
    """

    def __init__(self, folder: Path, world: Mapping[str, str]) -> None:
        """Start it.

        Args:
            folder: Of its own.
            world: Variables of its environment.
        """
        environment = synth_environment(folder / "cdk.out") | {
            **world,
            "CDK_VALIDATION": "false",
            # Node.js counts listeners that each app adds to its process.
            "NODE_NO_WARNINGS": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, RUNNER], env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def run(self, project: Path, out: Path, *, renew: bool = False) -> Ran:
        """Run the app of a project.

        Args:
            project: Its folder.
            out: A folder that is not there yet, for what it writes.
            renew: Whether to call its definitions new first, as `make definitions` does last.
        """
        assert self._process.stdin and self._process.stdout
        request = json.dumps([str(project), str(out), renew])
        print(request, file=self._process.stdin, flush=True)
        return Ran(*json.loads(self._process.stdout.readline()), out)

    def synth(self, project: Path, out: Path) -> Path:
        """What the app writes when all is well, after its definitions were called new."""
        ran = self.run(project, out, renew=True)
        assert not ran.code, ran.stderr
        return out

    def close(self) -> None:
        self._process.communicate()
