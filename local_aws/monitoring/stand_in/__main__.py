"""The entry point of the closed images: `python -m local_aws.monitoring.stand_in <analysis>`."""

import os
import sys
from pathlib import Path

from local_aws.monitoring.stand_in.job import Job, JobError


def main(analysis: str, opt_ml: Path) -> int:
    """Run an analysis with the variables that a monitoring job has; its exit code.

    Args:
        analysis: `merge`, `analyzer` or `clarify`.
        opt_ml: What stands for /opt/ml.
    """
    print(
        f"This is not AWS's container but the local AWS's stand-in for it ({analysis}). It computes"
        " what AWS documents, and proves nothing about AWS's own statistics."
    )
    job = Job(variables=os.environ, opt_ml=opt_ml)
    try:
        message = _run(analysis, job)
    except JobError as error:
        job.write_failure(str(error))
        return 255
    if message:
        job.write_message(message)
    return 0


def _run(analysis: str, job: Job) -> str | None:
    # Imported here: a merge needs none of what the analyses load.
    if analysis == "merge":
        from local_aws.monitoring.stand_in import merge

        merge.run(job)
        return None
    if analysis == "clarify":
        from local_aws.monitoring.stand_in import clarify

        return clarify.run(job)
    if job.variables.get("analysis_type") == "MODEL_QUALITY":
        from local_aws.monitoring.stand_in import model_quality

        return model_quality.run(job)
    from local_aws.monitoring.stand_in import data_quality

    return data_quality.run(job)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path.cwd()))
