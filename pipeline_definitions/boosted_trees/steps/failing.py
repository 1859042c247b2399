"""How a step fails on data it can't use: one sentence, where SageMaker and people look for it."""

import sys
from collections.abc import Callable
from pathlib import Path

from features import BadData


def exit_code(work: Callable[[], None], message: Path) -> int:
    """Does the work; on bad data leaves its sentence on stderr and in `message`, and returns 1.

    SageMaker shows the first kilobyte of /opt/ml/output/message as a processing job's ExitMessage,
    and of /opt/ml/output/failure as a training job's FailureReason.
    """
    try:
        work()
    except BadData as error:
        print(error, file=sys.stderr)
        message.parent.mkdir(parents=True, exist_ok=True)
        message.write_text(str(error), encoding="utf-8")
        return 1
    return 0
