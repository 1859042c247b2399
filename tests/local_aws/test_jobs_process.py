"""A job's process ends when it should, with all that it started."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local_aws.jobs.process import ContainerProcess
from local_aws.jobs.supervisor import SIGNALLED

# Starts a child of its own, writes both ids, and waits.
Start = Callable[..., tuple[ContainerProcess, Path]]
FAMILY = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(600)
"""
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + FAMILY


def eventually(condition: Callable[[], object], within: float = 10.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def start(tmp_path: Path) -> Start:
    def run(*command: str) -> tuple[ContainerProcess, Path]:
        log = tmp_path / "log"
        process = ContainerProcess(
            command, environment={"PATH": os.environ["PATH"]}, folder=tmp_path, log=log
        )
        return process, log

    return run


def family(log: Path) -> list[int]:
    eventually(lambda: log.exists() and log.read_text().endswith("\n"))
    return [int(pid) for pid in log.read_text().split()]


@pytest.mark.parametrize("code", [0, 3])
def test_a_process_gives_its_exit_code_and_its_output(start: Start, code: int) -> None:
    process, log = start(sys.executable, "-c", f"print('done'); raise SystemExit({code})")

    assert process.wait() == code
    assert log.read_text() == "done\n"


def test_a_process_that_a_signal_ended_gives_what_a_shell_would(start: Start) -> None:
    process, _ = start("sh", "-c", "kill -SEGV $$")

    assert process.wait() == SIGNALLED + signal.SIGSEGV


def test_a_program_that_is_not_there_gives_127_and_is_named(start: Start) -> None:
    process, log = start("no-such-program")

    assert process.wait() == 127
    assert log.read_text() == "no-such-program: No such file or directory\n"


def test_a_stop_ends_the_process_and_what_it_started(start: Start) -> None:
    process, log = start(sys.executable, "-c", FAMILY)
    pids = family(log)

    process.stop(60.0)

    assert process.wait() == SIGNALLED + signal.SIGTERM
    eventually(lambda: not any(map(is_alive, pids)))


def test_a_process_that_does_not_heed_the_stop_is_killed_after_its_grace(start: Start) -> None:
    process, log = start(sys.executable, "-c", DEAF)
    family(log)

    process.stop(0.2)

    assert process.wait() == SIGNALLED + signal.SIGKILL


def test_what_a_process_leaves_behind_ends_with_it(start: Start) -> None:
    process, log = start("sh", "-c", "sleep 600 & echo $!")
    (left,) = family(log)

    assert process.wait() == 0
    eventually(lambda: not is_alive(left))


def test_no_process_outlives_a_local_aws_that_is_killed(tmp_path: Path) -> None:
    owner = (
        "import sys, pathlib\n"
        "from local_aws.jobs.process import ContainerProcess\n"
        "here = pathlib.Path(sys.argv[1])\n"
        "ContainerProcess([sys.executable, '-c', sys.argv[2]], environment={}, folder=here,"
        " log=here / 'log').wait()\n"
    )
    with subprocess.Popen([sys.executable, "-c", owner, str(tmp_path), DEAF]) as process:
        pids = family(tmp_path / "log")
        process.kill()

    eventually(lambda: not any(map(is_alive, pids)))
