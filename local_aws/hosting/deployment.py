"""DeploymentConfig: in which steps traffic moves to the new fleet, and what takes it back.

https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from local_aws.core.errors import ValidationException
from local_aws.core.request import Request
from local_aws.hosting.capacity import CapacitySize, capacity_size
from local_aws.hosting.endpoint_configs import VariantConfig

# Which size a type of shift needs, and its bounds in percent of a variant's instances (botocore).
_SIZES = {"CANARY": ("CanarySize", 0, 50), "LINEAR": ("LinearStepSize", 10, 50)}
# https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
_EXCLUDED = "ml.inf1."


@dataclass(frozen=True, kw_only=True)
class Step:
    """One shift of traffic, and the bake after it.

    Attributes:
        share: of all requests that the new fleet gets from this step on, 0 to 1.
        bake_seconds: how long alarms are watched before the next step, or before the old fleet
            ends.
        bake_member: the API's name of that wait.
    """

    share: Fraction
    bake_seconds: int
    bake_member: str

    @property
    def capacity(self) -> str:
        """What AWS calls the part of the fleet that is turned on."""
        return "full" if self.share == 1 else "canary"


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """All that a DeploymentConfig says.

    Attributes:
        alarms: names of the CloudWatch alarms that take traffic back.
        timeout_seconds: how long all of it may last; None without a limit.
    """

    steps: Sequence[Step]
    alarms: Sequence[str] = ()
    timeout_seconds: int | None = None


def deployment_of(config: Request | None, variants: Sequence[VariantConfig]) -> Deployment:
    """What a DeploymentConfig asks for; none is all at once, as on AWS.

    Args:
        config: the member of CreateEndpoint or UpdateEndpoint.
        variants: those of the new fleet.

    Raises:
        ValidationException: Its shift has no or the wrong size, or cannot end within its limit.
    """
    config = Request({}) if config is None else config
    rollback = config.get("AutoRollbackConfiguration", {})
    alarms = [alarm.get("AlarmName") for alarm in rollback.get("Alarms", ())]
    blue_green = config.get("BlueGreenUpdatePolicy")
    steps, timeout = [_last_step(0)], None
    if blue_green is not None:
        timeout = blue_green.get("MaximumExecutionTimeoutInSeconds")
        steps = _steps(blue_green, variants, timeout)
    if any(variant.instance_type.startswith(_EXCLUDED) for variant in variants):
        return Deployment(steps=[_last_step(0)])
    return Deployment(steps=steps, alarms=list(filter(None, alarms)), timeout_seconds=timeout)


def _steps(
    blue_green: Request, variants: Sequence[VariantConfig], timeout: int | None
) -> list[Step]:
    routing = blue_green["TrafficRoutingConfiguration"]
    kind, interval = routing["Type"], routing["WaitIntervalInSeconds"]
    sizes = {member: capacity_size(routing, member) for member, *_ in _SIZES.values()}
    final = blue_green.get("TerminationWaitInSeconds", 0)
    problems = [
        *_size_problems(kind, sizes, variants),
        *_timeout_problems(timeout, interval + final),
    ]
    if problems:
        raise ValidationException(" ".join(problems))
    size = sizes[_SIZES[kind][0]] if kind in _SIZES else None
    if size is None:
        return [_last_step(final)]
    share = size.share(variants)
    count = 1 if kind == "CANARY" else -(-1 // share) - 1
    early = (share * (number + 1) for number in range(count))
    return [
        *(
            Step(share=part, bake_seconds=interval, bake_member="WaitIntervalInSeconds")
            for part in early
        ),
        _last_step(final),
    ]


def _last_step(bake_seconds: int) -> Step:
    return Step(
        share=Fraction(1), bake_seconds=bake_seconds, bake_member="TerminationWaitInSeconds"
    )


def _size_problems(
    kind: str, sizes: dict[str, CapacitySize | None], variants: Sequence[VariantConfig]
) -> Iterator[str]:
    for owner, (member, low, high) in _SIZES.items():
        size = sizes[member]
        if kind == owner and size is None:
            yield f"TrafficRoutingConfiguration of type {kind} needs {member}."
        elif kind == owner and size is not None:
            yield from size.problems(variants, low, high)
        elif size is not None:
            yield f"{member} is for type {owner}, got type {kind}."


def _timeout_problems(timeout: int | None, waits: int) -> Iterator[str]:
    if timeout is not None and timeout <= waits:
        yield (
            "MaximumExecutionTimeoutInSeconds must be larger than TerminationWaitInSeconds plus "
            f"WaitIntervalInSeconds ({waits}), got {timeout}."
        )
