"""The script as SageMaker starts it, against an S3 and a CloudWatch that answer."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from local_aws.launch import LocalAws
from tests.monitoring.conftest import BEGAN, STEPS, Row, traffic

pytestmark = pytest.mark.local_aws


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with LocalAws.start(tmp_path_factory.mktemp("local_aws")) as running:
        yield running


def client(aws: LocalAws, service: str) -> Any:
    return boto3.session.Session().client(service, **aws.client_arguments())


def run(aws: LocalAws, baseline: Path, folder: Path, capture: str) -> subprocess.CompletedProcess:
    arguments = aws.client_arguments()
    end = (BEGAN + timedelta(weeks=8)).isoformat()
    return subprocess.run(
        [sys.executable, STEPS / "data_quality.py", "--capture", capture, "--baseline", baseline,
         "--report", folder / "report", "--endpoint", "shop", "--window-end", end,
         "--namespace", "Perennial/Monitoring", "--message", folder / "message"],
        env={
            "PATH": os.environ["PATH"],
            "AWS_ENDPOINT_URL": arguments["endpoint_url"],
            "AWS_DEFAULT_REGION": arguments["region_name"],
            "AWS_ACCESS_KEY_ID": arguments["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": arguments["aws_secret_access_key"],
        },
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_a_week_in_s3_is_judged_and_its_metrics_are_there(
    aws: LocalAws, rows: list[Row], baseline: Path, tmp_path: Path
):
    week = [row for row in rows if row[0] >= BEGAN + timedelta(weeks=7)]
    s3 = client(aws, "s3")
    s3.create_bucket(Bucket="captures")
    folder = traffic(tmp_path / "capture", week)
    for path in folder.rglob("*.jsonl"):
        key = f"shop/AllTraffic/{path.relative_to(folder)}"
        s3.put_object(Bucket="captures", Key=key, Body=path.read_bytes())
    ended = run(aws, baseline, tmp_path, "s3://captures/shop/AllTraffic")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert f"in {len(week):,} records" in ended.stdout
    found = client(aws, "cloudwatch").list_metrics(
        Namespace="Perennial/Monitoring", Dimensions=[{"Name": "Endpoint", "Value": "shop"}]
    )["Metrics"]
    assert {metric["MetricName"] for metric in found} == {
        "Heartbeat", "RecordCount", "UnreadableCount", "TooFewRecords", "ViolationCount",
        "DriftRatio", "BaselineAge",
    }  # fmt: skip


def test_a_bucket_that_is_not_there_is_said_in_one_sentence(
    aws: LocalAws, baseline: Path, tmp_path: Path
):
    ended = run(aws, baseline, tmp_path, "s3://nowhere/shop")
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.startswith("the capture at s3://nowhere/shop can't be read: ")
    assert (tmp_path / "message").read_text() == ended.stderr.strip()
