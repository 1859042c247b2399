"""CapacitySize: how much of a fleet one step of a shift turns on.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CapacitySize.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from local_aws.core.errors import NotImplementedHere
from local_aws.core.request import Request
from local_aws.hosting.variant_configs import VariantConfig


@dataclass(frozen=True, kw_only=True)
class CapacitySize:
    """A number of instances, or a percentage of them.

    Attributes:
        member: the API's name of what it is, CanarySize or LinearStepSize.
        kind: INSTANCE_COUNT or CAPACITY_PERCENT.
    """

    member: str
    kind: str
    value: int

    def share(self, variants: Sequence[VariantConfig]) -> Fraction:
        """The share of the fleet, and so of the requests.

        Raises:
            NotImplementedHere: It would not be the same for all variants.
        """
        shares = {self._share_of(variant) for variant in variants}
        if len(shares) > 1:
            raise NotImplementedHere(
                f"{self.member}: INSTANCE_COUNT for variants of different instance counts is not "
                "implemented by the local AWS; use CAPACITY_PERCENT."
            )
        return shares.pop()

    def problems(self, variants: Sequence[VariantConfig], low: int, high: int) -> Iterator[str]:
        """One sentence for each variant of which it is less than low or more than high percent."""
        for variant in variants:
            if not Fraction(low, 100) <= self._share_of(variant) <= Fraction(high, 100):
                got = (
                    f"{self.value} %"
                    if self.kind == "CAPACITY_PERCENT"
                    else f"{self.value} of {variant.instance_count}"
                )
                bounds = f"between {low} % and {high} %" if low else f"at most {high} %"
                yield (
                    f"{self.member} must be {bounds} of the instance count of variant "
                    f"{variant.name}, got {got}."
                )

    def _share_of(self, variant: VariantConfig) -> Fraction:
        if self.kind == "CAPACITY_PERCENT":
            return Fraction(self.value, 100)
        return Fraction(self.value, max(variant.instance_count, 1))


def capacity_size(routing: Request, member: str) -> CapacitySize | None:
    """The size of that name in a TrafficRoutingConfiguration; None if it has none."""
    size = routing.get(member)
    if size is None:
        return None
    return CapacitySize(member=member, kind=size["Type"], value=size["Value"])
