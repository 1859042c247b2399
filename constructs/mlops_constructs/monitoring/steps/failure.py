"""How a script of the monitor ends when it can't do its work: one sentence, for people to find."""

import sys
from collections.abc import Callable
from pathlib import Path


class Failure(Exception):
    """Why the work can't be done, in one sentence."""


def exit_code(work: Callable[[], None], message: Path) -> int:
    """Does the work; on a Failure leaves its sentence on stderr and in `message`, and returns 1.

    SageMaker shows the first kilobyte of /opt/ml/output/message as a processing job's ExitMessage.
    """
    try:
        work()
    except Failure as failure:
        print(failure, file=sys.stderr)
        message.parent.mkdir(parents=True, exist_ok=True)
        message.write_text(str(failure), encoding="utf-8")
        return 1
    return 0
