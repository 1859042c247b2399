"""Whether another version is being released, by which policy, and how the last one ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operate.account import Account
from operate.deployed import Model, Stage
from operate.served import Served
from operate.status.alarms import Alarm, read_alarms
from operate.status.executions import Execution, holder, last_ended


@dataclass(frozen=True)
class Release:
    """The release of a model.

    Attributes:
        in_progress: The endpoint, or its stack, is changing.
        stack_status: Of the serving stack.
        stack_reason: Why, or empty.
        to_config: The config that is being released; empty if none is.
        since: Since when.
        variants: One text for each variant of the release: its phase and its traffic.
        policy: How releases are done, in words of the stack's output; empty if it does not say.
        alarms: Those that would roll a release back.
        promotion: Who holds the lock; None if nobody does.
        last: The newest promotion that has ended; None if none is among those looked at.
    """

    in_progress: bool
    stack_status: str
    stack_reason: str
    to_config: str
    since: datetime | None
    variants: tuple[str, ...]
    policy: str
    alarms: tuple[Alarm, ...]
    promotion: Execution | None
    last: Execution | None


def read_release(account: Account, stage: Stage, model: Model, served: Served) -> Release:
    """The release of a model that is served."""
    stack = model.serving
    assert stack is not None
    pending = served.pending
    names = [name for name in stack.outputs.get("RollbackAlarmNames", "").split(",") if name]
    return Release(
        in_progress=bool(pending)
        or served.status in ("Creating", "Updating", "RollingBack", "SystemUpdating")
        or stack.status.endswith("_IN_PROGRESS"),
        stack_status=stack.status,
        stack_reason=stack.reason,
        to_config=pending.get("EndpointConfigName", ""),
        since=pending.get("StartTime"),
        variants=tuple(_variant(variant) for variant in pending.get("ProductionVariants", [])),
        policy=stack.outputs.get("ReleasePolicy", ""),
        alarms=tuple(read_alarms(account, names)),
        promotion=holder(account, f"{model.parameters}/lock"),
        last=last_ended(account, stage.promotion_machine, served.endpoint),
    )


def _variant(variant: dict[str, Any]) -> str:
    phases = [status["Status"] for status in variant.get("VariantStatus", [])]
    instances = variant.get("CurrentInstanceCount")
    told = f"{variant['VariantName']}: {' and '.join(phases) or 'no phase told'}"
    return told if instances is None else f"{told}, {instances} new instances"
