"""What RetainAllVariantProperties keeps of an endpoint, whatever its new config says."""

from collections.abc import Sequence
from dataclasses import replace

from local_aws.core.request import Request
from local_aws.hosting.endpoint import Endpoint
from local_aws.hosting.endpoint_configs import EndpointConfig, VariantConfig


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
    variants = [_retaining_variant(endpoint, variant, kinds) for variant in config.variants]
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
