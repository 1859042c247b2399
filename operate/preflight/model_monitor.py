"""Whether SageMaker Model Monitor, closed to new customers, can be used, and which engine to take.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-availability-change.html says that
existing customers go on. No operation that only reads tells who is one: what a new account hears
is an error of CreateMonitoringSchedule, which nobody has documented.
"""

from collections.abc import Iterator, Sequence

from operate.account import Account
from operate.preflight.assembly import PlannedStack
from operate.preflight.finding import Finding, Weight
from operate.preflight.template import World

CHECK = "monitoring engine"


def model_monitor(
    account: Account, world: World, stacks: Sequence[PlannedStack]
) -> Iterator[Finding]:
    """Yields a finding if a stack uses Model Monitor and no schedule shows that it is open."""
    using = [
        s.name for s in stacks if any(s.template.resources("AWS::SageMaker::MonitoringSchedule"))
    ]
    if not using:
        return
    listed = account.each("sagemaker", "list_monitoring_schedules", "MonitoringScheduleSummaries")
    if next(iter(listed), None) is not None:
        return
    yield Finding(
        Weight.UNKNOWN,
        CHECK,
        f"{', '.join(using)} need SageMaker Model Monitor, which is closed to new customers; that"
        f" this account may use it can't be told, because it has no monitoring schedule in"
        f" {world.region} and no read-only call of AWS says more",
        "take monitoring=OpenEngine() in config/stages.py unless the account has used Model Monitor"
        " before; a schedule made by hand in the console shows it too",
    )
