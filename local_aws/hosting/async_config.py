"""AsyncInferenceConfig: where answers of an asynchronous endpoint go, and who is told.

https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-create-endpoint-create-endpoint-config.html
"""

import uuid
from dataclasses import dataclass
from typing import Any

from local_aws.core.errors import NotImplementedHere
from local_aws.core.request import Request

# "If no value is provided, SageMaker chooses an optimal value" (botocore).
CONCURRENT_INVOCATIONS = 4


@dataclass(frozen=True, kw_only=True)
class AsyncConfig:
    """AsyncInferenceConfig of an endpoint config.

    Attributes:
        output_path, failure_path: S3 prefixes; without the latter no failure is written.
        success_topic, error_topic: ARNs of SNS topics; None tells nobody.
        concurrent_invocations: requests that one instance is asked at once, at most.
        kms_key_id: encrypts what is written; None for the bucket's default.
    """

    output_path: str
    failure_path: str | None
    success_topic: str | None
    error_topic: str | None
    concurrent_invocations: int
    kms_key_id: str | None

    def described(self) -> dict[str, Any]:
        """The structure of the API."""
        topics = {"SuccessTopic": self.success_topic, "ErrorTopic": self.error_topic}
        return {
            "ClientConfig": {"MaxConcurrentInvocationsPerInstance": self.concurrent_invocations},
            "OutputConfig": {
                "KmsKeyId": self.kms_key_id,
                "S3OutputPath": self.output_path,
                "S3FailurePath": self.failure_path,
                "NotificationConfig": topics if any(topics.values()) else None,
            },
        }

    def output_location(self, extension: str | None, file_name: str | None) -> str:
        """The URI of one answer, a new one unless the request names the file."""
        folder = "/".join([self.output_path.rstrip("/"), *([extension] if extension else [])])
        return f"{folder}/{file_name or f'{uuid.uuid4()}.out'}"

    def failure_location(self) -> str | None:
        """The URI of one failure; None if failures are not written."""
        return self.failure_path and f"{self.failure_path.rstrip('/')}/{uuid.uuid4()}-error.out"


def async_config(given: Request) -> AsyncConfig:
    """The config that an AsyncInferenceConfig of a request is.

    Raises:
        NotImplementedHere: It has no S3OutputPath, for which AWS has a default.
    """
    client, output = given.get("ClientConfig", {}), given["OutputConfig"]
    notified = output.get("NotificationConfig", {})
    config = AsyncConfig(
        output_path=output.get("S3OutputPath", ""),
        failure_path=output.get("S3FailurePath"),
        success_topic=notified.get("SuccessTopic"),
        error_topic=notified.get("ErrorTopic"),
        concurrent_invocations=client.get(
            "MaxConcurrentInvocationsPerInstance", CONCURRENT_INVOCATIONS
        ),
        kms_key_id=output.get("KmsKeyId"),
    )
    if not config.output_path:
        raise NotImplementedHere(
            "OutputConfig without S3OutputPath goes to a bucket of AWS's choice, which the local "
            "AWS does not guess; give one."
        )
    return config
