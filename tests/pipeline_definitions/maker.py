"""Runs `make definitions` for one project after the other, in a process of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

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
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", MAKER],
            env={"PATH": os.environ["PATH"], **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def make(self, root: Path, *arguments: str) -> Done:
        assert self._process.stdin and self._process.stdout
        print(json.dumps([str(root), *arguments]), file=self._process.stdin, flush=True)
        return Done(*json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        self._process.communicate()
