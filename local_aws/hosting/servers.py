"""Processes of model servers, forked by one that has all they need up already (see `image`)."""

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any

from local_aws.clock import clock

_ROOT = str(Path(__file__).parents[2])


class ServerProcess:
    """A running model server, which ends with this process, however that ends.

    Attributes:
        pid: Its process id, its own until `stop` has returned.
    """

    def __init__(
        self,
        *,
        environment: Mapping[str, str],
        folder: Path,
        listener: socket.socket,
        log: IO[bytes],
    ) -> None:
        """Start it.

        Args:
            environment: All its variables.
            folder: Its working directory.
            listener: The open socket that it is to serve.
            log: The file that gets what it writes to stdout and stderr.
        """
        self._lock, self._stopped = threading.Lock(), False
        stdin, self._stdin = os.pipe()
        self._alive, alive = os.pipe()
        request = {
            "environment": {**environment, "PYTHONUNBUFFERED": "1"},
            "folder": str(folder),
            "time_offset": clock.offset,
        }
        self.pid = _nursery().ask(request, [listener.fileno(), log.fileno(), stdin, alive])
        os.close(stdin)
        os.close(alive)

    def stop(self, timeout_seconds: float) -> None:
        """End it, if nobody has: it leaves when its stdin closes, and is killed if it does not."""
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
        os.close(self._stdin)
        left, _, _ = select.select([self._alive], [], [], timeout_seconds)
        if not left:
            os.kill(self.pid, signal.SIGKILL)
        os.close(self._alive)
        _nursery().ask({"reap": self.pid}, [])


class _Nursery:
    """The process that forks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "local_aws.hosting.image", str(theirs.fileno())],
                env={"PATH": os.environ["PATH"], "PYTHONPATH": _ROOT, "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self._answers = self._socket.makefile("rb")
        atexit.register(self.close)

    def ask(self, request: Mapping[str, Any], files: list[int]) -> int:
        with self._lock:
            socket.send_fds(self._socket, [b"\0"], files)
            self._socket.sendall(json.dumps(request).encode() + b"\n")
            return int(self._answers.readline())

    def close(self) -> None:
        self._answers.close()
        self._socket.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)


@cache
def _nursery() -> _Nursery:
    return _Nursery()
