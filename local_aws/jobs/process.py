"""The process of a job, as the local AWS sees it."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

_SUPERVISOR = Path(__file__).with_name("supervisor.py")


class ContainerProcess:
    """A command under a supervisor that ends it, and all it started, when it must end."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        log: Path,
    ) -> None:
        """Start the command.

        Args:
            command: The program and its arguments.
            environment: All its variables.
            folder: Its working directory.
            log: The file that gets what it writes to stdout and stderr.
        """
        self._lock = threading.Lock()
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(_SUPERVISOR), *command],
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self) -> int:
        """The exit code, 128 and more if a signal ended the command."""
        code = self._process.wait()
        with self._lock:
            if self._process.stdin:
                with contextlib.suppress(BrokenPipeError):
                    self._process.stdin.close()
        return code

    def stop(self, grace_seconds: float) -> None:
        """Ask the command to end, and kill it when the grace is over; returns at once."""
        with self._lock:
            pipe = self._process.stdin
            if not pipe or pipe.closed:
                return
            # A command that has just ended needs no order, and takes none.
            with contextlib.suppress(BrokenPipeError):
                pipe.write(f"{grace_seconds}\n".encode())
                pipe.flush()
