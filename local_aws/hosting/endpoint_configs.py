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
from local_aws.hosting.async_config import AsyncConfig, async_config
from local_aws.hosting.capture import CaptureConfig
from local_aws.hosting.variant_configs import VariantConfig, variant_config


@dataclass(frozen=True, kw_only=True)
class EndpointConfig:
    """An endpoint config.

    Attributes:
        shadow: the variant that gets copies of requests; None if there is none.
        described: what DescribeEndpointConfig answers.
    """

    name: str
    variants: Sequence[VariantConfig]
    shadow: VariantConfig | None = None
    capture: CaptureConfig | None
    asynchronous: AsyncConfig | None = None
    described: Mapping[str, Any]

    @property
    def all_variants(self) -> Sequence[VariantConfig]:
        """All that run: the production variants, and the shadow after them."""
        return [*self.variants, *([self.shadow] if self.shadow else [])]


SHADOWS = "ShadowProductionVariants"
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
    variants = [variant_config(variant) for variant in request["ProductionVariants"]]
    shadows = [variant_config(variant) for variant in request.get(SHADOWS, ())]
    _refuse_what_cannot_run_together(variants, shadows)
    capture = request.get("DataCaptureConfig")
    asynchronous = request.get("AsyncInferenceConfig")
    if capture and variants[0].serverless:
        raise ValidationException("DataCaptureConfig is not for serverless variants.")
    if capture and variants[0].multi_model:
        raise NotImplementedHere(
            "AWS does not say what data capture records of multi-model variants, and the local AWS "
            "does not guess; leave DataCaptureConfig out."
        )
    if asynchronous:
        _refuse_beside_async(capture, variants, shadows)
    config = EndpointConfig(
        name=name,
        variants=variants,
        shadow=shadows[0] if shadows else None,
        capture=_capture(capture) if capture else None,
        asynchronous=async_config(asynchronous) if asynchronous else None,
        described={
            "EndpointConfigName": name,
            "EndpointConfigArn": config_arn,
            "CreationTime": clock.now(),
            **{
                member: [
                    {"InitialVariantWeight": 1.0, **variant} for variant in request[member].plain()
                ]
                for member in ("ProductionVariants", SHADOWS)
                if member in request
            },
            "DataCaptureConfig": capture.plain() if capture else None,
            "AsyncInferenceConfig": asynchronous.plain() if asynchronous else None,
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


def _refuse_what_cannot_run_together(
    variants: Sequence[VariantConfig], shadows: Sequence[VariantConfig]
) -> None:
    if shadows and (len(variants), len(shadows)) != (1, 1):
        raise ValidationException(
            f"With {SHADOWS} there must be one variant in ProductionVariants and one in {SHADOWS}, "
            f"got {len(variants)} and {len(shadows)}."
        )
    all_variants = [*variants, *shadows]
    serverless = [variant.name for variant in all_variants if variant.serverless]
    if serverless and len(all_variants) > 1:
        raise ValidationException(
            f"A serverless variant cannot be beside another one, got {', '.join(serverless)} of "
            f"{len(all_variants)}."
        )
    _refuse_beside_multi_model(variants, shadows)
    names = [variant.name for variant in all_variants]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValidationException(f"Production variants must differ in name, got {twice} twice.")


def _refuse_beside_multi_model(
    variants: Sequence[VariantConfig], shadows: Sequence[VariantConfig]
) -> None:
    if shadows and any(variant.multi_model for variant in (*variants, *shadows)):
        raise ValidationException(f"{SHADOWS} is not for multi-model variants.")
    if len({variant.multi_model for variant in variants}) > 1:
        raise NotImplementedHere(
            "AWS does not say how a request chooses between a multi-model variant and another, "
            "and the local AWS does not guess."
        )


def _refuse_beside_async(
    capture: Request | None, variants: Sequence[VariantConfig], shadows: Sequence[VariantConfig]
) -> None:
    if any(variant.multi_model for variant in variants):
        raise NotImplementedHere(
            "AWS does not say how InvokeEndpointAsync names an archive, and the local AWS does not "
            "guess; leave AsyncInferenceConfig out for multi-model variants."
        )
    if shadows or any(variant.serverless for variant in variants):
        raise ValidationException(
            f"AsyncInferenceConfig is not for serverless variants nor beside {SHADOWS}."
        )
    if capture:
        raise NotImplementedHere(
            "AWS does not say whether it captures requests of asynchronous endpoints, and the "
            "local AWS does not guess; leave DataCaptureConfig out."
        )


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
