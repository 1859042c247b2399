"""Operations on endpoints, but for their updates."""

from typing import Any

from local_aws.clock import clock
from local_aws.core import background
from local_aws.core.clients import client
from local_aws.core.errors import ValidationException
from local_aws.core.listing import select
from local_aws.core.operations import operation
from local_aws.core.paging import page
from local_aws.core.request import Request
from local_aws.core.store import arn
from local_aws.core.tags import TAGS
from local_aws.hosting import rollout
from local_aws.hosting.backlog import Backlog
from local_aws.hosting.deployment import deployment_of
from local_aws.hosting.endpoint import ENDPOINTS, Endpoint, find_endpoint
from local_aws.hosting.endpoint_configs import find_endpoint_config
from local_aws.hosting.launch_fleet import pending, plan
from local_aws.hosting.metrics import EndpointMetrics
from local_aws.hosting.scaling import deregister_variants


@operation("sagemaker", "CreateEndpoint")
def create_endpoint(request: Request) -> dict[str, Any]:
    """Start to bring up an endpoint; its DeploymentConfig first matters at its first update."""
    name, endpoint_arn = request["EndpointName"], arn("endpoint", request["EndpointName"])
    config = find_endpoint_config(request["EndpointConfigName"])
    deployment_of(request.get("DeploymentConfig"), config.variants, shadow=config.shadow)
    planned, now = plan(config), clock.now()
    endpoint = Endpoint(
        name=name,
        arn=endpoint_arn,
        config_name=config.name,
        creation_time=now,
        last_modified_time=now,
        metrics=EndpointMetrics(endpoint_name=name, put=_put_metric_data),
        pending=pending(planned),
    )
    if config.asynchronous:
        endpoint.backlog = Backlog(endpoint)
    with ENDPOINTS.lock:
        if name in ENDPOINTS:
            raise ValidationException(f'Cannot create already existing endpoint "{endpoint_arn}".')
        ENDPOINTS.put(name, endpoint)
    background.run(rollout.create, endpoint, planned)
    return {"EndpointArn": endpoint_arn}


@operation("sagemaker", "DescribeEndpoint")
def describe_endpoint(request: Request) -> dict[str, Any]:
    """The endpoint as it is now."""
    return find_endpoint(request["EndpointName"]).described()


@operation("sagemaker", "ListEndpoints")
def list_endpoints(request: Request) -> dict[str, Any]:
    """The endpoints whose name, status and times match."""
    members = (
        "EndpointName",
        "EndpointArn",
        "CreationTime",
        "LastModifiedTime",
        "EndpointStatus",
    )
    described = [endpoint.described() for endpoint in ENDPOINTS.values()]
    summaries = [{member: record[member] for member in members} for record in described]
    found = select(request, summaries, name="EndpointName", status="EndpointStatus")
    return page(found, request, "Endpoints")


@operation("sagemaker", "DeleteEndpoint")
def delete_endpoint(request: Request) -> dict[str, Any]:
    """Start to end an endpoint at rest, and its autoscaling.

    While it is created or updated AWS refuses, as its own operator for Kubernetes knows
    (aws/amazon-sagemaker-operator-for-k8s, DeleteEndpointInProgressMessagePrefix).
    """
    endpoint = find_endpoint(request["EndpointName"])
    with endpoint.lock:
        endpoint.refuse_in_progress()
        again = endpoint.status == "Deleting"
        endpoint.change("Deleting")
    deregister_variants(endpoint.name)
    TAGS.forget(endpoint.arn)
    if not again:
        background.run(rollout.delete, endpoint)
    return {}


def _put_metric_data(namespace: str, data: list[dict[str, Any]]) -> None:
    client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=data)
