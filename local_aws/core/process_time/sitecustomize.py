"""Lets a Python process, and those that it starts, begin at virtual time and go on from there.

Python imports a module of this name when it starts. It stands on the PYTHONPATH of jobs and model
servers if virtual time is ahead of the machine's; see `local_aws.core.process_time`.
"""

import os
import sys
import time
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path


def _travel(offset: float) -> None:
    # time_machine imports these if they are there, which takes half a second.
    absent = [name for name in ("pytest", "dateutil") if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None means: not there
    try:
        import time_machine
    finally:
        for name in absent:
            del sys.modules[name]
    time_machine.travel(time.time() + offset, tick=True).start()


def _run_next() -> None:
    """Run the module of this name that this one hides, if the machine's Python has one."""
    here = str(Path(__file__).parent)
    spec = PathFinder.find_spec("sitecustomize", [path for path in sys.path if path != here])
    if spec and spec.loader:
        spec.loader.exec_module(module_from_spec(spec))


_travel(float(os.environ["LOCAL_AWS_TIME_OFFSET"]))
_run_next()
