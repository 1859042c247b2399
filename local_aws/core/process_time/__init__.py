"""The time of the processes that the local AWS starts.

A process starts at virtual now and runs at normal speed. Since time does not jump while a job
runs, a job's time is that of the local AWS from its start to its end; a model server, which runs
on through jumps, keeps the offset of its start.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from local_aws.clock import clock

_FOLDER = str(Path(__file__).parent)


def at_virtual_time(environment: Mapping[str, str]) -> dict[str, str]:
    """A process's variables, with those that make its Python see virtual time if that is ahead.

    Only what Python itself asks for the time sees it: not `python -I`, not other programs, not
    numpy's `datetime64("now")`.
    """
    if not clock.offset:
        return dict(environment)
    path = [_FOLDER, *filter(None, [environment.get("PYTHONPATH")])]
    return {
        **environment,
        "PYTHONPATH": os.pathsep.join(path),
        "LOCAL_AWS_TIME_OFFSET": repr(clock.offset),
    }
