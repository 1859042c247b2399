"""What the monitors of an endpoint found last, whichever engine runs them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from operate.account import Account
from operate.deployed import Model
from operate.status.alarms import Alarm, read_alarms
from operate.status.schedules import next_time, next_whole_hour

NAMESPACE = "Perennial/Monitoring"
METRICS = {
    "Heartbeat": "Sum",
    "ViolationCount": "Maximum",
    "RecordCount": "Maximum",
    "TooFewRecords": "Maximum",
    "DriftRatio": "Maximum",
}
"""What every monitor measures at the end of a run, and the statistic that says most."""

LOOKS_BACK = timedelta(days=7)
_HOUR = 3600


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
        too_few: The newest window held too few records to judge.
        drift: The alarm for drift.
        silence: The alarm for silence.
        report: S3 URI of the newest report, a page to read; empty if there is none.
        next: When it looks next; None if nobody can say.
    """

    kind: str
    heard: datetime | None
    judged: datetime | None
    violations: int | None
    records: int | None
    ratio: float | None
    too_few: bool
    drift: Alarm
    silence: Alarm
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
                **_last_verdict(account, endpoint, kind, now),
                drift=alarms[f"{endpoint}-{kind}-drift"],
                silence=alarms.get(f"{endpoint}-{kind}-silent", Alarm("", "missing")),
                report=_newest_report(account, f"{stack.output('ReportPrefix')}/{kind}", now),
                next=schedules.get(f"{endpoint}-{kind}"),
            )
            for kind in kinds
        ),
    )


def _last_verdict(account: Account, endpoint: str, kind: str, now: datetime) -> dict[str, Any]:
    dimensions = [{"Name": "Endpoint", "Value": endpoint}, {"Name": "Monitor", "Value": kind}]
    queries = [
        {
            "Id": name.lower(),
            "MetricStat": {
                "Metric": {"Namespace": NAMESPACE, "MetricName": name, "Dimensions": dimensions},
                "Period": _HOUR,
                "Stat": statistic,
            },
        }
        for name, statistic in METRICS.items()
    ]
    points: dict[str, dict[datetime, float]] = {name.lower(): {} for name in METRICS}
    for result in account.each(
        "cloudwatch",
        "get_metric_data",
        "MetricDataResults",
        MetricDataQueries=queries,
        StartTime=now - LOOKS_BACK,
        EndTime=now + timedelta(hours=1),
    ):
        points[result["Id"]] |= dict(zip(result["Timestamps"], result["Values"], strict=True))
    judged = max(points["violationcount"], default=None)
    windows = max(points["toofewrecords"], default=None)

    def at_verdict(metric: str) -> float | None:
        return points[metric].get(judged) if judged else None

    violations, records = at_verdict("violationcount"), at_verdict("recordcount")
    return {
        "heard": max(points["heartbeat"], default=None),
        "judged": judged,
        "violations": None if violations is None else int(violations),
        "records": None if records is None else int(records),
        "ratio": at_verdict("driftratio"),
        "too_few": windows is not None and points["toofewrecords"][windows] > 0,
    }


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
