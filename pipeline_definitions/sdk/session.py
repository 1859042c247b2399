"""A SageMaker session that reaches nothing: no network, credentials, uploads or telemetry."""

from functools import cache
from typing import NoReturn

import boto3
from botocore.loaders import JSONFileLoader
from sagemaker.core.config.config_manager import SageMakerConfig
from sagemaker.core.workflow.pipeline_context import PipelineSession

from pipeline_definitions.sdk.environment import BUILD_REGION
from pipeline_definitions.sdk.refusal import InvalidDefinition

ARTIFACT_BUCKET = "${ArtifactBucketName}"

ROLE_ARN = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${JobRoleName}"
"""What the jobs run as. It has to look like an ARN: the SDK asks IAM about anything else."""


_NO_TELEMETRY = {
    "SchemaVersion": "1.0",
    "SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}},
}

# The SDK holds its configuration against a JSON schema at every look-up, eighty times a pipeline.
SageMakerConfig.validate_sagemaker_config = lambda self, sagemaker_config=None: None

# And it makes sessions by the dozen, each of which would read botocore's files anew.
_load_file = cache(JSONFileLoader().load_file)
JSONFileLoader.load_file = lambda self, file_path: _load_file(file_path)


class UploadRefused(InvalidDefinition):
    """A pipeline wanted to upload something while it was built."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"the pipeline wants to upload {what!r} while it is built; put it into the model's "
            "steps folder, which travels as the code archive"
        )


class OfflineSession(PipelineSession):  # type: ignore[misc]
    """Collects what jobs would ask of AWS, and refuses to upload."""

    def __init__(self) -> None:
        boto_session = boto3.Session(
            aws_access_key_id="none", aws_secret_access_key="none", region_name=BUILD_REGION
        )
        super().__init__(
            boto_session=boto_session,
            sagemaker_client=boto_session.client("sagemaker"),
            default_bucket=ARTIFACT_BUCKET,
            sagemaker_config=_NO_TELEMETRY,
        )

    def default_bucket(self) -> str:
        """The bucket of the artifacts, which nobody has to ask AWS for."""
        return ARTIFACT_BUCKET

    def expand_role(self, role: str) -> str:
        """The role as given."""
        return role

    def upload_data(self, path: str, *_: object, **__: object) -> NoReturn:
        """Refuses: scripts travel with the code archive."""
        raise UploadRefused(path)

    def upload_string_as_file_body(self, body: str, *_: object, **__: object) -> NoReturn:
        """Refuses: what is uploaded under a timestamp is not the same twice."""
        raise UploadRefused(body[:40])


@cache
def session() -> OfflineSession:
    """The one session of this process."""
    return OfflineSession()
