"""Alarms of a running local AWS, when time is let pass."""

from pathlib import Path

import boto3
import pytest

from local_aws.launch import LocalAws

pytestmark = pytest.mark.local_aws
SILENCE = {
    "AlarmName": "silent",
    "Namespace": "Probe",
    "MetricName": "Heartbeat",
    "Statistic": "Sum",
    "Period": 3600,
    "EvaluationPeriods": 50,
    "Threshold": 1.0,
    "ComparisonOperator": "LessThanThreshold",
    "TreatMissingData": "breaching",
}
HOUR = 3600.0


def test_two_days_of_silence_are_a_few_jumps_of_the_clock(tmp_path: Path) -> None:
    with LocalAws.start(tmp_path / "aws") as aws:
        cloudwatch = boto3.session.Session().client("cloudwatch", **aws.client_arguments())
        cloudwatch.put_metric_alarm(**SILENCE)
        datum = {"MetricName": "Heartbeat", "Value": 1.0}
        cloudwatch.put_metric_data(Namespace="Probe", MetricData=[datum])
        passed, states = 0.0, []
        while passed < 60 * HOUR:
            passed += aws.wait(60 * HOUR - passed)
            (alarm,) = cloudwatch.describe_alarms(AlarmNames=["silent"])["MetricAlarms"]
            states.append((alarm["StateValue"], passed / HOUR))
        assert [state for state, _ in states] == ["OK", "ALARM", "ALARM"]
        assert 52 < states[1][1] <= 54
