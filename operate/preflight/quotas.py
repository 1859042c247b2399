"""Whether the account's quotas allow the instances that the templates ask for."""

from collections.abc import Iterator, Sequence

from operate.account import Account
from operate.preflight.assembly import PlannedStack
from operate.preflight.demand import Demand, demands
from operate.preflight.finding import Finding, Weight
from operate.preflight.template import World

CHECK = "quotas"
NAMES = {
    "endpoint": "{} for endpoint usage",
    "processing": "{} for processing job usage",
    "training": "{} for training job usage",
    "transform": "{} for transform job usage",
}
"""SageMaker's quotas as Service Quotas calls them.

https://docs.aws.amazon.com/general/latest/gr/sagemaker.html
"""


def quotas(account: Account, world: World, stacks: Sequence[PlannedStack]) -> Iterator[Finding]:
    """Yields each quota that is too small, or that nobody can read."""
    asked = demands(stacks, world)
    if not asked:
        return
    granted = allowed(account)
    for (usage, kind), demand in sorted(asked.items()):
        name = NAMES[usage].format(kind)
        if name not in granted:
            yield Finding(
                Weight.UNKNOWN,
                CHECK,
                f"Service Quotas knows no quota {name!r} in {world.region}, so {kind} may not exist"
                " there",
                "look for the instance type in the region's list of SageMaker instances, or take"
                " another in config/stages.py or the model's pipeline.py",
            )
        else:
            yield from _too_small(name, demand, *granted[name])


def allowed(account: Account) -> dict[str, tuple[float, str]]:
    """Name of a quota to value and code; the account's own values over the defaults."""
    return {
        quota["QuotaName"]: (quota["Value"], quota["QuotaCode"])
        for operation in ("list_aws_default_service_quotas", "list_service_quotas")
        for quota in account.each("service-quotas", operation, "Quotas", ServiceCode="sagemaker")
        if "Value" in quota
    }


def _too_small(name: str, demand: Demand, value: float, code: str) -> Iterator[Finding]:
    if value >= demand.most:
        return
    ask = (
        "`aws service-quotas request-service-quota-increase --service-code sagemaker --quota-code"
        f" {code} --desired-value {demand.most}`"
    )
    if value < demand.first:
        what = f"the quota {name!r} is {value:g}, the first deployment or run needs {demand.first}"
        yield Finding(Weight.STOPS, CHECK, what, ask)
    else:
        what = (
            f"the quota {name!r} is {value:g}, and {demand.most} may be needed at once (all at"
            " their largest, and a release beside the largest)"
        )
        yield Finding(Weight.LATER, CHECK, what, ask)
