"""Operations on processing jobs."""

from typing import Any

from local_aws.core.assumptions import holds
from local_aws.core.errors import ResourceInUse, ResourceNotFound
from local_aws.core.events import emit
from local_aws.core.listing import select
from local_aws.core.operations import operation
from local_aws.core.paging import page
from local_aws.core.request import Request
from local_aws.core.store import Table, arn
from local_aws.jobs.ending import stop
from local_aws.jobs.job import Job
from local_aws.jobs.lifecycle import start
from local_aws.jobs.processing_work import ProcessingWork, processing_work

PROCESSING_JOBS: Table[Job] = Table()
_KEPT = (
    "ProcessingInputs",
    "ProcessingOutputConfig",
    "ProcessingJobName",
    "ProcessingResources",
    "StoppingCondition",
    "AppSpecification",
    "Environment",
    "NetworkConfig",
    "RoleArn",
    "ExperimentConfig",
)
_TIMES = ("ProcessingEndTime", "ProcessingStartTime", "LastModifiedTime", "CreationTime")


def processing_job(name: str) -> Job:
    """The job of this name.

    Raises:
        ResourceNotFound: There is none.
    """
    found = PROCESSING_JOBS.get(name)
    if found is None:
        raise ResourceNotFound(f"Could not find requested job with name: {name}")
    return found


@operation("sagemaker", "CreateProcessingJob")
def create_processing_job(request: Request) -> dict[str, Any]:
    """Start a job; whatever is wrong with its inputs' data shows in its FailureReason."""
    job_arn = arn("processing-job", request["ProcessingJobName"])
    return {"ProcessingJobArn": begin(request, processing_work(request, arn=job_arn)).arn}


def begin(request: Request, work: ProcessingWork, **members: Any) -> Job:
    """Start the work as a job of the input's name.

    Args:
        request: The input of CreateProcessingJob.
        work: What was read of it.
        members: What DescribeProcessingJob shows besides, e.g. the schedule that started it.

    Raises:
        ResourceInUse: There is a job of this name.
    """
    name, job_arn = work.config["ProcessingJobName"], work.config["ProcessingJobArn"]
    kept = {**request.keep(*_KEPT), **members}
    job = Job(name=name, arn=job_arn, members=kept, announce=_announce)
    with PROCESSING_JOBS.lock:
        if name in PROCESSING_JOBS:
            raise ResourceInUse(
                "Job name must be unique within an AWS account and region, and a job with this"
                f" name already exists ({job_arn})"
            )
        PROCESSING_JOBS.put(name, job)
    start(job, work)
    return job


@operation("sagemaker", "DescribeProcessingJob")
def describe_processing_job(request: Request) -> dict[str, Any]:
    """The job as it is now."""
    return _described(processing_job(request["ProcessingJobName"]))


@operation("sagemaker", "ListProcessingJobs")
def list_processing_jobs(request: Request) -> dict[str, Any]:
    """The jobs whose name, status and times match."""
    summaries = [_summary(job) for job in PROCESSING_JOBS.values()]
    found = select(
        request,
        summaries,
        name="ProcessingJobName",
        status="ProcessingJobStatus",
        default_order="Ascending",
    )
    return page(found, request, "ProcessingJobSummaries")


@operation("sagemaker", "StopProcessingJob")
def stop_processing_job(request: Request) -> dict[str, Any]:
    """Begin to stop a job; one that has ended stays as it is."""
    stop(processing_job(request["ProcessingJobName"]), "processing job")
    return {}


def _described(job: Job) -> dict[str, Any]:
    return {
        **job.members,
        "StoppingCondition": job.members.get("StoppingCondition", {"MaxRuntimeInSeconds": 86400}),
        "ProcessingJobArn": job.arn,
        "ProcessingJobStatus": job.status,
        "ExitMessage": job.exit_message,
        "FailureReason": job.failure_reason,
        "ProcessingStartTime": job.started,
        "ProcessingEndTime": job.ended,
        "LastModifiedTime": job.modified,
        "CreationTime": job.created,
    }


def _summary(job: Job) -> dict[str, Any]:
    described = _described(job)
    members = (
        "ProcessingJobName",
        "ProcessingJobArn",
        "CreationTime",
        "ProcessingEndTime",
        "LastModifiedTime",
        "ProcessingJobStatus",
        "FailureReason",
        "ExitMessage",
    )
    return {member: described[member] for member in members}


def _announce(job: Job) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html#processing-job-state"""
    described = _described(job)
    times = {member: _milliseconds(described[member]) for member in _TIMES}
    if not holds("processing-job-events-tell-the-exit-message"):
        described |= {"ExitMessage": None, "MonitoringScheduleArn": None}
    emit("SageMaker Processing Job State Change", {**described, **times}, [job.arn])


def _milliseconds(moment: float | None) -> int | None:
    return None if moment is None else int(moment * 1000)
