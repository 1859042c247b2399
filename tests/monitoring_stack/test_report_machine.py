"""The machine that measures Model Monitor's runs, played against AWS as it is documented."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.validate import ParamValidator

from mlops_constructs.monitoring.report_states import report_definition
from tests.state_machines.anatomy import operation
from tests.state_machines.machine import AwsError, Execution

DEFINITION: dict[str, Any] = report_definition(endpoint_name="dev-Churn", kind="data-quality")
JOB = "model-monitoring-201307080000-1"
BUCKET, FOLDER = "artifacts", "monitoring/dev-Churn/data-quality/dev-Churn/x/2013/07/08/00"
KEY = f"{FOLDER}/constraint_violations.json"
ARN = "arn:aws:sagemaker:us-east-1:123456789012:monitoring-schedule/dev-churn-data-quality"
VIOLATION = {
    "feature_name": "temp",
    "constraint_check_type": "baseline_drift_check",
    "description": "Baseline drift distance: 0.42 exceeds threshold: 0.1",
}


@dataclass
class World:
    """One processing job, its output in S3, the metrics that were put and the messages sent."""

    job: dict[str, Any] = field(
        default_factory=lambda: {
            "ProcessingJobName": JOB,
            "ProcessingJobStatus": "Completed",
            "MonitoringScheduleArn": ARN,
            "ExitMessage": "CompletedWithViolations: Job completed successfully with 1 violations.",
            "ProcessingOutputConfig": {
                "Outputs": [
                    {"OutputName": "result", "S3Output": {"S3Uri": f"s3://{BUCKET}/{FOLDER}"}}
                ]
            },
        }
    )
    objects: dict[tuple[str, str], str] = field(default_factory=dict)
    broken: dict[str, AwsError] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)

    def __call__(self, service: str, action: str, arguments: dict[str, Any]) -> Any:
        shape = operation(service, action).input_shape
        assert shape is not None
        report = ParamValidator().validate(arguments, shape)
        assert not report.has_errors(), report.generate_report()
        if action in self.broken:
            raise self.broken[action]
        answer: Callable[..., Any] = getattr(self, f"_{action}")
        return answer(**arguments)

    def _describeProcessingJob(self, ProcessingJobName: str) -> Any:
        assert ProcessingJobName == JOB
        return self.job

    def _getObject(self, Bucket: str, Key: str) -> Any:
        if (Bucket, Key) not in self.objects:
            raise AwsError("S3.NoSuchKeyException", "The specified key does not exist.")
        return {"Body": self.objects[Bucket, Key], "ContentLength": 1}

    def _putMetricData(self, Namespace: str, MetricData: list[dict[str, Any]]) -> Any:
        assert Namespace == "Perennial/Monitoring"
        for datum in MetricData:
            assert datum["Dimensions"] == [
                {"Name": "Endpoint", "Value": "dev-Churn"},
                {"Name": "Monitor", "Value": "data-quality"},
            ]
            assert "Timestamp" not in datum
            self.metrics[datum["MetricName"]] = datum["Value"]
        return {}

    def _publish(self, TopicArn: str, Subject: str, Message: str) -> Any:
        assert TopicArn == "${TopicArn}"
        self.messages.append(f"{Subject}\n{Message}")
        return {"MessageId": "1"}


def reported(text: str, **job: Any) -> World:
    """A run that wrote this into constraint_violations.json."""
    world = World(objects={(BUCKET, KEY): text})
    world.job |= job
    return world


def run(world: World) -> Execution:
    arn = "arn:aws:states:us-east-1:123456789012:execution:dev-churn-data-quality-report:one"
    return Execution(DEFINITION, world, arn, {"job": JOB}).run()


def told(execution: Execution) -> str:
    """The error of an execution that has told people of it, and so did not fail."""
    assert (execution.status, execution.output["outcome"]) == ("SUCCEEDED", "failed")
    error: str = execution.output["error"]
    return error


@pytest.mark.parametrize("count", [0, 1, 2, 40])
def test_violations_are_counted_and_the_run_is_heard_of(count: int):
    world = reported(json.dumps({"violations": [VIOLATION] * count}))
    assert run(world).status == "SUCCEEDED"
    assert world.metrics == {"ViolationCount": count, "Heartbeat": 1}
    assert world.messages == []


def test_a_run_that_found_none_and_wrote_no_file_counts_as_none():
    world = World()
    world.job["ExitMessage"] = "Completed: Job completed successfully with no violations."
    assert run(world).output == {"outcome": "measured", "violations": 0}
    assert world.metrics == {"ViolationCount": 0, "Heartbeat": 1}


@pytest.mark.parametrize(
    "said", [None, "CompletedWithViolations: Job completed successfully with 1 violations."]
)
def test_a_missing_report_is_never_taken_for_a_quiet_one(said: str | None):
    world = World()
    world.job["ExitMessage"] = said
    if said is None:
        del world.job["ExitMessage"]
    assert told(run(world)) == "Monitor.NoReport"
    assert world.metrics == {}
    assert (
        f"there is no constraint_violations.json below s3://{BUCKET}/{FOLDER}"
        in (world.messages[0])
    )


@pytest.mark.parametrize("text", ['{"violations": [', "", "<html>"])
def test_a_torn_report_is_told_and_not_counted(text: str):
    world = reported(text)
    assert told(run(world)) == "States.QueryEvaluationError"
    assert world.metrics == {}
    assert "can not be read: dev-Churn-data-quality" in world.messages[0]


@pytest.mark.parametrize("text", ["{}", '{"violations": null}', '{"violations": "none"}', "[]"])
def test_a_report_without_a_list_of_violations_is_told_and_not_counted(text: str):
    world = reported(text)
    assert told(run(world)) == "Monitor.BadReport"
    assert world.metrics == {}
    assert len(world.messages) == 1


@pytest.mark.parametrize("status", ["Failed", "Stopped"])
def test_a_run_that_failed_puts_no_heartbeat_and_is_told(status: str):
    world = reported(json.dumps({"violations": []}), ProcessingJobStatus=status)
    world.job["FailureReason"] = "AlgorithmError: no records"
    del world.job["ExitMessage"]
    assert run(world).output == {"outcome": "the run failed"}
    assert world.metrics == {}
    [message] = world.messages
    assert message.startswith("Monitor did not run: dev-Churn-data-quality\n")
    assert f"ended as {status}: AlgorithmError: no records" in message


@pytest.mark.parametrize(
    "schedule", [None, ARN + "-2", ARN.replace("churn", "fraud"), ARN.replace("dev-", "my-dev-")]
)
def test_a_job_of_something_else_is_left_alone(schedule: str | None):
    world = reported(json.dumps({"violations": [VIOLATION]}))
    world.job["MonitoringScheduleArn"] = schedule
    if schedule is None:
        del world.job["MonitoringScheduleArn"]
    assert run(world).output == {"outcome": "not a run of this monitor"}
    assert (world.metrics, world.messages) == ({}, [])


def test_a_job_that_ended_without_output_is_told():
    world = World()
    del world.job["ProcessingOutputConfig"]
    world.broken["getObject"] = AwsError("S3.S3Exception", "Bucket name must not be empty")
    assert told(run(world)) == "S3.S3Exception"
    assert world.metrics == {}
    assert "S3.S3Exception: Bucket name must not be empty" in world.messages[0]


@pytest.mark.parametrize("action", ["describeProcessingJob", "getObject", "putMetricData"])
def test_an_error_of_aws_is_told(action: str):
    world = reported(json.dumps({"violations": []}))
    world.broken[action] = AwsError("States.TaskFailed", "throttled")
    assert (told(run(world)), world.metrics) == ("States.TaskFailed", {})
    assert "States.TaskFailed: throttled" in world.messages[0]


def test_an_execution_that_can_not_tell_fails_so_that_the_rule_tells():
    world = World(broken={"publish": AwsError("Sns.SnsException", "no")})
    assert run(world).status == "FAILED"


def test_an_event_that_comes_twice_gives_the_same_figures():
    world = reported(json.dumps({"violations": [VIOLATION]}))
    run(world)
    once = dict(world.metrics)
    run(world)
    assert world.metrics == once
