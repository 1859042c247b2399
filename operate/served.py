"""What an endpoint serves or a pipeline scores with, and what the slot says that it should."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operate.account import Account
from operate.refused import Refused
from operate.versions import Version, read_version

NONE = "NONE"
"""What a slot names before the first promotion."""


@dataclass(frozen=True)
class Served:
    """What serves.

    Attributes:
        endpoint: The endpoint's name, as promotions are told it, also where there is none to be.
        status: EndpointStatus or PipelineStatus; empty if there is neither.
        reason: FailureReason, or empty.
        config: EndpointConfigName, or the name of the model that a pipeline scores with, or empty.
        version: The version that answers; None if there is none, or the model names no package.
            Where each request names an archive, it is the one that the slot names.
        slot: ARN of the version that the slot names, or NONE.
        variants: ProductionVariants of DescribeEndpoint.
        pending: PendingDeploymentSummary of DescribeEndpoint, or empty.
        challenger: The version that is tried beside it; None if there is none.
        since: When the config was made, which is when its trial began; None without an endpoint.
        pipeline: The name of the pipeline that scores batches; empty for an endpoint.
        by_request: Whether each request names the version that is to answer it.
        last_run: How its last run went, such as `Succeeded`, and when it began; None likewise.
    """

    endpoint: str
    status: str
    reason: str
    config: str
    version: Version | None
    slot: str
    variants: tuple[Mapping[str, Any], ...]
    pending: Mapping[str, Any]
    challenger: Version | None = None
    since: datetime | None = None
    pipeline: str = ""
    last_run: tuple[str, datetime] | None = None
    by_request: bool = False

    @property
    def what(self) -> str:
        """What serves, in words: `endpoint dev-churn` or `pipeline dev-churn-batch`."""
        return f"pipeline {self.pipeline}" if self.pipeline else f"endpoint {self.endpoint}"

    @property
    def agrees(self) -> bool:
        """Whether the endpoint runs what the slot names."""
        return (self.version.arn if self.version else NONE) == self.slot


def read_served(account: Account, promotion: Mapping[str, Any]) -> Served:
    """What the endpoint or the batch pipeline of a promotion's input runs at this moment."""
    slots = account.read("ssm", "get_parameters", Names=[promotion["slot"]])["Parameters"]
    slot = slots[0]["Value"].partition(",")[0] if slots else "missing"
    name = promotion["endpoint"]
    if promotion.get("hosting") == "batch":
        return _read_batch(account, name, slot)
    try:
        endpoint = account.read("sagemaker", "describe_endpoint", EndpointName=name)
    except Refused as refused:
        if not (refused.code == "ValidationException" and "Could not find" in str(refused)):
            raise
        return Served(name, "", "", "", None, slot, (), {})
    config = endpoint.get("EndpointConfigName", "")
    described = _config(account, config) if config else {}
    many = promotion.get("hosting") == "multi-model"
    return Served(
        endpoint=name,
        status=endpoint["EndpointStatus"],
        reason=endpoint.get("FailureReason", ""),
        config=config,
        version=_named(account, slot) if many else _variant(account, described, 0),
        slot=slot,
        variants=tuple(endpoint.get("ProductionVariants", [])),
        pending=endpoint.get("PendingDeploymentSummary", {}),
        challenger=_variant(account, described, 1),
        since=described.get("CreationTime"),
        by_request=many,
    )


def _named(account: Account, slot: str) -> Version | None:
    """The version whose archive requests name, as promotions read it."""
    return read_version(account, slot) if slot.startswith("arn:") else None


def _config(account: Account, config: str) -> dict[str, Any]:
    return account.read("sagemaker", "describe_endpoint_config", EndpointConfigName=config)


def _variant(account: Account, config: Mapping[str, Any], which: int) -> Version | None:
    """The version of a config's first variant, which serves, or of its second, which is tried."""
    variants = (*config.get("ProductionVariants", ()), *config.get("ShadowProductionVariants", ()))
    return None if which >= len(variants) else _version(account, variants[which]["ModelName"])


def _version(account: Account, name: str) -> Version | None:
    """The version that a model was made of."""
    model = account.read("sagemaker", "describe_model", ModelName=name)
    containers = [model.get("PrimaryContainer", {}), *model.get("Containers", [])]
    packages = [c["ModelPackageName"] for c in containers if "ModelPackageName" in c]
    return read_version(account, packages[0]) if packages else None


def _read_batch(account: Account, name: str, slot: str) -> Served:
    """What the definition of the pipeline names, as promotions read it, and its newest run."""
    pipeline = f"{name}-batch"
    try:
        found = account.read("sagemaker", "describe_pipeline", PipelineName=pipeline)
    except Refused as refused:
        if refused.code != "ResourceNotFound":
            raise
        return Served(name, "", "", "", None, slot, (), {}, pipeline=pipeline)
    runs = account.each(
        "sagemaker", "list_pipeline_executions", "PipelineExecutionSummaries", PipelineName=pipeline
    )
    run = next(runs, None)
    [model] = _scoring(json.loads(found["PipelineDefinition"])["Steps"])
    return Served(
        endpoint=name,
        status=found["PipelineStatus"],
        reason="",
        config=model,
        version=_version(account, model),
        slot=slot,
        variants=(),
        pending={},
        pipeline=pipeline,
        last_run=(run["PipelineExecutionStatus"], run["StartTime"]) if run else None,
    )


def _scoring(steps: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The models of a definition's transform steps, at whatever depth."""
    for step in steps:
        if step["Type"] == "Transform":
            yield step["Arguments"]["ModelName"]
        yield from _scoring(step.get("Arguments", {}).get("IfSteps", ()))
