"""A comparison end to end: metrics and captured answers in, a verdict out."""

import json
from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.session import get_session
from botocore.validate import ParamValidator

from mlops_constructs.serving import Shadow, Split
from tests.comparison.trials import (
    CHALLENGER,
    CHAMPION,
    CloudWatch,
    answered,
    minutes,
    more_errors,
    script,
)

Compare = Callable[..., Any]
UNTIL = "2026-02-03T00:00:00Z"


@pytest.fixture
def compare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Compare:
    """Runs compare.py on what CloudWatch and the capture hold; what it wrote, or its exit code."""

    def run(champion: Any, challenger: Any, release: Shadow | Split, *arguments: str) -> Any:
        kept = CloudWatch({"AllTraffic": champion, "Challenger": challenger})
        monkeypatch.setattr(boto3, "client", lambda service: kept)
        code = script("compare").main([
            "--endpoint", "shop", "--capture", str(tmp_path / "capture"), "--champion", CHAMPION,
            "--challenger", CHALLENGER, "--since", "2026-02-02T00:00:00Z", "--until", UNTIL,
            "--release", "shadow" if isinstance(release, Shadow) else "split",
            "--settings", release.model_dump_json(), "--report", str(tmp_path / "report"),
            "--message", str(tmp_path / "message"), *arguments,
        ])  # fmt: skip
        if code:
            return code
        return json.loads((tmp_path / "report" / "8" / "comparison.json").read_text())

    return run


def test_two_alike_are_no_worse(compare: Compare):
    found = compare(minutes(seed=1), minutes(seed=2), Split())
    assert found["verdict"] == "no worse"
    assert [effect["name"] for effect in found["effects"]] == ["errors", "latency"]
    assert found["champion"]["version"] == CHAMPION
    assert found["challenger"]["version"] == CHALLENGER


def test_one_that_fails_more_often_is_worse(compare: Compare):
    found = compare(minutes(seed=1), more_errors(minutes(seed=2), 0.05), Split())
    assert found["verdict"] == "worse"
    assert "more of its requests fail" in found["why"]


def test_a_slower_one_is_worse_and_a_quicker_one_better(compare: Compare):
    slow = compare(minutes(seed=1), minutes(seed=2, latency=45_000), Split())
    assert slow["verdict"] == "worse"
    quick = compare(minutes(seed=1), minutes(seed=2, latency=20_000), Split())
    assert quick["verdict"] == "better"
    assert "mean latency" in quick["why"]


def test_a_shadow_that_answers_otherwise_is_worse(compare: Compare, tmp_path: Path):
    answered(tmp_path / "capture" / "AllTraffic", 3000)
    answered(tmp_path / "capture" / "Challenger", 3000, differing=0.3)
    found = compare(minutes(seed=1), minutes(seed=2), Shadow())
    assert found["verdict"] == "worse"
    assert found["pairs"]["compared"] == 3000


def test_a_shadow_that_answers_alike_is_no_worse(compare: Compare, tmp_path: Path):
    answered(tmp_path / "capture" / "AllTraffic", 3000)
    answered(tmp_path / "capture" / "Challenger", 3000, differing=0.02)
    found = compare(minutes(seed=1), minutes(seed=2), Shadow())
    assert found["verdict"] == "no worse"


def test_few_requests_are_no_verdict(compare: Compare):
    few = minutes(seed=2, rate=0.5)
    found = compare(minutes(seed=1), few, Split())
    assert found["verdict"] == "not enough traffic"
    assert found["why"] == (
        f"Not enough traffic: the challenger was asked {few.requests.sum():.0f} times, and at "
        "least 1,000 are needed."
    )


def test_few_minutes_are_no_verdict(compare: Compare):
    burst = minutes(20, rate=200, seed=1)
    found = compare(burst, replace(burst), Split())
    assert found["verdict"] == "not enough traffic"
    assert "both were timed in 20 of 1,440 minutes" in found["why"]


def said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The sentence that a failed run leaves, on stderr and as its message."""
    message = (tmp_path / "message").read_text()
    assert capsys.readouterr().err == f"{message}\n"
    return message


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--since", "soon"), "--since must be a time in ISO 8601, UTC; got 'soon'"),
        (
            ("--until", "2026-02-02T00:00:30Z"),
            "between 2026-02-02T00:00:00Z and 2026-02-02T00:00:30Z is no whole minute",
        ),
        (
            ("--challenger", "churn"),
            "--challenger must be the ARN of a model package version, got 'churn'",
        ),
        (("--settings", "[]"), "--settings must be a JSON object, got '[]'"),
        (
            ("--settings", "{}"),
            "--settings lacks error_points, latency_percent, minimum_requests",
        ),
        (
            ("--settings", '{"error_points": 1, "latency_percent": "a", "minimum_requests": 1}'),
            "--settings must hold numbers for minimum_requests, error_points, latency_percent: "
            "could not convert string to float: 'a'",
        ),
    ],
)
def test_what_makes_no_sense_is_told_in_one_sentence(
    compare: Compare, tmp_path: Path, capsys, arguments: tuple[str, ...], sentence: str
):
    assert compare(minutes(seed=1), minutes(seed=2), Split(), *arguments) == 1
    assert said(tmp_path, capsys) == sentence


def test_a_shadow_without_any_capture_is_told(compare: Compare, tmp_path: Path, capsys):
    assert compare(minutes(seed=1), minutes(seed=2), Shadow()) == 1
    assert said(tmp_path, capsys).startswith("there is no capture at ")


def test_metrics_that_are_refused_are_told(compare: Compare, tmp_path: Path, capsys, monkeypatch):
    refused = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetMetricData")
    monkeypatch.setattr(CloudWatch, "paginate", lambda self, **_: iter_raising(refused))
    assert compare(minutes(seed=1), minutes(seed=2), Split()) == 1
    assert said(tmp_path, capsys).startswith("the metrics of variant AllTraffic can't be read: ")


def iter_raising(error: Exception) -> Any:
    raise error
    yield


def test_a_minute_that_is_not_whole_is_left_out(compare: Compare):
    whole = compare(minutes(seed=1), minutes(seed=2), Split())
    less = compare(
        minutes(seed=1), minutes(seed=2), Split(), "--since", "2026-02-02T00:00:01Z",
        "--until", "2026-02-02T23:59:59Z",
    )  # fmt: skip
    assert less["window"] == {"start": "2026-02-02T00:01:00Z", "end": "2026-02-02T23:59:00Z"}
    first_and_last = minutes(seed=1).requests[[0, -1]].sum()
    assert less["champion"]["requests"] == whole["champion"]["requests"] - first_and_last


def test_cloudwatch_would_take_what_it_is_asked(compare: Compare, monkeypatch: pytest.MonkeyPatch):
    asked: list[dict[str, Any]] = []
    paginate = CloudWatch.paginate
    monkeypatch.setattr(
        CloudWatch, "paginate", lambda self, **r: (asked.append(r), paginate(self, **r))[1]
    )
    compare(minutes(seed=1), minutes(seed=2), Split())
    shape = get_session().get_service_model("cloudwatch").operation_model("GetMetricData")
    assert len(asked) == 2
    for request in asked:
        assert not ParamValidator().validate(request, shape.input_shape).has_errors()
        # "as many as 100,800 data points" of one request come in pages of the paginator's
        assert len(request["MetricDataQueries"]) == 5


def test_both_files_say_the_same(compare: Compare, tmp_path: Path):
    found = compare(minutes(seed=1), minutes(seed=2), Split())
    page = (tmp_path / "report" / "8" / "comparison.html").read_text()
    assert escape(found["why"]) in page
