"""RollingUpdatePolicy: the new fleet replaces the old one batch by batch.

https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-rolling.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from local_aws.core.errors import ValidationException
from local_aws.core.request import Request
from local_aws.hosting.capacity import capacity_size
from local_aws.hosting.steps import Step, growing
from local_aws.hosting.variant_configs import VariantConfig

_BATCH, _ROLLBACK_BATCH, _WAIT = (
    "MaximumBatchSize",
    "RollbackMaximumBatchSize",
    "WaitIntervalInSeconds",
)


@dataclass(frozen=True, kw_only=True)
class Rolling:
    """What a RollingUpdatePolicy asks for.

    Attributes:
        back: the share of requests that goes back to the old fleet at a time.
    """

    steps: Sequence[Step]
    back: Fraction
    timeout_seconds: int | None


def rolling(
    policy: Request, variants: Sequence[VariantConfig], shadow: VariantConfig | None
) -> Rolling:
    """The batches of a policy.

    Raises:
        ValidationException: A size is out of its bounds, or there are several variants.
    """
    batch, back = capacity_size(policy, _BATCH), capacity_size(policy, _ROLLBACK_BATCH)
    problems = [
        *_exclusions([*variants, *([shadow] if shadow else [])]),
        *(batch.problems(variants, 5, 50) if batch else ()),
        *(back.problems(variants, 0, 100) if back else ()),
    ]
    wait, timeout = policy[_WAIT], policy.get("MaximumExecutionTimeoutInSeconds")
    if problems or batch is None:
        raise ValidationException(" ".join(problems))
    return Rolling(
        steps=[
            Step(share=share, bake_seconds=wait, bake_member=_WAIT)
            for share in growing(batch.share(variants))
        ],
        back=back.share(variants) if back else Fraction(1),
        timeout_seconds=timeout,
    )


def _exclusions(variants: Sequence[VariantConfig]) -> Iterator[str]:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html."""
    if any(variant.serverless for variant in variants):
        yield "RollingUpdatePolicy is not for serverless endpoints."
    if len(variants) > 1:
        names = ", ".join(variant.name for variant in variants)
        yield f"RollingUpdatePolicy is not for endpoints of several variants, got {names}."
