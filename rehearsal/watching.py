"""The monitor's verdict on each window, held against scipy's numbers for the same traffic."""

import csv
import datetime
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from scipy.stats import ks_2samp

from rehearsal.arrows import StoryBroke
from rehearsal.executions import HOUR, await_execution
from rehearsal.names import Names
from rehearsal.timeline import Timeline
from rehearsal.world import World

DAY = 86400.0
POINTS = 256
"""At how many points the monitor compares two distributions: between them it may miss a little."""


def reports(world: World, names: Names) -> list[str]:
    """URIs of all reports so far, the oldest first."""
    bucket, _, prefix = names.reports.removeprefix("s3://").partition("/")
    pages = world.client("s3").get_paginator("list_objects_v2")
    keys = [
        entry["Key"]
        for page in pages.paginate(Bucket=bucket, Prefix=prefix)
        for entry in page.get("Contents", [])
    ]
    return sorted(f"s3://{bucket}/{key}" for key in keys if key.endswith("/report.json"))


def await_report(
    world: World, timeline: Timeline, names: Names, *, before: Sequence[str]
) -> dict[str, Any]:
    """Wait for the next window's report, and keep its page, to look at when the AWS is gone."""
    found = world.await_arrow(
        "schedule -> monitor -> report", lambda: reports(world, names),
        expected=f"a report below {names.reports}", within=2 * DAY,
        until=lambda found: len(found) > len(before),
    )  # fmt: skip
    report: dict[str, Any] = world.read_json(found[-1])
    page = Path("reports", f"{report['window']['end'][:10]}-{report['outcome']}.html")
    (world.out / page).parent.mkdir(exist_ok=True)
    (world.out / page).write_bytes(world.read_bytes(found[-1].replace(".json", ".html")))
    timeline.record(
        "platform", "window judged", outcome=report["outcome"], records=report["records"],
        drift_ratio=report["drift_ratio"], sentence=report["sentence"], page=page,
    )  # fmt: skip
    return report


def check_report(
    world: World, timeline: Timeline, names: Names, report: dict[str, Any], *, package: str
) -> None:
    """Compute each column's distance to the baseline once more, by scipy, from the raw rows.

    Raises:
        StoryBroke: the monitor counted other records, or one of its distances is another.
    """
    baseline, order = _baseline(world, package)
    now = pd.DataFrame(list(_window(world, names, report)), columns=order)
    if len(now) != report["records"]:
        raise StoryBroke(f"{len(now)} records were captured, the report is on {report['records']}")
    claimed = {c["feature"]: c["value"] for c in report["checks"] if c["check"] == "distance"}
    kinds = {name: _is_number(baseline[name]) for name in claimed}
    computed = {
        name: _ks(baseline[name], now[name]) if number else _largest(baseline[name], now[name])
        for name, number in kinds.items()
    }
    apart = {name: abs(claimed[name] - computed[name]) for name in claimed}
    worst = max(apart, key=lambda name: apart[name])
    if set(claimed) != set(order) or apart[worst] > 1 / POINTS:
        raise StoryBroke(
            f"the report says {worst} is {claimed[worst]} from the baseline, scipy says "
            f"{computed[worst]}"
        )
    most = max(computed, key=lambda name: computed[name])
    timeline.record(
        "rehearsal", "report checked", records=len(now), columns=len(claimed), furthest=most,
        distance=claimed[most], scipy=computed[most], largest_difference=apart[worst],
    )  # fmt: skip


def _baseline(world: World, package: str) -> tuple[pd.DataFrame, list[str]]:
    """The rows that the version was trained and judged with, and the columns of a request."""
    described = world.client("sagemaker").describe_model_package(ModelPackageName=package)
    constraints = described["DriftCheckBaselines"]["ModelDataQuality"]["Constraints"]["S3Uri"]
    order = [feature["name"] for feature in world.read_json(constraints)["features"]]
    run = constraints.partition("/Baseline/")[0]
    parts = [
        pd.read_csv(io.BytesIO(world.read_bytes(f"{run}/Preprocess/{part}/{part}.csv")))
        for part in ("train", "validation", "test")
    ]
    return pd.concat(parts), order


def _window(world: World, names: Names, report: dict[str, Any]) -> Iterator[list[str]]:
    """The rows of all requests that were captured in the report's window."""
    start, end = (
        datetime.datetime.fromisoformat(report["window"][name].replace("Z", "+00:00"))
        for name in ("start", "end")
    )
    for record in captured(world, names):
        when = datetime.datetime.fromisoformat(
            record["eventMetadata"]["inferenceTime"].replace("Z", "+00:00")
        )
        if start <= when < end:
            yield from csv.reader(record["captureData"]["endpointInput"]["data"].splitlines())


def captured(world: World, names: Names) -> Iterator[dict[str, Any]]:
    """All records in the capture bucket."""
    pages = world.client("s3").get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=names.capture_bucket, Prefix=f"{names.endpoint}/"):
        for entry in page.get("Contents", []):
            body = world.read_bytes(f"s3://{names.capture_bucket}/{entry['Key']}")
            yield from (json.loads(line) for line in body.splitlines())


def _is_number(column: "pd.Series[Any]") -> bool:
    return bool(pd.api.types.is_numeric_dtype(column))


def _ks(before: "pd.Series[Any]", now: "pd.Series[Any]") -> float:
    return float(ks_2samp(before.dropna(), pd.to_numeric(now).dropna(), method="asymp").statistic)


def _largest(before: "pd.Series[Any]", now: "pd.Series[Any]") -> float:
    """The largest difference of a value's share."""
    shares = [Counter(column.dropna()) for column in (before, now.replace("", None))]
    totals = [sum(counts.values()) for counts in shares]
    values = {value for counts in shares for value in counts}
    return max(abs(shares[0][v] / totals[0] - shares[1][v] / totals[1]) for v in values)


def alarm_state(world: World, name: str) -> str:
    """What an alarm says: OK, ALARM, INSUFFICIENT_DATA."""
    [alarm] = world.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(alarm["StateValue"])


def await_drift_alarm(world: World, timeline: Timeline, names: Names, *, state: str) -> None:
    """Wait until the alarm says what was reported: ALARM for drift, OK for a quiet window."""
    world.await_arrow(
        "metric -> drift alarm", lambda: alarm_state(world, names.drift_alarm),
        expected=f"{names.drift_alarm} in {state}", until=lambda found: found == state,
        within=2 * HOUR,
    )  # fmt: skip
    event = "drift alarm rang" if state == "ALARM" else "drift alarm is quiet"
    timeline.record("platform", event, alarm=names.drift_alarm, state=state)


def await_retraining(world: World, timeline: Timeline, names: Names, *, before: set[str]) -> str:
    """Wait until the alarm has asked for a run; the execution that this started."""
    [execution, *_] = await_execution(
        world, "drift alarm -> Retraining", machine=names.retraining, before=before,
        trigger="drift", endpoint=names.endpoint,
    )  # fmt: skip
    timeline.record("platform", "retraining asked for by the alarm", execution=execution)
    return execution
