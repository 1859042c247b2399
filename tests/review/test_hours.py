"""Hours a month; what is expected is worked out by hand."""

import json
from typing import Any

import pytest

from review.cadence import runs_a_month
from review.hours import hours
from tests.review.handmade import pair, template

CONFIG, SCHEDULE = "AWS::SageMaker::EndpointConfig", "AWS::Scheduler::Schedule"
TARGET, MONITOR = (
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::SageMaker::MonitoringSchedule",
)
VARIANT = {"VariantName": "All", "InstanceType": "ml.m5.large", "InitialInstanceCount": 3}
DAY_OF_YEAR = 365 / 12


@pytest.mark.parametrize(
    ("expression", "runs"),
    [
        ("rate(1 hour)", 730),
        ("rate(5 minutes)", 8760),
        ("rate(7 days)", 730 / 168),
        ("cron(0 0 * * ? *)", DAY_OF_YEAR),
        ("cron(0 0/6 ? * * *)", 4 * DAY_OF_YEAR),
        ("cron(0 * ? * * *)", 24 * DAY_OF_YEAR),
        ("cron(30 9 1 * ? *)", 1),
        ("cron(0 12 ? * MON-FRI *)", 261 / 12),
        ("cron(0 0 31 12 ? *)", 1 / 12),
        ("at(2027-01-01T00:00:00)", None),
        ("cron(0 0)", None),
        ("NOW", None),
        ({"Ref": "When"}, None),
        (None, None),
    ],
)
def test_a_schedule_runs_so_often_a_month(expression: Any, runs: float | None):
    assert runs_a_month(expression) == (None if runs is None else pytest.approx(runs))


def told(**resources: Any) -> list[tuple[str, str, float]]:
    """Of a new stack."""
    found = hours([pair(None, template(**resources))])
    return [(one.kind, one.instance_type, one.after) for one in found]


def test_an_endpoint_runs_all_of_a_month_of_730_hours():
    assert told(C=(CONFIG, {"ProductionVariants": [VARIANT]})) == [
        ("always-on", "ml.m5.large", 2190)
    ]


def test_under_autoscaling_the_fewest_instances_are_always_on():
    target = {"ResourceId": "endpoint/e/variant/All", "MinCapacity": 1, "MaxCapacity": 4}
    found = told(C=(CONFIG, {"ProductionVariants": [VARIANT]}), T=(TARGET, target))
    assert found == [("always-on", "ml.m5.large", 730)]


def test_a_serverless_variant_is_not_always_on():
    variant = {"VariantName": "All", "ServerlessConfig": {"MemorySizeInMB": 1024}}
    assert told(C=(CONFIG, {"ProductionVariants": [variant]})) == []


def pipeline(limit: int | None) -> tuple[str, dict[str, Any]]:
    cluster = {"InstanceType": {"Get": "Parameters.Kind"}, "InstanceCount": 2}
    arguments: dict[str, Any] = {"ProcessingResources": {"ClusterConfig": cluster}}
    if limit:
        arguments["StoppingCondition"] = {"MaxRuntimeInSeconds": limit}
    body = {
        "Parameters": [{"Name": "Kind", "DefaultValue": "ml.c5.large"}],
        "Steps": [{"Name": "A", "Type": "Processing", "Arguments": arguments}],
    }
    definition = {"PipelineDefinitionBody": json.dumps(body)}
    return (
        "AWS::SageMaker::Pipeline",
        {"PipelineName": "p", "PipelineDefinition": definition},
    )


def daily(told_to: dict[str, Any], arn: str, **more: Any) -> tuple[str, dict[str, Any]]:
    target = {"Arn": arn, "Input": json.dumps(told_to)}
    return SCHEDULE, {"ScheduleExpression": "rate(1 day)", "Target": target, **more}


STARTS = "arn:aws:scheduler:::aws-sdk:sagemaker:startPipelineExecution"
MACHINE = "arn:aws:states:eu-west-1:1:stateMachine:m"


@pytest.mark.parametrize(
    ("schedule", "runs"),
    [
        (daily({"PipelineName": "p"}, STARTS), DAY_OF_YEAR),
        (daily({}, "arn:aws:sagemaker:eu-west-1:1:pipeline/p"), DAY_OF_YEAR),
        (daily({"pipeline": "p", "trigger": "schedule"}, MACHINE), DAY_OF_YEAR),
        (daily({"PipelineName": "p"}, STARTS, State="DISABLED"), 0),
    ],
)
def test_a_scheduled_pipeline_takes_its_jobs_time_limits_at_most(
    schedule: tuple[str, dict[str, Any]], runs: float
):
    [(kind, instance_type, found)] = told(P=pipeline(1800), S=schedule)
    assert (kind, instance_type) == ("scheduled", "ml.c5.large")
    assert found == pytest.approx(2 * 0.5 * runs, abs=0.01)


def test_without_a_limit_a_job_may_take_a_day():
    [(_, _, found)] = told(P=pipeline(None), S=daily({"PipelineName": "p"}, STARTS))
    assert found == pytest.approx(2 * 24 * DAY_OF_YEAR, abs=0.01)


def test_a_daily_look_at_a_pipeline_runs_nothing():
    looks = daily({"pipeline": "p", "trigger": "re-check"}, MACHINE)
    assert told(P=pipeline(1800), S=looks) == []


def test_a_monitoring_schedule_runs_its_job_definition():
    cluster = {"InstanceType": "ml.m5.large", "InstanceCount": 1}
    job = {
        "JobResources": {"ClusterConfig": cluster},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    }
    schedule = {
        "MonitoringScheduleConfig": {
            "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
            "MonitoringJobDefinitionName": {"Fn::GetAtt": ["J", "JobDefinitionArn"]},
        }
    }
    assert told(J=("AWS::SageMaker::DataQualityJobDefinition", job), S=(MONITOR, schedule)) == [
        ("scheduled", "ml.m5.large", 730)
    ]
