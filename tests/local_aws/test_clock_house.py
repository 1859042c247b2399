"""Only the clock knows the machine's time: nothing else in the package reads it or waits for it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "local_aws"
# The clock itself; the client's side, which waits for a process to start; and what a job's process
# runs before its script.
MAY = {"clock/machine.py", "core/process_time/sitecustomize.py", "launch.py"}
MODULES = {"time", "sched", "time_machine"}
READINGS = {"now", "utcnow", "today"}
OF_THE_CLOCK = {"clock", "self", "self._machine", "state"}
WAITS = {("threading", "Timer"), ("asyncio", "sleep")}
# A long poll rests meanwhile; a turn of the event loop takes no time.
KNOWN = {
    ("ministack/waiting.py", "asyncio.sleep"),
    ("ministack/stack_operations.py", "asyncio.sleep"),
}


def clock_of_the_machine(source: str) -> Iterator[str]:
    """What a module names that reads the machine's clock or waits for it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
            yield node.module
        elif isinstance(node, ast.Attribute):
            owner, name = ast.unparse(node.value), node.attr
            if (owner, name) in WAITS or (name in READINGS and owner not in OF_THE_CLOCK):
                yield f"{owner}.{name}"


def test_every_module_takes_its_time_from_the_clock() -> None:
    modules = {path.relative_to(PACKAGE).as_posix(): path for path in PACKAGE.rglob("*.py")}
    found = {
        (module, name)
        for module in modules.keys() - MAY
        for name in clock_of_the_machine(modules[module].read_text())
    }
    assert found == KNOWN


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import time", "time"),
        ("from time import sleep", "time"),
        ("from datetime import UTC, datetime\ndatetime.now(UTC)", "datetime.now"),
        ("import datetime as dt\ndt.date.today()", "dt.date.today"),
        ("import threading\nthreading.Timer(1, print)", "threading.Timer"),
        ("import asyncio\nasyncio.sleep(1)", "asyncio.sleep"),
        ("from local_aws.clock import clock\nclock.now()", None),
    ],
)
def test_what_counts_as_the_machines_clock(source: str, name: str | None) -> None:
    assert list(clock_of_the_machine(source)) == ([name] if name else [])
