"""Operations on training jobs."""

from typing import Any

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
from local_aws.jobs.training_work import training_work

TRAINING_JOBS: Table[Job] = Table()
_KEPT = (
    "TrainingJobName",
    "HyperParameters",
    "AlgorithmSpecification",
    "RoleArn",
    "InputDataConfig",
    "OutputDataConfig",
    "ResourceConfig",
    "VpcConfig",
    "Environment",
    "RetryStrategy",
)
_TIMES = ("CreationTime", "TrainingStartTime", "TrainingEndTime", "LastModifiedTime")


def training_job(name: str) -> Job:
    """The job of this name.

    Raises:
        ResourceNotFound: There is none.
    """
    found = TRAINING_JOBS.get(name)
    if found is None:
        raise ResourceNotFound("Requested resource not found.")
    return found


@operation("sagemaker", "CreateTrainingJob")
def create_training_job(request: Request) -> dict[str, Any]:
    """Start a job, if each of its channels has an object now."""
    name, job_arn = request["TrainingJobName"], arn("training-job", request["TrainingJobName"])
    work = training_work(request, arn=job_arn)
    members = {
        **request.keep(*_KEPT),
        "StoppingCondition": {"MaxRuntimeInSeconds": work.max_runtime_seconds},
        "ModelArtifacts": {"S3ModelArtifacts": work.model_uri},
    }
    job = Job(name=name, arn=job_arn, members=members, announce=_announce)
    with TRAINING_JOBS.lock:
        if name in TRAINING_JOBS:
            raise ResourceInUse(
                "Job name must be unique within an AWS account and region, and a job with this"
                f" name already exists ({job_arn})"
            )
        TRAINING_JOBS.put(name, job)
    start(job, work)
    return {"TrainingJobArn": job_arn}


@operation("sagemaker", "DescribeTrainingJob")
def describe_training_job(request: Request) -> dict[str, Any]:
    """The job as it is now."""
    return described(training_job(request["TrainingJobName"]))


@operation("sagemaker", "ListTrainingJobs")
def list_training_jobs(request: Request) -> dict[str, Any]:
    """The jobs whose name, status and times match."""
    summaries = [_summary(job) for job in TRAINING_JOBS.values()]
    found = select(
        request,
        summaries,
        name="TrainingJobName",
        status="TrainingJobStatus",
        default_order="Ascending",
    )
    return page(found, request, "TrainingJobSummaries")


@operation("sagemaker", "StopTrainingJob")
def stop_training_job(request: Request) -> dict[str, Any]:
    """Begin to stop a job; one that has ended stays as it is."""
    stop(training_job(request["TrainingJobName"]), "training job")
    return {}


def described(job: Job) -> dict[str, Any]:
    """What DescribeTrainingJob answers."""
    took = max(1, round(job.ended - job.started)) if job.ended and job.started else None
    return {
        **job.members,
        "TrainingJobArn": job.arn,
        "TrainingJobStatus": job.status,
        "SecondaryStatus": job.phases[-1][0] if job.phases else "Starting",
        "FailureReason": job.failure_reason,
        "CreationTime": job.created,
        "TrainingStartTime": job.started,
        "TrainingEndTime": job.ended,
        "LastModifiedTime": job.modified,
        "TrainingTimeInSeconds": took,
        "BillableTimeInSeconds": took,
        "SecondaryStatusTransitions": _transitions(job),
        "EnableNetworkIsolation": False,
        "EnableInterContainerTrafficEncryption": False,
        "EnableManagedSpotTraining": False,
    }


def _transitions(job: Job) -> list[dict[str, Any]]:
    ends = [start for _, start, _ in job.phases[1:]] + [job.ended]
    return [
        {"Status": phase, "StartTime": start, "EndTime": end, "StatusMessage": message}
        for (phase, start, message), end in zip(job.phases, ends, strict=True)
    ]


def _summary(job: Job) -> dict[str, Any]:
    members = (
        "TrainingJobName",
        "TrainingJobArn",
        "CreationTime",
        "TrainingEndTime",
        "LastModifiedTime",
        "TrainingJobStatus",
        "SecondaryStatus",
    )
    found = described(job)
    return {member: found[member] for member in members}


def _announce(job: Job) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html#eventbridge-training"""
    found = described(job)
    times = {name: str(int(found[name] * 1000)) for name in _TIMES if found[name] is not None}
    emit("SageMaker Training Job State Change", {**found, **times}, [job.arn])
