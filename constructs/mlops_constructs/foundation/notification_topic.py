"""Where people hear of what the platform did."""

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct


class NotificationTopic(sns.Topic):
    """An encrypted topic, TLS only, to which this account's alarms and rules may publish.

    Args:
        key: Encrypts the messages. It must let cloudwatch.amazonaws.com and events.amazonaws.com
            use it, as `StageKey` does.
    """

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.IKey) -> None:
        super().__init__(scope, construct_id, master_key=key, enforce_ssl=True)
        # The TLS statement makes a policy of our own, which replaces the default that lets alarms
        # in.
        for service in ("cloudwatch.amazonaws.com", "events.amazonaws.com"):
            self.add_to_resource_policy(
                iam.PolicyStatement(
                    principals=[iam.ServicePrincipal(service)],
                    actions=["sns:Publish"],
                    resources=[self.topic_arn],
                    conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
                )
            )
