"""UpdateEndpoint and UpdateEndpointWeightsAndCapacities."""

from collections.abc import Collection, Sequence
from typing import Any

from local_aws.core import background
from local_aws.core.assumptions import holds
from local_aws.core.errors import NotImplementedHere, ValidationException
from local_aws.core.operations import operation
from local_aws.core.request import Request
from local_aws.hosting import rollout
from local_aws.hosting.deployment import deployment_of
from local_aws.hosting.endpoint import Endpoint, find_endpoint
from local_aws.hosting.endpoint_configs import EndpointConfig, find_endpoint_config
from local_aws.hosting.fleet import Variant
from local_aws.hosting.guard import Guard, described
from local_aws.hosting.launch_fleet import pending, plan
from local_aws.hosting.retained import retaining
from local_aws.hosting.scaling import scaled_variants
from local_aws.hosting.serverless import ServerlessConfig, serverless_update
from local_aws.hosting.variant_configs import VariantConfig


@operation("sagemaker", "UpdateEndpoint")
def update_endpoint(request: Request) -> dict[str, Any]:
    """Start a second fleet on another config, or the same; see `rollout.update`."""
    endpoint = find_endpoint(request["EndpointName"])
    before = find_endpoint_config(endpoint.config_name)
    config = find_endpoint_config(request["EndpointConfigName"])
    if request.get("RetainAllVariantProperties", False):
        config = retaining(endpoint, config, request.get("ExcludeRetainedVariantProperties", ()))
    _refuse_to_become_serverless(before, config)
    _refuse_another_way_to_answer(before, config)
    given = _deployment_config(request, endpoint)
    deployment = deployment_of(given, config.variants, shadow=config.shadow)
    planned = plan(config)
    if given:
        _refuse_other_names(before, config)
        _refuse_shadows(before, config)
    _refuse_scaled(endpoint, before.variants, config.variants)
    _refuse_unknown_alarms(deployment.alarms)
    with endpoint.lock:
        _refuse_unless_in_service(endpoint)
        endpoint.change("Updating")
        if given:
            endpoint.last_deployment_config = given.plain()
        endpoint.pending = pending(planned, deployment)
        guard = endpoint.guard = Guard(deployment)
    background.run(rollout.update, endpoint, planned, deployment, guard)
    return {"EndpointArn": endpoint.arn}


@operation("sagemaker", "UpdateEndpointWeightsAndCapacities")
def update_endpoint_weights_and_capacities(request: Request) -> dict[str, Any]:
    """Change the traffic shares and the instance counts of the variants that serve."""
    endpoint = find_endpoint(request["EndpointName"])
    with endpoint.lock:
        _refuse_unless_in_service(endpoint)
        fleet = endpoint.traffic.fleet
        changes = [
            (fleet.variant(item["VariantName"]) if fleet else None, item)
            for item in request["DesiredWeightsAndCapacities"]
        ]
        unknown = [item["VariantName"] for variant, item in changes if not variant]
        if unknown:
            raise ValidationException(
                f"Endpoint {endpoint.name} has no production variant {', '.join(unknown)}."
            )
        serverless = [_serverless(variant, item) for variant, item in changes]
        for (variant, item), config in zip(changes, serverless, strict=True):
            if variant:
                variant.weight = float(item.get("DesiredWeight", variant.weight))
                variant.instance_count = item.get("DesiredInstanceCount", variant.instance_count)
                variant.concurrency.config = config
        endpoint.change("Updating")
    background.run(rollout.resize, endpoint)
    return {"EndpointArn": endpoint.arn}


def _serverless(variant: Variant | None, item: Request) -> ServerlessConfig | None:
    """What the variant's ServerlessConfig becomes; None if it runs on instances."""
    config, changes = variant.serverless if variant else None, serverless_update(item)
    if config and "DesiredInstanceCount" in item:
        raise ValidationException(
            f"Serverless variant {item['VariantName']} has no DesiredInstanceCount."
        )
    if config is None and changes:
        raise ValidationException(
            f"Variant {item['VariantName']} runs on instances and has no ServerlessUpdateConfig."
        )
    return config.updated(changes) if config else None


def _deployment_config(request: Request, endpoint: Endpoint) -> Request | None:
    given: Request | None = request.get("DeploymentConfig")
    if not request.get("RetainDeploymentConfig", False):
        return given
    if given:
        raise NotImplementedHere(
            "AWS does not say which of DeploymentConfig and RetainDeploymentConfig holds if both "
            "are given, and the local AWS does not guess; give one of them."
        )
    last = endpoint.last_deployment_config
    return Request(last) if last else None


def _refuse_other_names(before: EndpointConfig, after: EndpointConfig) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html."""
    old, new = (sorted(variant.name for variant in config.variants) for config in (before, after))
    if old != new:
        raise ValidationException(
            "A deployment with a DeploymentConfig must keep the names of the production variants "
            f"({', '.join(old)}), got {', '.join(new)}."
        )


def _refuse_shadows(*configs: EndpointConfig) -> None:
    if not holds("guardrails-beside-a-shadow") and any(config.shadow for config in configs):
        raise ValidationException(
            "A DeploymentConfig cannot be used to update an endpoint from or to shadow variants."
        )


def _refuse_to_become_serverless(before: EndpointConfig, after: EndpointConfig) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html."""
    if after.variants[0].serverless and not before.variants[0].serverless:
        raise ValidationException(
            "An endpoint on instances cannot be updated to a serverless one, as "
            f"{after.name} asks; create another endpoint."
        )


def _refuse_another_way_to_answer(before: EndpointConfig, after: EndpointConfig) -> None:
    if bool(before.asynchronous) != bool(after.asynchronous):
        raise NotImplementedHere(
            "AWS does not say what becomes of an endpoint that is updated to or from an "
            "AsyncInferenceConfig, and the local AWS does not guess; create another endpoint."
        )


def _refuse_scaled(
    endpoint: Endpoint, before: Sequence[VariantConfig], after: Sequence[VariantConfig]
) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-update.html."""
    types = {variant.name: variant.instance_type for variant in after}
    changed = [v.name for v in before if types.get(v.name) != v.instance_type]
    if held := sorted(scaled_variants(endpoint.name).intersection(changed)):
        raise ValidationException(
            f'The variant(s) "{", ".join(held)}" must be deregistered as scalable targets with '
            "AWS Auto Scaling before they can be removed or have their instance type updated."
        )


def _refuse_unknown_alarms(names: Collection[str]) -> None:
    if unknown := sorted(set(names) - described(frozenset(names)).keys()):
        raise ValidationException(
            f"AutoRollbackConfiguration names CloudWatch alarms that do not exist: "
            f"{', '.join(unknown)}."
        )


def _refuse_unless_in_service(endpoint: Endpoint) -> None:
    if endpoint.status == "Failed":
        raise ValidationException(
            f'Cannot update endpoint "{endpoint.arn}" in status Failed; it can only be deleted.'
        )
    if endpoint.status != "InService":
        raise ValidationException(f'Cannot update in-progress endpoint "{endpoint.arn}".')
