"""Endpoint configs: which models an endpoint serves, on how much capacity, with what captured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local_aws.clock import clock
from local_aws.core.errors import NotImplementedHere, ValidationException
from local_aws.core.listing import select
from local_aws.core.operations import operation
from local_aws.core.paging import page
from local_aws.core.request import Request
from local_aws.core.store import Table, arn
from local_aws.core.tags import TAGS
from local_aws.hosting.capture import CaptureConfig
from local_aws.hosting.models import find_model

# AWS names no default; this is the bound for a model that never answers /ping.
STARTUP_TIMEOUT_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class VariantConfig:
    """One entry of ProductionVariants."""

    name: str
    model_name: str
    instance_type: str
    instance_count: int
    weight: float
    startup_timeout_seconds: int


@dataclass(frozen=True, kw_only=True)
class EndpointConfig:
    """An endpoint config; `described` is what DescribeEndpointConfig answers."""

    name: str
    variants: Sequence[VariantConfig]
    capture: CaptureConfig | None
    described: Mapping[str, Any]


ENDPOINT_CONFIGS: Table[EndpointConfig] = Table()


def find_endpoint_config(name: str) -> EndpointConfig:
    """The endpoint config of this name.

    Raises:
        ValidationException: There is none.
    """
    config = ENDPOINT_CONFIGS.get(name)
    if config is None:
        raise ValidationException(
            f'Could not find endpoint configuration "{arn("endpoint-config", name)}".'
        )
    return config


@operation("sagemaker", "CreateEndpointConfig")
def create_endpoint_config(request: Request) -> dict[str, Any]:
    """Record an endpoint config whose models exist."""
    name = request["EndpointConfigName"]
    config_arn = arn("endpoint-config", name)
    variants = [_variant(variant) for variant in request["ProductionVariants"]]
    _refuse_variants_of_one_name(variants)
    capture = request.get("DataCaptureConfig")
    config = EndpointConfig(
        name=name,
        variants=variants,
        capture=_capture(capture) if capture else None,
        described={
            "EndpointConfigName": name,
            "EndpointConfigArn": config_arn,
            "CreationTime": clock.now(),
            "ProductionVariants": [
                {"InitialVariantWeight": 1.0, **variant}
                for variant in request["ProductionVariants"].plain()
            ],
            "DataCaptureConfig": capture.plain() if capture else None,
            "KmsKeyId": request.get("KmsKeyId"),
        },
    )
    with ENDPOINT_CONFIGS.lock:
        if name in ENDPOINT_CONFIGS:
            raise ValidationException(
                f'Cannot create already existing endpoint configuration "{config_arn}".'
            )
        ENDPOINT_CONFIGS.put(name, config)
    return {"EndpointConfigArn": config_arn}


@operation("sagemaker", "DescribeEndpointConfig")
def describe_endpoint_config(request: Request) -> dict[str, Any]:
    """The endpoint config as it was created."""
    return dict(find_endpoint_config(request["EndpointConfigName"]).described)


@operation("sagemaker", "ListEndpointConfigs")
def list_endpoint_configs(request: Request) -> dict[str, Any]:
    """The endpoint configs whose name and age match."""
    members = ("EndpointConfigName", "EndpointConfigArn", "CreationTime")
    summaries = [{m: config.described[m] for m in members} for config in ENDPOINT_CONFIGS.values()]
    found = select(request, summaries, name="EndpointConfigName")
    return page(found, request, "EndpointConfigs")


@operation("sagemaker", "DeleteEndpointConfig")
def delete_endpoint_config(request: Request) -> dict[str, Any]:
    """Forget the config, even one that an endpoint uses.

    AWS warns against that and does not prevent it; the endpoint's next update then fails, since
    it cannot find the config it runs on (hashicorp/terraform-provider-aws#40048).
    """
    find_endpoint_config(request["EndpointConfigName"])
    ENDPOINT_CONFIGS.remove(request["EndpointConfigName"])
    TAGS.forget(arn("endpoint-config", request["EndpointConfigName"]))
    return {}


def _variant(variant: Request) -> VariantConfig:
    name = variant["VariantName"]
    if "ModelName" not in variant:
        raise NotImplementedHere(
            f"Production variant {name} names no ModelName; inference components are not "
            "implemented by the local AWS."
        )
    missing = [m for m in ("InstanceType", "InitialInstanceCount") if not variant.get(m)]
    if missing:
        raise ValidationException(f"Production variant {name} needs {' and '.join(missing)}.")
    find_model(variant["ModelName"])
    return VariantConfig(
        name=name,
        model_name=variant["ModelName"],
        instance_type=variant["InstanceType"],
        instance_count=variant["InitialInstanceCount"],
        weight=float(variant.get("InitialVariantWeight", 1.0)),
        startup_timeout_seconds=variant.get(
            "ContainerStartupHealthCheckTimeoutInSeconds", STARTUP_TIMEOUT_SECONDS
        ),
    )


def _refuse_variants_of_one_name(variants: Sequence[VariantConfig]) -> None:
    names = [variant.name for variant in variants]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValidationException(f"Production variants must differ in name, got {twice} twice.")


def _capture(config: Request) -> CaptureConfig | None:
    modes = {option["CaptureMode"] for option in config["CaptureOptions"]}
    types = config.get("CaptureContentTypeHeader", {})
    capture = CaptureConfig(
        destination=config["DestinationS3Uri"],
        percentage=config["InitialSamplingPercentage"],
        modes=frozenset({"Input", "Output"} if "InputAndOutput" in modes else modes),
        csv_types=frozenset(types.get("CsvContentTypes", ())),
        json_types=frozenset(types.get("JsonContentTypes", ())),
        kms_key_id=config.get("KmsKeyId"),
    )
    return capture if config.get("EnableCapture", True) else None
