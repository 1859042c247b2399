"""Where in an existing network the containers of jobs and endpoints run."""

from collections.abc import Mapping
from typing import Annotated

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from pydantic import BaseModel, ConfigDict, Field

SubnetId = Annotated[str, Field(pattern=r"^subnet-[0-9a-f]{8,17}$")]
SecurityGroupId = Annotated[str, Field(pattern=r"^sg-[0-9a-f]{8,17}$")]

_ANY_INTERFACE = "network-interface/*"


class Network(BaseModel):
    """Subnets and security groups of a VPC that exists already.

    Containers then reach what those let them reach, and nothing else: without a NAT gateway the VPC
    needs endpoints for S3, ECR (api and dkr), CloudWatch (logs and monitoring) and KMS.
    https://docs.aws.amazon.com/sagemaker/latest/dg/infrastructure-give-access.html

    Attributes:
        subnets: 1 to 16 ids; endpoints with more than one instance want two zones.
        security_groups: 1 to 5 ids, of the same VPC.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    subnets: Annotated[tuple[SubnetId, ...], Field(min_length=1, max_length=16)]
    security_groups: Annotated[tuple[SecurityGroupId, ...], Field(min_length=1, max_length=5)]

    @property
    def vpc_config(self) -> dict[str, list[str]]:
        """SageMaker's VpcConfig."""
        return {"SecurityGroupIds": list(self.security_groups), "Subnets": list(self.subnets)}

    def statements(self, stack: Stack) -> list[iam.PolicyStatement]:
        """What a container's role needs for its network interface in these subnets.

        https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
        """
        interfaces, *places = self._arns(stack)
        described = ["DhcpOptions", "NetworkInterfaces", "SecurityGroups", "Subnets", "Vpcs"]
        return [
            iam.PolicyStatement(
                actions=["ec2:CreateNetworkInterface"], resources=[interfaces, *places]
            ),
            iam.PolicyStatement(
                actions=[
                    "ec2:CreateNetworkInterfacePermission",
                    "ec2:DeleteNetworkInterface",
                    "ec2:DeleteNetworkInterfacePermission",
                ],
                resources=[interfaces],
            ),
            iam.PolicyStatement(
                actions=[f"ec2:Describe{what}" for what in described], resources=["*"]
            ),
        ]

    def wildcards(self, stack: Stack) -> Mapping[str, str]:
        """The wildcards of these statements, each with its reason."""
        interfaces, *places = self._arns(stack)
        return {
            interfaces: "EC2 names a network interface when it makes it.",
            **dict.fromkeys(places, "A shared VPC belongs to another account; the id is whole."),
            "*": "ecr:GetAuthorizationToken, cloudwatch:PutMetricData and ec2:Describe* know no "
            "resources; a condition holds metrics to namespaces.",
        }

    def _arns(self, stack: Stack) -> list[str]:
        """Of all network interfaces, and then of each subnet and security group, of any account."""
        places = [f"subnet/{subnet}" for subnet in self.subnets]
        places += [f"security-group/{group}" for group in self.security_groups]
        return [
            _ec2_arn(stack, _ANY_INTERFACE),
            *(_ec2_arn(stack, place, account="*") for place in places),
        ]


def _ec2_arn(stack: Stack, resource: str, account: str | None = None) -> str:
    return stack.format_arn(
        service="ec2",
        account=account,
        resource=resource,
        arn_format=ArnFormat.NO_RESOURCE_NAME,
    )


def network_statements(stack: Stack, network: Network | None) -> list[iam.PolicyStatement]:
    """What running in ``network`` takes; nothing without one."""
    return network.statements(stack) if network else []


def network_wildcards(stack: Stack, network: Network | None) -> Mapping[str, str]:
    """The reasons for the wildcards in `network_statements`."""
    return network.wildcards(stack) if network else {}
