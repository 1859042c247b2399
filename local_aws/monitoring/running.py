"""One execution of a monitoring schedule, from its data to its status."""

import logging
import uuid
from datetime import UTC, datetime

from local_aws.core.errors import ApiError
from local_aws.jobs.job import Job
from local_aws.monitoring import captured
from local_aws.monitoring.captured import Hours
from local_aws.monitoring.jobs import Run
from local_aws.monitoring.schedule import MonitoringExecution

log = logging.getLogger("local_aws")
# aws/sagemaker-python-sdk#2634
NO_DATA = "Job inputs had no data"
# "CompletedWithViolations: Job completed successfully with 60 violations."
_VIOLATED = "CompletedWithViolations"


class ExecutionFailed(Exception):
    """The execution cannot go on; the text is its FailureReason."""


def run(execution: MonitoringExecution) -> None:
    """Run the jobs, one after the other, and give the execution its last status."""
    try:
        execution.become(_run(execution))
    except ExecutionFailed as error:
        execution.become("Failed", str(error))
    except ApiError as error:
        execution.become("Failed", error.message)
    except Exception:
        log.exception("an execution of %s ended on a fault", execution.schedule.arn)
        execution.become("Failed", "InternalServerError: We encountered an internal error.")


def _run(execution: MonitoringExecution) -> str:
    run = _begin(execution)
    hours = Hours(run.start, run.end)
    inputs = _data(run, hours)
    if run.definition.kind.labelled:
        # Labels are filed by the hour in which they were collected, which may be any until now.
        collected = Hours(run.start, execution.scheduled)
        truth = captured.named("groundtruth_input", captured.labels(run.definition, collected))
        if not truth or not inputs:
            raise ExecutionFailed(NO_DATA)
        merged = _done(execution, run.merge([*truth, *inputs]))
        if merged.status != "Completed":
            return merged.status
        name = inputs[0]["InputName"].rpartition("_")[0]
        merged_inputs = captured.merged_data(run.definition, run.merge_root, hours)
        inputs = captured.named(name, merged_inputs)
    if not inputs:
        raise ExecutionFailed(NO_DATA)
    analyzed = _done(execution, run.analyze(inputs))
    told = analyzed.exit_message or ""
    violated = analyzed.status == "Completed" and told.startswith(_VIOLATED)
    return _VIOLATED if violated else analyzed.status


def _begin(execution: MonitoringExecution) -> Run:
    definition = execution.schedule.definition
    start, end = execution.schedule.window(definition, execution.scheduled)
    when = datetime.fromtimestamp(execution.scheduled, UTC)
    return Run(
        execution=execution,
        definition=definition,
        suffix=f"{when:%Y%m%d%H%M}-{uuid.uuid4().hex[:24]}",
        start=start,
        end=end,
    )


def _data(run: Run, hours: Hours) -> list[captured.Input]:
    if run.definition.endpoint:
        return captured.named("endpoint_input", captured.endpoint_data(run.definition, hours))
    return captured.named("batch_transform_input", captured.transform_data(run.definition, hours))


def _done(execution: MonitoringExecution, job: Job) -> Job:
    execution.enter(job)
    job.done.wait()
    if job.status == "Failed":
        raise ExecutionFailed(job.failure_reason or "")
    return job
