"""Gathers the requests of some whole hours for one batch transform.

A transform job takes one prefix or one manifest, and fails if there is nothing to score. So this
writes a manifest of what arrived in the window, and how much that is, for the pipeline to decide.
What lies in the day before the window and has no answer yet is gathered too: it came late, or the
run that should have scored it failed.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformS3DataSource.html
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

LATE_HOURS = 24
SUFFIX = ".out"
"""What a transform adds to the name of an object (API reference, TransformOutput)."""


class BadRequest(Exception):
    """Why nothing can be gathered, in one sentence."""


@dataclass(frozen=True)
class Place:
    """Objects below a prefix, each in the folder of its hour."""

    bucket: str
    prefix: str

    def hour(self, s3: Any, hour: datetime) -> Iterator[str]:
        """Names of objects with something in them, beginning with `yyyy/mm/dd/hh/`, in order."""
        pages = s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=f"{self.prefix}/{hour:%Y/%m/%d/%H}/"
        )
        for page in pages:
            for item in page.get("Contents", ()):
                if item["Size"]:
                    yield item["Key"][len(self.prefix) + 1 :]


def place_of(uri: str) -> Place:
    """The place that an s3:// URI names.

    Raises:
        BadRequest: It is none, or names no prefix.
    """
    bucket, _, prefix = uri[len("s3://") :].rstrip("/").partition("/")
    if not uri.startswith("s3://") or not bucket or not prefix:
        raise BadRequest(f"expected s3://bucket/prefix, got {uri!r}")
    return Place(bucket, prefix)


def full_hour(moment: str) -> datetime:
    """The last full hour at a time in ISO 8601, or `now`.

    Raises:
        BadRequest: It is no time.
    """
    utc = timezone.utc
    try:
        found = (
            datetime.now(utc) if moment == "now"
            else datetime.fromisoformat(moment.replace("Z", "+00:00"))
        )  # fmt: skip
    except ValueError:
        raise BadRequest(
            f"--window-end must be a time in ISO 8601, UTC, or now; got {moment!r}"
        ) from None
    aware = found if found.tzinfo else found.replace(tzinfo=utc)
    return aware.astimezone(utc).replace(minute=0, second=0, microsecond=0)


def gather(
    s3: Any, requests: Place, answers: Place, *, end: datetime, hours: int
) -> tuple[list[str], list[str]]:
    """The names of what arrived in the window, and of what is late."""

    def before(latest: datetime, count: int) -> list[datetime]:
        return [latest - timedelta(hours=hour) for hour in range(count, 0, -1)]

    due = [name for hour in before(end, hours) for name in requests.hour(s3, hour)]
    late = []
    for hour in before(end - timedelta(hours=hours), LATE_HOURS):
        asked = list(requests.hour(s3, hour))
        if asked:
            answered = set(answers.hour(s3, hour))
            late += [name for name in asked if name + SUFFIX not in answered]
    return due, late


def write(folder: Path, requests: Place, due: Sequence[str], late: Sequence[str]) -> None:
    """Writes `manifest.json` for the transform and `gathered.json` for the pipeline."""
    folder.mkdir(parents=True, exist_ok=True)
    manifest = [{"prefix": f"s3://{requests.bucket}/{requests.prefix}/"}, *late, *due]
    gathered = {"objects": len(due) + len(late), "late": len(late)}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "gathered.json").write_text(json.dumps(gathered), encoding="utf-8")


def tell(cloudwatch: Any, namespace: str, model: str, objects: int, late: int) -> None:
    """Puts how much there was to score as metrics: 0 is a quiet window, and no failure."""
    dimensions = [{"Name": "Model", "Value": model}]
    cloudwatch.put_metric_data(
        Namespace=namespace,
        MetricData=[
            {"MetricName": name, "Dimensions": dimensions, "Value": float(value)}
            for name, value in (("RequestObjects", objects), ("LateObjects", late))
        ],
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Gathers one window; 1 and a sentence if that can't be done."""
    options = _options().parse_args(argv)
    import boto3  # not at the top: tests of the rest need none

    try:
        requests, answers = place_of(options.requests), place_of(options.answers)
        end = full_hour(options.window_end)
    except BadRequest as problem:
        print(problem, file=sys.stderr)
        return 1
    due, late = gather(boto3.client("s3"), requests, answers, end=end, hours=options.hours)
    write(options.output, requests, due, late)
    tell(
        boto3.client("cloudwatch"), options.namespace, options.model, len(due) + len(late),
        len(late),
    )  # fmt: skip
    print(
        f"{len(due)} objects arrived in the {options.hours} hours before {end:%Y-%m-%dT%H:%MZ}, "
        f"and {len(late)} of the day before that have no answer yet"
        + ("" if due or late else ": there is nothing to score")
    )
    return 0


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    options.add_argument("--requests", required=True, help="s3://bucket/prefix")
    options.add_argument("--answers", required=True, help="s3://bucket/prefix")
    options.add_argument("--window-end", default="now")
    options.add_argument("--hours", type=int, required=True)
    options.add_argument("--output", type=Path, default=Path("/opt/ml/processing/output/window"))
    options.add_argument("--namespace", required=True)
    options.add_argument("--model", required=True)
    return options


if __name__ == "__main__":
    sys.exit(main())
