"""How every job ends: by what its work came to, or because somebody stops it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from local_aws.core.errors import ApiError
from local_aws.jobs.job import Job, JobFailed
from local_aws.jobs.storage import TransferFailed

log = logging.getLogger("local_aws")


@contextmanager
def ending(job: Job) -> Iterator[None]:
    """The job's work is done in the block; the job ends with it, whatever it raises.

    TransferFailed and JobFailed are told in the FailureReason; anything else is a fault of the
    local AWS, and is logged.
    """
    reason = None
    try:
        yield
    except TransferFailed as error:
        reason = f"ClientError: {error}"
    except JobFailed as error:
        reason = str(error)
    except Exception:
        log.exception("%s ended on a fault of the local AWS", job.arn)
        reason = "InternalServerError: We encountered an internal error.  Please try again."
    job.end(reason)


def stop(job: Job, kind: str) -> None:
    """Begin to stop a job, as Stop*Job does; one that is on its way to stop stays so.

    Args:
        job: Of the request.
        kind: What the refusal calls it, e.g. `training job`.

    Raises:
        ApiError: It has ended, and stays as it is.
    """
    if job.ended:
        raise ApiError(f"The request was rejected because the {kind} is in status {job.status}.")
    job.stop("Stopped")
