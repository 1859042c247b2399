"""The slot: which model version should serve, written by promotions and never by a template."""

from typing import cast

from aws_cdk import Acknowledgment, Duration, Stack, Token, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import custom_resources as cr
from constructs import Construct

from mlops_constructs.problems import refuse

EMPTY_SLOT = "NONE,NONE"
"""What a slot holds before the first promotion."""


class ModelSlot(Construct):
    """An SSM StringList `<model package ARN>,<baseline S3 URI prefix>`, created if absent.

    A native AWS::SSM::Parameter would write its value again whenever anything about it changes, and
    undo a promotion. This one has a create call and no other: no update, tag, description,
    replacement or destroy of the stack can touch a value that is there, and a stack made anew
    adopts it.

    Args:
        slot_name: The parameter's name, from the root: `/perennial/dev/churn/slot`.
    """

    def __init__(self, scope: Construct, construct_id: str, *, slot_name: str) -> None:
        if not Token.is_unresolved(slot_name) and not slot_name.startswith("/"):
            refuse([f"slot_name must begin with a slash, got {slot_name!r}"])
        super().__init__(scope, construct_id)
        self.slot_name = slot_name
        self.slot_arn = Stack.of(self).format_arn(
            service="ssm", resource="parameter", resource_name=slot_name.removeprefix("/")
        )
        create = cr.AwsSdkCall(
            service="SSM",
            action="putParameter",
            parameters={
                "Name": slot_name,
                "Type": "StringList",
                "Value": EMPTY_SLOT,
                "Description": "The model version to serve and its baselines; promotions write it",
            },
            physical_resource_id=cr.PhysicalResourceId.of(slot_name),
            ignore_error_codes_matching="ParameterAlreadyExists",
        )
        resource = cr.AwsCustomResource(
            self,
            "Resource",
            resource_type="Custom::ModelSlot",
            on_create=create,
            timeout=Duration.minutes(1),
            install_latest_aws_sdk=False,
            policy=cr.AwsCustomResourcePolicy.from_statements(
                [iam.PolicyStatement(actions=["ssm:PutParameter"], resources=[self.slot_arn])]
            ),
        )
        Validations.of(cast(iam.Role, resource.grant_principal)).acknowledge(
            Acknowledgment(
                id="AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
                "AWSLambdaBasicExecutionRole]",
                reason="CDK gives this to its function for single API calls, to write its log.",
            )
        )
