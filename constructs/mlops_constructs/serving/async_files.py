"""Where requests to an asynchronous endpoint lie, and its answers, and who hears of them."""

from dataclasses import dataclass

from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_sns as sns

from mlops_constructs.permissions import list_statement
from mlops_constructs.serving.asynchronous import Async
from mlops_constructs.serving.execution_role import Access
from mlops_constructs.storage import Storage

_Config = sagemaker.CfnEndpointConfig


@dataclass(frozen=True, kw_only=True)
class AsyncFiles:
    """Objects in the capture bucket below the endpoint's name, and two topics.

    Attributes:
        endpoint_name: Whose they are.
        storage: The bucket, and the key that encrypts answers.
        success: Hears of each answer.
        error: Hears of each failure.
    """

    endpoint_name: str
    storage: Storage
    success: sns.ITopic
    error: sns.ITopic

    @property
    def requests(self) -> str:
        """The prefix below which requests are put; any object there may be named in one."""
        return f"{self.endpoint_name}/requests"

    @property
    def answers(self) -> str:
        """The prefix below which answers appear."""
        return f"{self.endpoint_name}/answers"

    @property
    def failures(self) -> str:
        """The prefix below which what the model said of a request that failed appears."""
        return f"{self.endpoint_name}/failures"

    def uri(self, prefix: str) -> str:
        """One of the prefixes as an S3 URI."""
        return self.storage.capture.s3_url_for_object(prefix)

    def config(self, hosting: Async) -> sagemaker.CfnEndpointConfig.AsyncInferenceConfigProperty:
        """What the endpoint config is told."""
        return _Config.AsyncInferenceConfigProperty(
            client_config=_Config.AsyncInferenceClientConfigProperty(
                max_concurrent_invocations_per_instance=hosting.concurrency_per_instance
            ),
            output_config=_Config.AsyncInferenceOutputConfigProperty(
                s3_output_path=self.uri(self.answers),
                s3_failure_path=self.uri(self.failures),
                kms_key_id=self.storage.key.key_arn,
                notification_config=_Config.AsyncInferenceNotificationConfigProperty(
                    success_topic=self.success.topic_arn, error_topic=self.error.topic_arn
                ),
            ),
        )

    @property
    def access(self) -> Access:
        """What the model's role needs: SageMaker does all of it in its name.

        https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-create-endpoint-prerequisites.html
        """
        bucket = self.storage.capture
        asked = bucket.arn_for_objects(f"{self.requests}/*")
        said = [bucket.arn_for_objects(f"{name}/*") for name in (self.answers, self.failures)]
        topics = [self.success.topic_arn, self.error.topic_arn]
        return Access(
            statements=[
                iam.PolicyStatement(actions=["s3:GetObject"], resources=[asked]),
                iam.PolicyStatement(
                    actions=["s3:AbortMultipartUpload", "s3:PutObject"], resources=said
                ),
                list_statement(bucket.bucket_arn, f"{self.endpoint_name}/*"),
                iam.PolicyStatement(actions=["sns:Publish"], resources=topics),
            ],
            wildcards={
                asked: "Whoever asks names the object.",
                **dict.fromkeys(said, "SageMaker names the object of each answer."),
            },
        )

    def grant_ask(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets ``grantee`` put requests, and read answers and failures."""
        bucket, key = self.storage.capture, self.storage.key
        return (
            bucket.grant_put(grantee, f"{self.requests}/*")
            .combine(bucket.grant_read(grantee, f"{self.answers}/*"))
            .combine(bucket.grant_read(grantee, f"{self.failures}/*"))
            .combine(key.grant_encrypt_decrypt(grantee))
        )
