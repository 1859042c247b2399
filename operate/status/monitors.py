"""What the monitors of an endpoint found last, whichever engine runs them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from operate.account import Account
from operate.deployed import Model
from operate.status.alarms import Alarm, read_alarms
from operate.status.schedules import next_time, next_whole_hour
from operate.status.verdicts import LOOKS_BACK, last_verdict


@dataclass(frozen=True)
class Monitor:
    """A monitor of an endpoint.

    Attributes:
        kind: Such as `data-quality`.
        heard: The hour in which it was heard of last, within `LOOKS_BACK`; None if it was not. A
            release puts such a sign of life too.
        judged: The hour of its last verdict; None if it has judged no window.
        violations: How many constraints that window violated.
        records: How many requests it held; None if the engine does not say.
        ratio: The largest distance divided by its threshold; None if the engine does not say.
        headline: The figure that says most of that window, such as the AUC; None if the kind has
            none, or the engine does not say.
        headline_threshold: From where on it is a violation.
        too_few: The newest window held too few records to judge.
        too_few_labels: For too few of the newest window's records it is known what truly happened.
        coverage: For which share of them it is; None of a kind that needs no labels.
        baseline_days: How old the baseline is; None if it does not say.
        drift: The alarm for drift.
        silence: The alarm for silence.
        stale: The alarm for a baseline that is too old.
        report: S3 URI of the newest report, a page to read; empty if there is none.
        next: When it looks next; None if nobody can say.
    """

    kind: str
    heard: datetime | None
    judged: datetime | None
    violations: int | None
    records: int | None
    ratio: float | None
    headline: float | None
    headline_threshold: float | None
    too_few: bool
    too_few_labels: bool
    coverage: float | None
    baseline_days: float | None
    drift: Alarm
    silence: Alarm
    stale: Alarm
    report: str
    next: datetime | None


@dataclass(frozen=True)
class Monitors:
    """All monitors of a model.

    Attributes:
        package: ARN of the version that they compare with; NONE if nothing serves.
        each: The monitors.
    """

    package: str
    each: tuple[Monitor, ...]


def read_monitors(account: Account, model: Model, now: datetime) -> Monitors | None:
    """The monitors of a model; None if it has none."""
    stack = model.monitoring
    if stack is None:
        return None
    endpoint = model.promotion["endpoint"]
    names = stack.output("AlarmNames").split(",")
    alarms = {alarm.name: alarm for alarm in read_alarms(account, names)}
    kinds = [
        name.removeprefix(f"{endpoint}-").removesuffix("-drift")
        for name in names
        if name.endswith("-drift")
    ]
    schedules = _schedules(account, stack.name, now)
    return Monitors(
        package=stack.outputs.get("MonitoredPackage", "NONE"),
        each=tuple(
            Monitor(
                kind=kind,
                **last_verdict(account, endpoint, kind, now),
                drift=alarms[f"{endpoint}-{kind}-drift"],
                silence=alarms.get(f"{endpoint}-{kind}-silent", Alarm("", "missing")),
                stale=alarms.get(f"{endpoint}-{kind}-stale", Alarm("", "missing")),
                report=_newest_report(account, f"{stack.output('ReportPrefix')}/{kind}", now),
                next=schedules.get(f"{endpoint}-{kind}"),
            )
            for kind in kinds
        ),
    )


def _schedules(account: Account, stack: str, now: datetime) -> Mapping[str, datetime | None]:
    """Name of the monitor to when it looks next; both engines name their schedules by it."""
    found: dict[str, datetime | None] = {}
    for resource in account.each(
        "cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=stack
    ):
        name = resource.get("PhysicalResourceId", "").rpartition("/")[2]
        if resource["ResourceType"] == "AWS::Scheduler::Schedule":
            found[name] = next_time(account.read("scheduler", "get_schedule", Name=name), now)
        elif resource["ResourceType"] == "AWS::SageMaker::MonitoringSchedule":
            schedule = account.read(
                "sagemaker", "describe_monitoring_schedule", MonitoringScheduleName=name
            )
            config = schedule["MonitoringScheduleConfig"]["ScheduleConfig"]
            found[name] = next_whole_hour(config["ScheduleExpression"], now)
    return found


def _newest_report(account: Account, uri: str, now: datetime) -> str:
    """Reports lie by the hour of their window's end, so the newest one has the last key."""
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    keys = [
        entry["Key"]
        for entry in account.each(
            "s3",
            "list_objects_v2",
            "Contents",
            Bucket=bucket,
            Prefix=f"{prefix}/",
            StartAfter=f"{prefix}/{now - LOOKS_BACK:%Y/%m/%d}",
        )
        if entry["Key"].endswith(("/report.html", "/constraint_violations.json"))
    ]
    pages = [key for key in keys if key.endswith(".html")] or keys
    return f"s3://{bucket}/{pages[-1]}" if pages else ""
