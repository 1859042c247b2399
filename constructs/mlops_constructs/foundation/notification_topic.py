"""Where people hear of what the platform did."""

from collections.abc import Mapping

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct


class NotificationTopic(sns.Topic):
    """An encrypted topic, TLS only, to which this account's alarms and any rule may publish.

    EventBridge gives a topic's policy no account to look at: a statement with a condition lets none
    of its messages in
    (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions).

    Args:
        key: Encrypts the messages. It must let cloudwatch.amazonaws.com and events.amazonaws.com
            use it, as `StageKey` does.
    """

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.IKey) -> None:
        super().__init__(scope, construct_id, master_key=key, enforce_ssl=True)
        # The TLS statement makes a policy of our own, which replaces the default that lets alarms
        # in.
        ours = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        self._let_in("cloudwatch.amazonaws.com", ours)
        self._let_in("events.amazonaws.com")

    def _let_in(self, service: str, conditions: Mapping[str, object] | None = None) -> None:
        self.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(service)],
                actions=["sns:Publish"],
                resources=[self.topic_arn],
                conditions=conditions,
            )
        )
