"""What a benchmark says of its figures, and what a script costs."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scipy.stats import binomtest


def interval(hits: int, of: int) -> str:
    """A share with Clopper and Pearson's interval, with 95 %."""
    ends = binomtest(hits, of).proportion_ci(0.95, method="exact")
    return f"{hits} of {of} = {hits / of:.1%} ({ends.low:.1%} to {ends.high:.1%})"


def exit_status(measure: Callable[[float], bool], description: str | None) -> str | None:
    """What a benchmark exits with, once its command line has said which share of the work to do.

    Args:
        measure: Measures so much, and returns whether all bounds are held.
        description: What `--help` says.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--share", type=float, default=1.0, help="of the work; default all of it")
    return None if measure(parser.parse_args().share) else "a bound is not held"


AND_WHAT_IT_TOOK = """
import pathlib, re, resource, runpy, sys
sys.argv = sys.argv[1:]
sys.path.insert(0, sys.argv[0].rpartition("/")[0])
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
except SystemExit as ended:
    if ended.code:
        raise
used = [resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
peak = re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())
print(sum(of.ru_utime + of.ru_stime for of in used), peak.group(1), used[1].ru_maxrss)
"""
"""Runs a script; VmHWM because ru_maxrss remembers the process that started it (Linux only)."""


@dataclass(frozen=True)
class Cost:
    """What a run of a script took.

    Attributes:
        wall: Seconds from its start to its end.
        processor: Seconds of processor time, its own and of the processes that it started.
        memory: Its own peak in MiB.
        started: The highest peak in MiB of a process that it started; 0 if it started none.
        said: The lines that it printed.
    """

    wall: float
    processor: float
    memory: float
    started: float
    said: list[str]


def measured(script: Path, *arguments: str) -> Cost:
    """Run a script to its end, in a process of its own with one thread for linear algebra.

    Raises:
        subprocess.CalledProcessError: It failed.
    """
    command = [sys.executable, "-c", AND_WHAT_IT_TOOK, str(script), *arguments]
    environment = {"OPENBLAS_NUM_THREADS": "1", **os.environ}
    began = time.perf_counter()
    ended = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    wall = time.perf_counter() - began
    *said, took = ended.stdout.splitlines()
    processor, memory, started = map(float, took.split())
    return Cost(wall, processor, memory / 1024, started / 1024, said)
