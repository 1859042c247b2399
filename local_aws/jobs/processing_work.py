"""What a processing job does.

The container contract:
https://docs.aws.amazon.com/sagemaker/latest/dg/build-your-own-processing-container.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local_aws.core.errors import NotImplementedHere, ValidationException
from local_aws.core.request import Request
from local_aws.jobs.folder import JobFolder
from local_aws.jobs.images import Image, image
from local_aws.jobs.limits import only, s3_uri
from local_aws.jobs.storage import download, upload

_PROCESSING = "/opt/ml/processing/"
# The page's limit for a job that names none: one day, as for training jobs.
_DEFAULT_RUNTIME_SECONDS = 86400


@dataclass(frozen=True, kw_only=True)
class Place:
    """An S3 prefix and the container's folder that its objects come to or from."""

    uri: str
    local_path: str


@dataclass(frozen=True, kw_only=True)
class ProcessingWork:
    """The input of CreateProcessingJob, as the job needs it.

    Attributes:
        config: What /opt/ml/config/processingjobconfig.json says.
    """

    config: Mapping[str, Any]
    image: Image
    entrypoint: Sequence[str]
    variables: Mapping[str, str]
    inputs: Sequence[Place]
    outputs: Sequence[Place]
    kms_key_id: str | None
    role: str
    max_runtime_seconds: int
    log_group: str = "/aws/sagemaker/ProcessingJobs"
    running: tuple[str, str] = ("Processing", "Running the container")

    def fetch(self, folder: JobFolder) -> None:
        """Download the inputs; output folders exist before the container starts."""
        for place in self.inputs:
            download(place.uri, folder.path(place.local_path), role=self.role)
        for place in self.outputs:
            folder.path(place.local_path).mkdir(parents=True, exist_ok=True)
        folder.write_json("/opt/ml/config/processingjobconfig.json", self.config)
        folder.write_json(
            "/opt/ml/config/resourceconfig.json", {"current_host": "algo-1", "hosts": ["algo-1"]}
        )

    def command(self) -> Sequence[str]:
        """Entry point and arguments."""
        return self.entrypoint

    def environment(self) -> Mapping[str, str]:
        """The image's variables and the job's own."""
        return {**dict(self.image.variables), **self.variables}

    def deliver(self, folder: JobFolder, *, stopped: bool) -> None:
        """Upload the outputs at the end of a job that ran to its end."""
        for place in () if stopped else self.outputs:
            upload(folder.path(place.local_path), place.uri, kms_key_id=self.kms_key_id)


def processing_work(request: Request, *, arn: str, scheduled: bool = False) -> ProcessingWork:
    """Read the input of CreateProcessingJob for the job of that ARN.

    Args:
        request: The input.
        arn: The job's ARN.
        scheduled: Whether a monitoring schedule starts it: in a closed image, which brings its
            entry point, and with outputs that are uploaded continuously, here at the end.

    Raises:
        NotImplementedHere: It asks for what the local AWS has not.
        ValidationException: A path is outside /opt/ml/processing, or two names are the same.
    """
    application, resources = request["AppSpecification"], request["ProcessingResources"]
    cluster = resources["ClusterConfig"]
    only(cluster, "InstanceCount", 1)
    made_of = image(application["ImageUri"], scheduled=scheduled)
    entrypoint = application.get("ContainerEntrypoint") or made_of.stand_in
    if not entrypoint:
        raise NotImplementedHere(
            "The local AWS runs a processing job's ContainerEntrypoint and knows no image's own;"
            " give AppSpecification.ContainerEntrypoint."
        )
    output_config = request.get("ProcessingOutputConfig", {"Outputs": ()})
    inputs, outputs = request.get("ProcessingInputs", ()), output_config["Outputs"]
    _unique([item["InputName"] for item in inputs], "InputName")
    _unique([item["OutputName"] for item in outputs], "OutputName")
    return ProcessingWork(
        config={
            "ProcessingJobArn": arn,
            **request.keep(
                "ProcessingJobName",
                "AppSpecification",
                "Environment",
                "ProcessingInputs",
                "ProcessingOutputConfig",
                "ProcessingResources",
                "RoleArn",
                "StoppingCondition",
            ),
        },
        image=made_of,
        entrypoint=[*entrypoint, *application.get("ContainerArguments", ())],
        variables=dict(request.get("Environment", {})),
        inputs=[_input(item) for item in inputs],
        outputs=[_output(item, scheduled=scheduled) for item in outputs],
        kms_key_id=output_config.get("KmsKeyId"),
        role=request["RoleArn"],
        max_runtime_seconds=request.get("StoppingCondition", {}).get(
            "MaxRuntimeInSeconds", _DEFAULT_RUNTIME_SECONDS
        ),
    )


def _input(item: Request) -> Place:
    only(item, "AppManaged", False)
    if "S3Input" not in item:
        raise ValidationException(f"ProcessingInput {item['InputName']!r} must have an S3Input.")
    source = item["S3Input"]
    only(source, "S3DataType", "S3Prefix")
    only(source, "S3InputMode", "File")
    only(source, "S3CompressionType", "None")
    return _place(source)


def _output(item: Request, *, scheduled: bool) -> Place:
    only(item, "AppManaged", False)
    if "S3Output" not in item:
        raise ValidationException(f"ProcessingOutput {item['OutputName']!r} must have an S3Output.")
    target = item["S3Output"]
    only(target, "S3UploadMode", "EndOfJob", *(["Continuous"] if scheduled else []))
    return _place(target)


def _place(request: Request) -> Place:
    path = request.get("LocalPath", "")
    if not path.startswith(_PROCESSING) or ".." in path.split("/"):
        raise ValidationException(f"LocalPath must be a folder below {_PROCESSING}, got {path!r}.")
    return Place(uri=s3_uri(request, "S3Uri"), local_path=path)


def _unique(names: list[str], member: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValidationException(f"{member} must be unique, got {', '.join(twice)} twice.")
