"""How a transform job goes: the model's container is started, asked, and ended.

What the container is told: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-batch-code.html
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from local_aws.hosting import objects
from local_aws.hosting.container import Container, ContainerFailed, mapped, unpack
from local_aws.hosting.launch_fleet import environment
from local_aws.hosting.log_stream import LogStream
from local_aws.jobs.ending import ending
from local_aws.jobs.job import Job, JobFailed
from local_aws.jobs.scoring import Scoring
from local_aws.jobs.storage import TransferFailed
from local_aws.jobs.transform_capture import write_capture
from local_aws.jobs.transform_objects import sources
from local_aws.jobs.transform_work import MEGABYTE, TransformWork

# As for an endpoint (CreateEndpointConfig); no member of a transform job says otherwise.
STARTUP_SECONDS = 600.0
LOG_GROUP = "/aws/sagemaker/TransformJobs"


def run(job: Job, work: TransformWork) -> None:
    """Run the job to its end, whatever it is."""
    with ending(job), _failures_of_a_job():
        _transform(job, work)


@contextmanager
def _failures_of_a_job() -> Iterator[None]:
    """What fails endpoints too, a missing object or a container, as a failure of jobs."""
    try:
        yield
    except FileNotFoundError as error:
        raise TransferFailed(str(error)) from error
    except ContainerFailed as error:
        raise JobFailed(f"AlgorithmError: {error}") from error


def _transform(job: Job, work: TransformWork) -> None:
    found = sources(work)
    job.enter("InProgress", "Starting the model's container")
    with _container(job, work) as (container, said):
        job.started = job.modified
        scoring = Scoring(work, found, container, said)
        job.run(lambda: scoring)
    if job.stop_reason:
        return  # "doesn't store the job's output" (botocore, StopTransformJob)
    for source, answer in scoring.answered:
        objects.write(f"{work.output_uri}/{source.name}.out", answer, work.kms_key_id)
    if scoring.failure:
        raise scoring.failure
    if work.capture:
        write_capture(work.capture, found, work.output_uri, started=job.started)


@contextmanager
def _container(job: Job, work: TransformWork) -> Iterator[tuple[Container, list[str]]]:
    """A healthy container, and the lines of the job's data log; both logs are kept at the end."""
    folder = Path(tempfile.mkdtemp(prefix=f"{job.name}-"))
    said: list[str] = []
    try:
        url = work.serving.model_data_url
        unpack(objects.read(url), folder, url=url)
        variables = {**environment(work.serving), **_told(work), **work.variables}
        container = Container(folder=folder, environment=mapped(variables, folder), name=job.name)
        try:
            container.wait_until_healthy(STARTUP_SECONDS)
            yield container, said
        finally:
            container.stop()
            _keep_logs(job, folder, container, said)
    finally:
        shutil.rmtree(folder)


def _keep_logs(job: Job, folder: Path, container: Container, said: list[str]) -> None:
    stream = f"{job.name}/i-{folder.name[-8:]}"
    LogStream(group=LOG_GROUP, stream=stream, file=container.log).deliver()
    if said:
        data_log = folder / "data-log"
        data_log.write_text("\n".join(said))
        LogStream(group=LOG_GROUP, stream=f"{stream}/data-log", file=data_log).deliver()


def _told(work: TransformWork) -> Mapping[str, str]:
    return {
        "SAGEMAKER_BATCH": "true",
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": str(work.most_bytes // MEGABYTE),
        "SAGEMAKER_BATCH_STRATEGY": "SINGLE_RECORD" if work.single else "MULTI_RECORD",
        "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": str(work.concurrency),
    }
