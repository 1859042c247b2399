"""Operations on endpoints."""

from dataclasses import replace
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
from local_aws.hosting.deployment import policy_of
from local_aws.hosting.endpoint import ENDPOINTS, Endpoint, PendingDeployment, find_endpoint
from local_aws.hosting.endpoint_configs import EndpointConfig, VariantConfig, find_endpoint_config
from local_aws.hosting.launch_fleet import plan
from local_aws.hosting.metrics import EndpointMetrics
from local_aws.hosting.scaling import deregister_variants


@operation("sagemaker", "CreateEndpoint")
def create_endpoint(request: Request) -> dict[str, Any]:
    """Start to bring up an endpoint; its DeploymentConfig first matters at its first update."""
    name, endpoint_arn = request["EndpointName"], arn("endpoint", request["EndpointName"])
    config = find_endpoint_config(request["EndpointConfigName"])
    policy_of(request.get("DeploymentConfig"))
    planned, now = plan(config), clock.now()
    endpoint = Endpoint(
        name=name,
        arn=endpoint_arn,
        config_name=config.name,
        creation_time=now,
        last_modified_time=now,
        metrics=EndpointMetrics(endpoint_name=name, put=_put_metric_data),
    )
    with ENDPOINTS.lock:
        if name in ENDPOINTS:
            raise ValidationException(f'Cannot create already existing endpoint "{endpoint_arn}".')
        ENDPOINTS.put(name, endpoint)
    background.run(rollout.create, endpoint, planned)
    return {"EndpointArn": endpoint_arn}


@operation("sagemaker", "UpdateEndpoint")
def update_endpoint(request: Request) -> dict[str, Any]:
    """Start a second fleet on another config, or the same; see `rollout.update`."""
    endpoint = find_endpoint(request["EndpointName"])
    find_endpoint_config(endpoint.config_name)
    config = find_endpoint_config(request["EndpointConfigName"])
    if request.get("RetainAllVariantProperties", False):
        excluded = {
            item["VariantPropertyType"]
            for item in request.get("ExcludeRetainedVariantProperties", ())
        }
        config = _retaining(endpoint, config, excluded)
    deployment = request.get("DeploymentConfig")
    policy, planned = policy_of(deployment), plan(config)
    with endpoint.lock:
        _refuse_unless_in_service(endpoint)
        endpoint.change("Updating")
        if deployment:
            endpoint.last_deployment_config = deployment.plain()
        endpoint.pending = PendingDeployment(
            config_name=config.name,
            stage="Creating",
            message="Creating the new fleet.",
            start_time=clock.now(),
        )
    background.run(rollout.update, endpoint, planned, policy)
    return {"EndpointArn": endpoint.arn}


@operation("sagemaker", "UpdateEndpointWeightsAndCapacities")
def update_endpoint_weights_and_capacities(request: Request) -> dict[str, Any]:
    """Change the traffic shares and the instance counts of the variants that serve."""
    endpoint = find_endpoint(request["EndpointName"])
    with endpoint.lock:
        _refuse_unless_in_service(endpoint)
        fleet = endpoint.traffic.fleet
        changes = [
            (fleet and fleet.variant(item["VariantName"]), item)
            for item in request["DesiredWeightsAndCapacities"]
        ]
        unknown = [item["VariantName"] for variant, item in changes if not variant]
        if unknown:
            raise ValidationException(
                f"Endpoint {endpoint.name} has no production variant {', '.join(unknown)}."
            )
        for variant, item in changes:
            if variant:
                variant.weight = float(item.get("DesiredWeight", variant.weight))
                variant.instance_count = item.get("DesiredInstanceCount", variant.instance_count)
        endpoint.change("Updating")
    background.run(rollout.resize, endpoint)
    return {"EndpointArn": endpoint.arn}


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
    """Start to end an endpoint, whatever it is doing, and its autoscaling."""
    endpoint = find_endpoint(request["EndpointName"])
    with endpoint.lock:
        under_way = endpoint.status in ("Creating", "Updating")
        again, endpoint.removed = endpoint.removed, True
        endpoint.change("Deleting")
    deregister_variants(endpoint.name)
    TAGS.forget(endpoint.arn)
    if not under_way and not again:
        background.run(rollout.delete, endpoint)
    return {}


def _refuse_unless_in_service(endpoint: Endpoint) -> None:
    if endpoint.status == "Failed":
        raise ValidationException(
            f'Cannot update endpoint "{endpoint.arn}" in status Failed; it can only be deleted.'
        )
    if endpoint.status != "InService":
        raise ValidationException(f'Cannot update in-progress endpoint "{endpoint.arn}".')


def _retaining(endpoint: Endpoint, config: EndpointConfig, excluded: set[str]) -> EndpointConfig:
    """The config with what RetainAllVariantProperties keeps of the endpoint as it is."""
    capture = config.capture
    if "DataCaptureConfig" not in excluded:
        capture = endpoint.capture.config if endpoint.capture else None
    variants = [_retaining_variant(endpoint, variant, excluded) for variant in config.variants]
    return replace(config, variants=variants, capture=capture)


def _retaining_variant(
    endpoint: Endpoint, config: VariantConfig, excluded: set[str]
) -> VariantConfig:
    serving = endpoint.traffic.fleet and endpoint.traffic.fleet.variant(config.name)
    if not serving:
        return config
    if "DesiredInstanceCount" not in excluded:
        config = replace(config, instance_count=serving.instance_count)
    if "DesiredWeight" not in excluded:
        config = replace(config, weight=serving.weight)
    return config


def _put_metric_data(namespace: str, data: list[dict[str, Any]]) -> None:
    client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=data)
