"""What a training job does: SageMaker's own training toolkit runs the script.

The container contract:
https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo.html
"""

import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local_aws.core.errors import NotImplementedHere, ValidationException
from local_aws.core.request import Request
from local_aws.jobs.folder import JobFolder
from local_aws.jobs.images import Image, image
from local_aws.jobs.limits import only, s3_uri
from local_aws.jobs.storage import TransferFailed, download, keys, upload_file

# The toolkit waits until each host's name resolves; AWS's `algo-1` does not on this machine.
_HOST = "localhost"
_CONFIG = "/opt/ml/input/config"
# "The default value is 1 day" (botocore, StoppingCondition.MaxRuntimeInSeconds).
_DEFAULT_RUNTIME_SECONDS = 86400


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One entry of InputDataConfig."""

    name: str
    uri: str
    settings: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class TrainingWork:
    """The input of CreateTrainingJob, as the job needs it.

    Attributes:
        model_uri: Where model.tar.gz goes.
        output_uri: Where output.tar.gz goes, if the script leaves anything in output/data.
    """

    image: Image
    name: str
    arn: str
    hyperparameters: Mapping[str, str]
    channels: Sequence[Channel]
    variables: Mapping[str, str]
    instance_type: str
    model_uri: str
    output_uri: str
    kms_key_id: str | None
    role: str
    max_runtime_seconds: int
    log_group: str = "/aws/sagemaker/TrainingJobs"
    running: tuple[str, str] = (
        "Training",
        "Training image download completed. Training in progress.",
    )

    def fetch(self, folder: JobFolder) -> None:
        """Download the channels and write the configuration files."""
        for channel in self.channels:
            target = folder.path(f"/opt/ml/input/data/{channel.name}")
            download(channel.uri, target, role=self.role)
        hyperparameters = {
            name: folder.mapped(value) for name, value in self.hyperparameters.items()
        }
        settings = {channel.name: channel.settings for channel in self.channels}
        folder.write_json(f"{_CONFIG}/hyperparameters.json", hyperparameters)
        folder.write_json(f"{_CONFIG}/inputdataconfig.json", settings)
        folder.write_json(f"{_CONFIG}/resourceconfig.json", _resources(self.instance_type))

    def command(self) -> Sequence[str]:
        """`train`, as SageMaker starts a training image; here the toolkit's own program."""
        return ["train"]

    def environment(self) -> Mapping[str, str]:
        """The image's variables, SageMaker's and the job's own.

        PIP_DRY_RUN keeps the toolkit from installing a requirements.txt into this machine's
        Python.
        """
        return {
            **dict(self.image.variables),
            "SAGEMAKER_BASE_DIR": "/opt/ml",
            "TRAINING_JOB_NAME": self.name,
            "TRAINING_JOB_ARN": self.arn,
            "PIP_DRY_RUN": "1",
            **self.variables,
        }

    def deliver(self, folder: JobFolder, *, stopped: bool) -> None:
        """Upload what the script left, also of a stopped job: its last checkpoint may be there."""
        for source, uri in (
            ("/opt/ml/model", self.model_uri),
            ("/opt/ml/output/data", self.output_uri),
        ):
            content = folder.path(source)
            if any(content.iterdir()):
                archive = folder.root / uri.rsplit("/", 1)[1]
                with tarfile.open(archive, "w:gz") as tar:
                    for path in sorted(content.iterdir()):
                        tar.add(path, arcname=path.name)
                upload_file(archive, uri, kms_key_id=self.kms_key_id)


def training_work(request: Request, *, arn: str) -> TrainingWork:
    """Read the input.

    Raises:
        NotImplementedHere: It asks for what the local AWS has not.
        ValidationException: An input has no objects.
    """
    algorithm, resources = _algorithm(request), request.get("ResourceConfig")
    if resources is None:
        raise ValidationException("ResourceConfig must be specified.")
    only(resources, "InstanceCount", 1)
    output = request["OutputDataConfig"]
    only(output, "CompressionType", "GZIP")
    work = TrainingWork(
        image=image(algorithm["TrainingImage"]),
        name=request["TrainingJobName"],
        arn=arn,
        hyperparameters=dict(request.get("HyperParameters", {})),
        channels=[_channel(item) for item in request.get("InputDataConfig", ())],
        variables=dict(request.get("Environment", {})),
        instance_type=resources["InstanceType"],
        model_uri=_artifact(output, request, "model.tar.gz"),
        output_uri=_artifact(output, request, "output.tar.gz"),
        kms_key_id=output.get("KmsKeyId"),
        role=request["RoleArn"],
        max_runtime_seconds=request.get("StoppingCondition", {}).get(
            "MaxRuntimeInSeconds", _DEFAULT_RUNTIME_SECONDS
        ),
    )
    _refuse_what_cannot_be_trained(work)
    return work


def _algorithm(request: Request) -> Request:
    algorithm = request.get("AlgorithmSpecification")
    if algorithm is None or not algorithm.get("TrainingImage"):
        raise ValidationException("AlgorithmSpecification.TrainingImage must be specified.")
    only(algorithm, "TrainingInputMode", "File")
    found: Request = algorithm
    return found


def _channel(item: Request) -> Channel:
    source = item["DataSource"].get("S3DataSource")
    if source is None:
        raise ValidationException(f"Channel {item['ChannelName']!r} must have an S3DataSource.")
    only(source, "S3DataType", "S3Prefix")
    only(item, "InputMode", "File")
    only(item, "CompressionType", "None")
    only(item, "RecordWrapperType", "None")
    settings = {
        "TrainingInputMode": "File",
        "S3DistributionType": source.get("S3DataDistributionType", "FullyReplicated"),
        "RecordWrapperType": "None",
    }
    if "ContentType" in item:
        settings["ContentType"] = item["ContentType"]
    return Channel(name=item["ChannelName"], uri=s3_uri(source, "S3Uri"), settings=settings)


def _artifact(output: Request, request: Request, file: str) -> str:
    prefix = s3_uri(output, "S3OutputPath").rstrip("/")
    return f"{prefix}/{request['TrainingJobName']}/output/{file}"


def _refuse_what_cannot_be_trained(work: TrainingWork) -> None:
    if not work.image.trains:
        raise NotImplementedHere(
            f"The local AWS does not train in the image {work.image.repository}; it does in"
            " sagemaker-xgboost."
        )
    if "sagemaker_program" not in work.hyperparameters:
        raise NotImplementedHere(
            "Without a hyperparameter sagemaker_program the XGBoost image trains in algorithm mode,"
            " which is not implemented by the local AWS; name the script in it, and its .tar.gz in"
            " sagemaker_submit_directory."
        )
    for channel in work.channels:
        try:
            keys(channel.uri, role=work.role)
        except TransferFailed as error:
            raise ValidationException(str(error)) from error


def _resources(instance_type: str) -> dict[str, Any]:
    group = {
        "instance_group_name": "homogeneousCluster",
        "instance_type": instance_type,
        "hosts": [_HOST],
    }
    return {
        "current_host": _HOST,
        "current_instance_type": instance_type,
        "current_group_name": group["instance_group_name"],
        "hosts": [_HOST],
        "instance_groups": [group],
        "network_interface_name": "lo",
    }
