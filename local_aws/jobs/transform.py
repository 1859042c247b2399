"""Operations on transform jobs: batches of requests to a model, with no endpoint."""

from typing import Any

from local_aws.core import background
from local_aws.core.errors import ResourceInUse, ResourceNotFound
from local_aws.core.events import emit
from local_aws.core.listing import select
from local_aws.core.moments import utc_text
from local_aws.core.operations import operation
from local_aws.core.paging import page
from local_aws.core.request import Request
from local_aws.core.store import Table, arn
from local_aws.jobs.ending import stop
from local_aws.jobs.job import Job
from local_aws.jobs.transform_run import run
from local_aws.jobs.transform_work import transform_work

TRANSFORM_JOBS: Table[Job] = Table()
_KEPT = (
    "TransformJobName",
    "ModelName",
    "MaxConcurrentTransforms",
    "ModelClientConfig",
    "MaxPayloadInMB",
    "BatchStrategy",
    "Environment",
    "TransformInput",
    "TransformOutput",
    "DataCaptureConfig",
    "TransformResources",
    "DataProcessing",
    "ExperimentConfig",
)
_TIMES = ("CreationTime", "TransformStartTime", "TransformEndTime")


def transform_job(name: str) -> Job:
    """The job of this name.

    Raises:
        ResourceNotFound: There is none.
    """
    found = TRANSFORM_JOBS.get(name)
    if found is None:
        raise ResourceNotFound(f"Could not find requested job with name: {name}")
    return found


@operation("sagemaker", "CreateTransformJob")
def create_transform_job(request: Request) -> dict[str, Any]:
    """Start a job; whatever is wrong with its data, or its model, shows in its FailureReason."""
    name, job_arn = request["TransformJobName"], arn("transform-job", request["TransformJobName"])
    work = transform_work(request)
    job = Job(name=name, arn=job_arn, members=request.keep(*_KEPT), announce=_announce)
    with TRANSFORM_JOBS.lock:
        if name in TRANSFORM_JOBS:
            raise ResourceInUse(
                "Job name must be unique within an AWS account and region, and a job with this"
                f" name already exists ({job_arn})"
            )
        TRANSFORM_JOBS.put(name, job)
    background.run(run, job, work)
    return {"TransformJobArn": job_arn}


@operation("sagemaker", "DescribeTransformJob")
def describe_transform_job(request: Request) -> dict[str, Any]:
    """The job as it is now."""
    return _described(transform_job(request["TransformJobName"]))


@operation("sagemaker", "ListTransformJobs")
def list_transform_jobs(request: Request) -> dict[str, Any]:
    """The jobs whose name, status and times match."""
    found = select(
        request,
        [_summary(job) for job in TRANSFORM_JOBS.values()],
        name="TransformJobName",
        status="TransformJobStatus",
    )
    return page(found, request, "TransformJobSummaries")


@operation("sagemaker", "StopTransformJob")
def stop_transform_job(request: Request) -> dict[str, Any]:
    """Begin to stop a job; one that has ended stays as it is."""
    stop(transform_job(request["TransformJobName"]), "transform job")
    return {}


def _described(job: Job) -> dict[str, Any]:
    return {
        **job.members,
        "TransformJobArn": job.arn,
        "TransformJobStatus": job.status,
        "FailureReason": job.failure_reason,
        "CreationTime": job.created,
        "TransformStartTime": job.started,
        "TransformEndTime": job.ended,
    }


def _summary(job: Job) -> dict[str, Any]:
    described = _described(job)
    members = (
        "TransformJobName",
        "TransformJobArn",
        "CreationTime",
        "TransformEndTime",
        "TransformJobStatus",
        "FailureReason",
    )
    return {
        "LastModifiedTime": job.modified,
        **{member: described[member] for member in members},
    }


def _announce(job: Job) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html#eventbridge-transform"""
    described = _described(job)
    known = [member for member in _TIMES if described[member] is not None]
    times = {member: utc_text(described[member]) for member in known}
    emit("SageMaker Transform Job State Change", {**described, **times}, [job.arn])
