"""The one encryption key of a stage."""

from aws_cdk import ArnFormat, Aws, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct


class StageKey(kms.Key):
    """A rotated key for all of a stage's data, kept when its stack goes.

    Besides the account's own identities it serves the AWS services that write to something it
    encrypts: CloudWatch and EventBridge for a notification topic (without this their messages
    vanish: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html), CloudWatch Logs for
    log groups.

    Args:
        alias: By which a stage that follows may use it to read versions: `alias/perennial-dev`.
    """

    def __init__(self, scope: Construct, construct_id: str, *, alias: str) -> None:
        super().__init__(
            scope,
            construct_id,
            alias=alias,
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        # EventBridge sends no source account or ARN to the key of a topic, so neither can be a
        # condition.
        for service in ("cloudwatch.amazonaws.com", "events.amazonaws.com"):
            self.grant(iam.ServicePrincipal(service), "kms:Decrypt", "kms:GenerateDataKey*")
        log_groups = Stack.of(self).format_arn(
            service="logs",
            resource="log-group",
            resource_name="*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        self.grant_encrypt_decrypt(
            iam.ServicePrincipal(f"logs.{Aws.REGION}.amazonaws.com").with_conditions(
                {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}}
            )
        )
