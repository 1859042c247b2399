"""DeploymentConfig: in which steps traffic moves to the new fleet, and what takes it back.

https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html
and, batch by batch, `local_aws.hosting.rolling`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from local_aws.core.errors import NotImplementedHere, ValidationException
from local_aws.core.request import Request
from local_aws.hosting.capacity import CapacitySize, capacity_size
from local_aws.hosting.rolling import rolling
from local_aws.hosting.steps import Step, growing
from local_aws.hosting.variant_configs import VariantConfig

# Which size a type of shift needs, and its bounds in percent of a variant's instances (botocore).
_SIZES = {"CANARY": ("CanarySize", 0, 50), "LINEAR": ("LinearStepSize", 10, 50)}
_POLICIES = ("BlueGreenUpdatePolicy", "RollingUpdatePolicy")
# https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
_EXCLUDED = "ml.inf1."


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """All that a DeploymentConfig says.

    Attributes:
        alarms: names of the CloudWatch alarms that take traffic back.
        timeout_seconds: how long all of it may last; None without a limit.
        in_batches: whether instances of the old fleet end with each step, not all with the last.
        back: the share of requests that a rollback gives back at a time.
    """

    steps: Sequence[Step]
    alarms: Sequence[str] = ()
    timeout_seconds: int | None = None
    in_batches: bool = False
    back: Fraction = Fraction(1)


def deployment_of(
    config: Request | None,
    variants: Sequence[VariantConfig],
    *,
    shadow: VariantConfig | None = None,
) -> Deployment:
    """What a DeploymentConfig asks for; none is all at once, as on AWS.

    Args:
        config: the member of CreateEndpoint or UpdateEndpoint.
        variants: those of the new fleet.
        shadow: its shadow variant, if it has one.

    Raises:
        ValidationException: Its shift has no or the wrong size, or cannot end within its limit; it
            has two policies.
    """
    config = Request({}) if config is None else config
    rollback = config.get("AutoRollbackConfiguration", {})
    alarms = [alarm.get("AlarmName") for alarm in rollback.get("Alarms", ())]
    deployment = _of_policy(config, variants, shadow)
    if len(deployment.steps) > 1 and any(variant.serverless for variant in variants):
        raise NotImplementedHere(
            "AWS does not say how a shift in steps goes with serverless variants, and the local "
            "AWS does not guess; shift ALL_AT_ONCE."
        )
    if any(variant.instance_type.startswith(_EXCLUDED) for variant in variants):
        return Deployment(steps=[_last_step(0)])
    return replace(deployment, alarms=list(filter(None, alarms)))


def _of_policy(
    config: Request, variants: Sequence[VariantConfig], shadow: VariantConfig | None
) -> Deployment:
    blue_green, batches = (config.get(policy) for policy in _POLICIES)
    if blue_green is not None and batches is not None:
        raise ValidationException(f"Only one of {' and '.join(_POLICIES)} can be given, got both.")
    if batches is not None:
        asked = rolling(batches, variants, shadow)
        return Deployment(
            steps=asked.steps,
            timeout_seconds=asked.timeout_seconds,
            in_batches=True,
            back=asked.back,
        )
    if blue_green is not None:
        timeout = blue_green.get("MaximumExecutionTimeoutInSeconds")
        return Deployment(steps=_steps(blue_green, variants, timeout), timeout_seconds=timeout)
    return Deployment(steps=[_last_step(0)])


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
    early = [share] if kind == "CANARY" else growing(share)[:-1]
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
