"""AWS::SageMaker::Model, ::EndpointConfig and ::Endpoint for CloudFormation."""

from collections.abc import Callable
from functools import partial
from typing import Any

from local_aws.core.assumptions import holds
from local_aws.core.cloudformation import Properties, ResourceType, register
from local_aws.core.errors import ApiError
from local_aws.core.operations import dispatch


def settled(endpoint: dict[str, Any], properties: Properties) -> bool:
    """Whether an endpoint has come to rest.

    Raises:
        ApiError: It failed, or went back to the config it had before.
    """
    status, reason = endpoint["EndpointStatus"], endpoint.get("FailureReason")
    went_back = status == "InService" and endpoint["EndpointConfigName"] != properties.get(
        "EndpointConfigName"
    )
    if status == "Failed" or (went_back and holds("alarm-rollback-fails-the-stack")):
        raise ApiError(f"{endpoint['EndpointName']}: {reason}", code="GeneralServiceException")
    return bool(status == "InService")


def _read(action: str) -> Callable[[Properties], dict[str, Any]]:
    return partial(dispatch, "sagemaker", action)


register(
    ResourceType(
        name="AWS::SageMaker::Model",
        service="sagemaker",
        identifier=("ModelName",),
        create="CreateModel",
        delete="DeleteModel",
        read=_read("DescribeModel"),
    )
)
register(
    ResourceType(
        name="AWS::SageMaker::EndpointConfig",
        service="sagemaker",
        identifier=("EndpointConfigName",),
        create="CreateEndpointConfig",
        delete="DeleteEndpointConfig",
        read=_read("DescribeEndpointConfig"),
    )
)
register(
    ResourceType(
        name="AWS::SageMaker::Endpoint",
        service="sagemaker",
        identifier=("EndpointName",),
        create="CreateEndpoint",
        update="UpdateEndpoint",
        delete="DeleteEndpoint",
        read=_read("DescribeEndpoint"),
        settled=settled,
    )
)
