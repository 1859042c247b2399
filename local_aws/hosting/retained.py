"""What RetainAllVariantProperties keeps of an endpoint, whatever its new config says."""

from collections.abc import Sequence
from dataclasses import replace

from local_aws.core.request import Request
from local_aws.hosting.endpoint import Endpoint
from local_aws.hosting.endpoint_configs import EndpointConfig
from local_aws.hosting.fleet import Variant
from local_aws.hosting.variant_configs import VariantConfig


def retaining(
    endpoint: Endpoint, config: EndpointConfig, excluded: Sequence[Request]
) -> EndpointConfig:
    """The config with the counts, weights and capture of the endpoint as it is.

    Args:
        endpoint: it serves.
        config: the new config.
        excluded: ExcludeRetainedVariantProperties, what the new config decides all the same.
    """
    kinds = {item["VariantPropertyType"] for item in excluded}
    fleet, capture = endpoint.traffic.fleet, config.capture
    if "DataCaptureConfig" not in kinds:
        capture = fleet.capture.config if fleet and fleet.capture else None
    running = {variant.name: variant for variant in fleet.all_variants} if fleet else {}
    *variants, last = [
        _retaining_variant(running.get(variant.name), variant, kinds)
        for variant in config.all_variants
    ]
    if config.shadow:
        return replace(config, variants=variants, shadow=last, capture=capture)
    return replace(config, variants=[*variants, last], capture=capture)


def _retaining_variant(
    serving: Variant | None, config: VariantConfig, excluded: set[str]
) -> VariantConfig:
    if not serving:
        return config
    on_instances = not (config.serverless or serving.serverless)
    if "DesiredInstanceCount" not in excluded and on_instances:
        config = replace(config, instance_count=serving.instance_count)
    if "DesiredWeight" not in excluded:
        config = replace(config, weight=serving.weight)
    return config
