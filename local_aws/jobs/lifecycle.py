"""How every job goes: inputs, container, outputs."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from local_aws.core import assumptions, background
from local_aws.core.clients import endpoint_url
from local_aws.core.process_time import at_virtual_time
from local_aws.hosting.log_stream import LogStream
from local_aws.jobs.ending import ending
from local_aws.jobs.folder import JobFolder, job_folder
from local_aws.jobs.job import Job, JobFailed
from local_aws.jobs.process import ContainerProcess
from local_aws.ministack.scope import account_id, region


class Work(Protocol):
    """What one kind of job does beyond what all do."""

    @property
    def log_group(self) -> str:
        """The CloudWatch Logs group that gets the container's output."""
        ...

    @property
    def max_runtime_seconds(self) -> int:
        """After how long the container is stopped."""
        ...

    @property
    def running(self) -> tuple[str, str]:
        """Phase and message while the container runs."""
        ...

    def fetch(self, folder: JobFolder) -> None:
        """Bring inputs and configuration files into the folder."""
        ...

    def command(self) -> Sequence[str]:
        """What the container runs."""
        ...

    def environment(self) -> Mapping[str, str]:
        """The container's variables, besides those that every container has."""
        ...

    def deliver(self, folder: JobFolder, *, stopped: bool) -> None:
        """Send outputs on, after the container succeeded or was stopped."""
        ...


def start(job: Job, work: Work) -> None:
    """Run the job in the background."""
    background.run(_run, job, work)


def _run(job: Job, work: Work) -> None:
    with ending(job), job_folder(job.name) as folder:
        _work(job, work, folder)


def _work(job: Job, work: Work, folder: JobFolder) -> None:
    job.enter("Starting", "Starting the job")
    job.enter("Downloading", "Downloading input data")
    work.fetch(folder)
    job.started = job.modified
    job.enter(*work.running)
    code = _container(job, work, folder)
    job.exit_message = _message(folder)
    if code != 0 and not job.stop_reason:
        raise JobFailed(_failure(folder, job, code))
    job.enter("Uploading", "Uploading what the container left")
    work.deliver(folder, stopped=job.stop_reason is not None)


def _container(job: Job, work: Work, folder: JobFolder) -> int | None:
    limit = background.after(work.max_runtime_seconds, job.stop, "MaxRuntimeExceeded")
    command = [folder.mapped(part) for part in work.command()]
    variables = at_virtual_time({**_platform(), **work.environment()})
    try:
        return job.run(
            lambda: ContainerProcess(
                command,
                environment={name: folder.mapped(value) for name, value in variables.items()},
                folder=folder.root,
                log=folder.log,
            )
        )
    finally:
        limit.cancel()
        if folder.log.exists():
            LogStream(
                group=work.log_group, stream=f"{job.name}/algo-1-0", file=folder.log
            ).deliver()


def _platform() -> Mapping[str, str]:
    """What every container finds in its environment; `python3` is the one that runs this."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "HOME": "/opt/ml",
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_ENDPOINT_URL": endpoint_url(),
        "AWS_REGION": region(),
        "AWS_DEFAULT_REGION": region(),
        "AWS_ACCESS_KEY_ID": account_id(),
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _message(folder: JobFolder) -> str | None:
    try:
        return folder.output_text("message")
    except UnicodeDecodeError as error:
        raise JobFailed("ClientError: /opt/ml/output/message is not UTF-8 encoded.") from error


def _failure(folder: JobFolder, job: Job, code: int | None) -> str:
    told = folder.output_text("failure")
    if told is None and assumptions.holds("failure-reason-carries-exit-message"):
        told = job.exit_message
    return f"AlgorithmError: {told or 'See job logs for more information'}, exit code: {code}"
