"""The machine that measures Model Monitor's runs, played against AWS as it is documented."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.validate import ParamValidator

from mlops_constructs.monitoring.report_states import report_definition
from tests.monitoring_stack.on_model_monitor import KINDS
from tests.state_machines.anatomy import operation
from tests.state_machines.machine import AwsError, Execution

ACCOUNT = "156813124566.dkr.ecr.us-east-1.amazonaws.com"
IMAGES = {
    "data-quality": f"{ACCOUNT}/sagemaker-model-monitor-analyzer",
    "model-quality": f"{ACCOUNT}/sagemaker-model-monitor-analyzer",
    "bias": "205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0",
    "attribution": "205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0",
}
MERGER = f"{ACCOUNT}/sagemaker-model-monitor-groundtruth-merger"
DEFINITIONS: dict[str, dict[str, Any]] = {
    settings.kind: report_definition(endpoint_name="dev-Churn", settings=settings)
    for settings in KINDS.values()
}
JOB = "model-monitoring-201307080000-1"
BUCKET, FOLDER = "artifacts", "monitoring/dev-Churn/data-quality/dev-Churn/x/2013/07/08/00"
KEY = f"{FOLDER}/constraint_violations.json"
SCHEDULES = "arn:aws:sagemaker:us-east-1:123456789012:monitoring-schedule/"
ARN = f"{SCHEDULES}dev-churn-data-quality"
VIOLATION = {
    "feature_name": "temp",
    "constraint_check_type": "baseline_drift_check",
    "description": "Baseline drift distance: 0.42 exceeds threshold: 0.1",
}
# https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-violations.html
BIAS_REPORT = {
    "version": "1.0",
    "violations": [
        {
            "facet": "Age",
            "facet_value": "40",
            "metric_name": "CI",
            "constraint_check_type": "bias_drift_check",
            "description": "Value 0.0751544566666083 does not meet the constraint requirement",
        },
        {
            "facet": "Age",
            "facet_value": "40",
            "metric_name": "DPPL",
            "constraint_check_type": "bias_drift_check",
            "description": "Value -0.0791244970125596 does not meet the constraint requirement",
        },
    ],
}
# https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-model-attribution-drift-violations.html
ATTRIBUTION_REPORT = {
    "version": "1.0",
    "violations": [
        {
            "label": "label0",
            "metric_name": "shap",
            "constraint_check_type": "feature_attribution_drift_check",
            "description": "Feature attribution drift 0.7639720923277322 exceeds threshold 0.9",
        },
        {
            "label": "label1",
            "metric_name": "shap",
            "constraint_check_type": "feature_attribution_drift_check",
            "description": "Feature attribution drift 0.7323763972092327 exceeds threshold 0.9",
        },
    ],
}
CONSTRAINTS = "dev-churn/abc/baseline/constraints.json"
NOW, MADE = "2026-11-24T03:00:00.000Z", "2026-11-14T15:00:00.000Z"
AGE = 9.5
"""Days between the two."""
QUIET = {"ViolationCount": 0, "Heartbeat": 1, "BaselineAge": AGE}


@dataclass
class World:
    """One processing job, its output and a baseline, the metrics put and the messages sent."""

    kind: str = "data-quality"
    listed: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {"Key": f"{CONSTRAINTS}.old", "LastModified": "2026-11-23T03:00:00.000Z"},
            {"Key": CONSTRAINTS, "LastModified": MADE},
        ]
    )
    job: dict[str, Any] = field(
        default_factory=lambda: {
            "ProcessingJobName": JOB,
            "ProcessingJobStatus": "Completed",
            "MonitoringScheduleArn": ARN,
            "AppSpecification": {"ImageUri": IMAGES["data-quality"]},
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

    def _listObjectsV2(self, Bucket: str, Prefix: str) -> Any:
        assert (Bucket, Prefix) == ("versions", CONSTRAINTS)
        return {"Contents": self.listed} if self.listed else {"KeyCount": 0}

    def _putMetricData(self, Namespace: str, MetricData: list[dict[str, Any]]) -> Any:
        assert Namespace == "Perennial/Monitoring"
        for datum in MetricData:
            assert datum["Dimensions"] == [
                {"Name": "Endpoint", "Value": "dev-Churn"},
                {"Name": "Monitor", "Value": self.kind},
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
    told = {"job": JOB, "constraints": f"s3://versions/{CONSTRAINTS}"}
    return Execution(DEFINITIONS[world.kind], world, arn, told, now=lambda: NOW).run()


def told(execution: Execution) -> str:
    """The error of an execution that has told people of it, and so did not fail."""
    assert (execution.status, execution.output["outcome"]) == ("SUCCEEDED", "failed")
    error: str = execution.output["error"]
    return error


@pytest.mark.parametrize("count", [0, 1, 2, 40])
def test_violations_are_counted_and_the_run_is_heard_of(count: int):
    world = reported(json.dumps({"violations": [VIOLATION] * count}))
    assert run(world).status == "SUCCEEDED"
    assert world.metrics == QUIET | {"ViolationCount": count}
    assert world.messages == []


def test_a_run_that_found_none_and_wrote_no_file_counts_as_none():
    world = World()
    world.job["ExitMessage"] = "Completed: Job completed successfully with no violations."
    assert run(world).output == {"outcome": "measured", "violations": 0}
    assert world.metrics == QUIET


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


def test_an_error_while_looking_at_the_baseline_is_told_and_the_run_has_its_figures():
    world = reported(json.dumps({"violations": []}))
    world.broken["listObjectsV2"] = AwsError("S3.S3Exception", "Access Denied")
    assert run(world).output == {"outcome": "measured", "violations": 0}
    assert world.metrics == {"ViolationCount": 0, "Heartbeat": 1}
    assert "S3.S3Exception: Access Denied" in world.messages[0]


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


def of_kind(kind: str, report: Any = None, **job: Any) -> World:
    """A run of another kind of monitor, with what it wrote into constraint_violations.json."""
    world = World(kind=kind)
    world.job |= {
        "MonitoringScheduleArn": f"{SCHEDULES}dev-churn-{kind}",
        "AppSpecification": {"ImageUri": IMAGES[kind]},
    } | job
    if report is not None:
        world.objects[BUCKET, KEY] = json.dumps(report)
    return world


@pytest.mark.parametrize(
    ("kind", "report"),
    [
        ("model-quality", {"violations": [{"metric_name": "auc"}] * 2}),
        ("bias", BIAS_REPORT),
        ("attribution", ATTRIBUTION_REPORT),
    ],
)
def test_documented_reports_of_other_kinds_are_counted(kind: str, report: Any):
    world = of_kind(kind, report)
    assert run(world).output == {"outcome": "measured", "violations": 2}
    assert world.metrics == QUIET | {"ViolationCount": 2}
    assert world.messages == []


@pytest.mark.parametrize("kind", IMAGES)
def test_a_run_of_any_kind_without_report_and_without_a_word_is_told(kind: str):
    world = of_kind(kind)
    world.job["ExitMessage"] = "Completed"
    assert told(run(world)) == "Monitor.NoReport"
    assert world.metrics == {}


@pytest.mark.parametrize("kind", ["model-quality", "bias"])
def test_the_merge_job_before_a_run_is_not_taken_for_one(kind: str):
    """It has the same role and the same schedule, writes no report, and says nothing of them."""
    merge = of_kind(kind, AppSpecification={"ImageUri": MERGER}, ExitMessage="Completed")
    assert run(merge).output == {"outcome": "not a run of this monitor"}
    assert (merge.metrics, merge.messages) == ({}, [])
    world = of_kind(kind, {"violations": []})
    assert run(world).output == {"outcome": "measured", "violations": 0}


@pytest.mark.parametrize("kind", ["model-quality", "bias"])
def test_a_merge_job_that_fails_is_told_since_no_run_comes_after_it(kind: str):
    merge = of_kind(kind, AppSpecification={"ImageUri": MERGER}, ProcessingJobStatus="Failed")
    merge.job["FailureReason"] = "AlgorithmError: no ground truth"
    assert run(merge).output == {"outcome": "the run failed"}
    [message] = merge.messages
    assert message.startswith(f"Monitor did not run: dev-Churn-{kind}\n")


def test_a_job_with_an_image_of_ones_own_is_no_run():
    world = of_kind("bias", BIAS_REPORT, AppSpecification={"ImageUri": IMAGES["model-quality"]})
    assert run(world).output == {"outcome": "not a run of this monitor"}


@pytest.mark.parametrize(
    ("made", "days"), [(NOW, 0), ("2026-11-23T03:00:00Z", 1), ("2025-11-24T03:00:00.000Z", 365)]
)
def test_a_baseline_is_as_old_as_its_constraints_in_days(made: str, days: int):
    world = reported(json.dumps({"violations": []}))
    world.listed = [{"Key": CONSTRAINTS, "LastModified": made}]
    assert run(world).status == "SUCCEEDED"
    assert world.metrics["BaselineAge"] == days


@pytest.mark.parametrize(
    "listed", [[], [{"Key": f"{CONSTRAINTS}.old", "LastModified": MADE}]], ids=["none", "another"]
)
def test_a_baseline_that_is_not_there_is_told_and_the_run_has_its_figures(listed: Any):
    world = reported(json.dumps({"violations": [VIOLATION]}))
    world.listed = listed
    assert run(world).output == {"outcome": "measured", "violations": 1}
    assert world.metrics == {"ViolationCount": 1, "Heartbeat": 1}
    [message] = world.messages
    assert message.startswith("Age of a baseline is not known: dev-Churn-data-quality\n")
    assert f"Monitor.NoBaseline: there is no s3://versions/{CONSTRAINTS}" in message


def test_a_date_in_another_form_is_told_and_the_run_has_its_figures():
    world = reported(json.dumps({"violations": []}))
    made = "Sat, 14 Nov 2026 15:00:00 GMT"
    world.listed = [{"Key": CONSTRAINTS, "LastModified": made}]
    assert run(world).output == {"outcome": "measured", "violations": 0}
    assert "BaselineAge" not in world.metrics
    [message] = world.messages
    assert f"was written at {made}, which is no time in ISO 8601" in message
