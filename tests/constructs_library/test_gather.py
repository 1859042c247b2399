"""The script that gathers what a batch run scores."""

import importlib.util
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

import mlops_constructs.serving

SCRIPT = Path(mlops_constructs.serving.__file__).parent / "steps" / "gather.py"
ROWS, ANSWERS = "churn-requests", "churn-answers"


@pytest.fixture(scope="module")
def gather() -> Any:
    spec = importlib.util.spec_from_file_location("gather", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["gather"] = module
    spec.loader.exec_module(module)
    return module


class Bucket:
    """What boto3's clients would answer; pages of three objects."""

    def __init__(self) -> None:
        self.sizes: dict[str, int] = {}
        self.metrics: list[dict[str, Any]] = []

    def get_paginator(self, operation: str) -> "Bucket":
        assert operation == "list_objects_v2"
        return self

    def paginate(self, *, Bucket: str, Prefix: str) -> Any:
        assert Bucket == "data"
        found = sorted(key for key in self.sizes if key.startswith(Prefix))
        for start in range(0, len(found), 3):
            page = found[start : start + 3]
            yield {"Contents": [{"Key": key, "Size": self.sizes[key]} for key in page]}
        if not found:
            yield {"KeyCount": 0}

    def put_metric_data(self, *, Namespace: str, MetricData: list[dict[str, Any]]) -> None:
        assert Namespace == "Perennial/Batch"
        self.metrics += MetricData


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """An empty bucket."""
    found = Bucket()
    monkeypatch.setattr(boto3, "client", lambda service: found)
    return found


def put(bucket: Bucket, *keys: str, size: int = 4) -> None:
    bucket.sizes |= dict.fromkeys(keys, size)


def run(gather: Any, folder: Path, *, end: str, hours: int) -> tuple[int, list[Any]]:
    code = gather.main(
        [
            f"--requests=s3://data/{ROWS}", f"--answers=s3://data/{ANSWERS}",
            f"--window-end={end}", f"--hours={hours}", f"--output={folder}",
            "--namespace=Perennial/Batch", "--model=churn",
        ]
    )  # fmt: skip
    manifest = folder / "manifest.json"
    return code, json.loads(manifest.read_text()) if manifest.exists() else []


def test_a_window_is_whole_hours_that_have_just_ended(gather: Any, bucket: Bucket, tmp_path: Path):
    put(bucket, *(f"{ROWS}/2026/11/26/{hour:02}/a.csv" for hour in (11, 12, 13)))
    put(bucket, f"{ANSWERS}/2026/11/26/11/a.csv.out")
    _, manifest = run(gather, tmp_path, end="2026-11-26T13:10:00Z", hours=1)
    assert manifest == [{"prefix": f"s3://data/{ROWS}/"}, "2026/11/26/12/a.csv"]


def test_a_window_reaches_over_midnight(gather: Any, bucket: Bucket, tmp_path: Path):
    put(bucket, f"{ROWS}/2026/10/31/23/b.csv", f"{ROWS}/2026/11/01/00/a.csv")
    _, manifest = run(gather, tmp_path, end="2026-11-01T01:10:00+00:00", hours=2)
    assert manifest[1:] == ["2026/10/31/23/b.csv", "2026/11/01/00/a.csv"]


def test_what_has_an_answer_in_the_window_is_scored_again(
    gather: Any, bucket: Bucket, tmp_path: Path
):
    """As a version that takes over for one that was taken back has to."""
    put(bucket, f"{ROWS}/2026/11/26/12/a.csv", f"{ANSWERS}/2026/11/26/12/a.csv.out")
    _, manifest = run(gather, tmp_path, end="2026-11-26T13:00:00Z", hours=1)
    assert manifest[1:] == ["2026/11/26/12/a.csv"]


def test_what_the_day_before_has_no_answer_for_is_late_and_said(
    gather: Any, bucket: Bucket, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    put(bucket, *(f"{ROWS}/2026/11/25/12/{name}.csv" for name in "ab"))
    put(bucket, f"{ANSWERS}/2026/11/25/12/a.csv.out")
    put(bucket, f"{ROWS}/2026/11/25/11/older.csv")
    put(bucket, *(f"{ROWS}/2026/11/26/12/{name}.csv" for name in "cd"))
    _, manifest = run(gather, tmp_path, end="2026-11-26T13:10:00Z", hours=1)
    assert manifest[1:] == ["2026/11/25/12/b.csv", "2026/11/26/12/c.csv", "2026/11/26/12/d.csv"]
    gathered = json.loads((tmp_path / "gathered.json").read_text())
    assert gathered == {"objects": 3, "late": 1}
    assert [metric["Value"] for metric in bucket.metrics] == [3.0, 1.0]
    assert capsys.readouterr().out == (
        "2 objects arrived in the 1 hours before 2026-11-26T13:00Z, and 1 of the day before that "
        "have no answer yet\n"
    )


def test_folders_and_empty_objects_are_no_requests(gather: Any, bucket: Bucket, tmp_path: Path):
    put(bucket, f"{ROWS}/2026/11/26/12/", f"{ROWS}/2026/11/26/12/a.csv", size=0)
    code, manifest = run(gather, tmp_path, end="2026-11-26T13:00:00Z", hours=1)
    assert (code, manifest[1:]) == (0, [])


def test_an_empty_window_is_said_and_no_failure(
    gather: Any, bucket: Bucket, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    code, _ = run(gather, tmp_path, end="2026-11-26T13:10:00Z", hours=6)
    assert code == 0
    assert capsys.readouterr().out == (
        "0 objects arrived in the 6 hours before 2026-11-26T13:00Z, and 0 of the day before that "
        "have no answer yet: there is nothing to score\n"
    )
    assert [(metric["MetricName"], metric["Value"]) for metric in bucket.metrics] == [
        ("RequestObjects", 0.0),
        ("LateObjects", 0.0),
    ]
    assert [metric["Dimensions"] for metric in bucket.metrics] == [
        [{"Name": "Model", "Value": "churn"}]
    ] * 2


def test_more_objects_than_a_page_are_all_found(gather: Any, bucket: Bucket, tmp_path: Path):
    put(bucket, *(f"{ROWS}/2026/11/26/12/{n:04}.csv" for n in range(10)))
    _, manifest = run(gather, tmp_path, end="2026-11-26T13:00:00Z", hours=1)
    assert len(manifest) == 11


def test_now_is_the_last_full_hour(gather: Any):
    hour = gather.full_hour("now")
    assert (hour.minute, hour.second, hour.microsecond) == (0, 0, 0)
    assert 0 <= (datetime.now(UTC) - hour).total_seconds() < 3700


def test_a_time_in_another_zone_is_taken_as_utc_and_one_without_a_zone_is_utc(gather: Any):
    assert gather.full_hour("2026-11-26T02:30:00+02:00") == datetime(2026, 11, 26, 0, tzinfo=UTC)
    assert gather.full_hour("2026-11-26T02:30:00") == datetime(2026, 11, 26, 2, tzinfo=UTC)


def test_a_prefix_may_end_in_a_slash(gather: Any):
    assert gather.place_of("s3://data/in/rows/") == gather.Place("data", "in/rows")


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--window-end", "soon", "must be a time in ISO 8601, UTC, or now; got 'soon'"),
        ("--requests", "s3://data", "expected s3://bucket/prefix, got 's3://data'"),
        ("--answers", "data/out", "expected s3://bucket/prefix, got 'data/out'"),
    ],
)
def test_what_makes_no_sense_is_said(
    gather: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    option: str,
    value: str,
    said: str,
):
    given = {
        "--requests": "s3://data/in", "--answers": "s3://data/out", "--hours": "1",
        "--output": str(tmp_path), "--namespace": "N", "--model": "churn", option: value,
    }  # fmt: skip
    assert gather.main([f"{name}={value}" for name, value in given.items()]) == 1
    assert said in capsys.readouterr().err
