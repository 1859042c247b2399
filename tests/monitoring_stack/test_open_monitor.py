"""A monitor of the open engine in a template: pipeline, schedule, roles."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import cdk_nag
import pytest
from aws_cdk import Environment
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from botocore.session import get_session

from mlops_constructs.monitoring import DataQuality, OpenEngine, OpenMonitor
from mlops_constructs.problems import InvalidProps
from pipeline_definitions.validation import definition_problems
from tests.constructs_library.someones_app import actions, new_stack, statements, synthesized, the
from tests.monitoring_stack.watched import (
    ACCOUNTS,
    NAME,
    OPEN,
    endpoint_in,
    monitor_in,
    template_of,
)

PIPELINE, SCHEDULE = "AWS::SageMaker::Pipeline", "AWS::Scheduler::Schedule"
SCHEDULED = "2013-07-08T00:00:00Z"
Template = dict[str, Any]


@pytest.fixture(scope="module")
def template() -> Template:
    return template_of(OPEN)


def definition(template: Template) -> dict[str, Any]:
    body = the(template, PIPELINE)["Properties"]["PipelineDefinition"]["PipelineDefinitionBody"]
    found: dict[str, Any] = json.loads(body["Fn::Sub"][0])
    return found


def job(template: Template) -> dict[str, Any]:
    [step] = definition(template)["Steps"]
    found: dict[str, Any] = step["Arguments"]
    return found


def options(template: Template) -> dict[str, Any]:
    said = job(template)["AppSpecification"]["ContainerArguments"]
    return dict(zip(said[::2], said[1::2], strict=True))


def started(template: Template) -> dict[str, Any]:
    """What Scheduler sends at `SCHEDULED`."""
    told = the(template, SCHEDULE)["Properties"]["Target"]["Input"]
    found: dict[str, Any] = json.loads(told.replace("<aws.scheduler.scheduled-time>", SCHEDULED))
    return found


def policy_of(template: Template, role: str) -> list[dict[str, Any]]:
    """The statements of the one policy whose name begins so."""
    [document] = [
        resource["Properties"]["PolicyDocument"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Policy" and name.startswith(f"WatchEngine{role}Default")
    ]
    found: list[dict[str, Any]] = document["Statement"]
    return found


def test_sagemaker_would_take_its_definition(template: Template):
    assert definition_problems(definition(template)) == []


def test_it_runs_the_script_of_its_kind_from_the_monitors_archive(template: Template):
    app = job(template)["AppSpecification"]
    assert app["ContainerEntrypoint"][-1] == "data_quality.py"
    body = the(template, PIPELINE)["Properties"]["PipelineDefinition"]["PipelineDefinitionBody"]
    code = body["Fn::Sub"][1]["MonitorCodeUri"]["Fn::Sub"]
    assert re.fullmatch(r"s3://cdk-.*/[0-9a-f]{64}\.gz", code)


def test_the_script_is_told_window_capture_baseline_and_limits():
    settings = DataQuality(every_hours=6, window_hours=48, minimum_records=50)
    told = options(template_of(OPEN, settings=settings))
    assert told == {
        "--capture": "s3://${CaptureBucketName}/churn/AllTraffic",
        "--baseline": "/opt/ml/processing/input/baseline",
        "--report": "/opt/ml/processing/output/report",
        "--endpoint": "churn",
        "--monitor": "data-quality",
        "--window-end": {"Get": "Parameters.WindowEnd"},
        "--window-hours": "48",
        "--minimum-records": "50",
        "--namespace": "Perennial/Monitoring",
        "--message": "/opt/ml/output/message",
    }


def test_the_baseline_is_that_of_the_serving_version(template: Template):
    body = the(template, PIPELINE)["Properties"]["PipelineDefinition"]["PipelineDefinitionBody"]
    assert template["Parameters"]["Slot"]["Default"] == "/mine/churn/slot"
    assert body["Fn::Sub"][1]["BaselineUri"] == {"Fn::Select": [1, {"Ref": "Slot"}]}
    inputs = {i["InputName"]: i["S3Input"]["S3Uri"] for i in job(template)["ProcessingInputs"]}
    assert inputs == {"code": "${MonitorCodeUri}", "baseline": "${BaselineUri}"}


def test_disk_and_reports_are_encrypted_with_the_key(template: Template):
    found = job(template)
    assert found["ProcessingResources"]["ClusterConfig"]["VolumeKmsKeyId"] == "${KmsKeyArn}"
    assert found["ProcessingOutputConfig"]["KmsKeyId"] == "${KmsKeyArn}"
    [output] = found["ProcessingOutputConfig"]["Outputs"]
    uri = "s3://${ArtifactBucketName}/monitoring/churn/data-quality"
    assert output["S3Output"]["S3Uri"] == uri


def test_it_runs_on_the_engines_instances():
    found = job(template_of(OpenEngine(instance_type="ml.c5.xlarge")))
    assert found["ProcessingResources"]["ClusterConfig"]["InstanceType"] == "ml.c5.xlarge"


def test_without_a_version_there_is_neither_pipeline_nor_schedule(template: Template):
    assert the(template, PIPELINE)["Condition"] == "HasModel"
    assert the(template, SCHEDULE)["Condition"] == "HasModel"


def test_the_schedule_starts_its_pipeline_for_the_window_that_ends_at_its_time(template: Template):
    told = started(template)
    assert told["PipelineName"] == the(template, PIPELINE)["Properties"]["PipelineName"] == NAME
    [parameter] = told["PipelineParameters"]
    [declared] = definition(template)["Parameters"]
    assert parameter == {"Name": declared["Name"], "Value": SCHEDULED}
    assert datetime.fromisoformat(SCHEDULED).tzinfo == UTC


@pytest.mark.parametrize("length", [5, 50])
def test_a_window_that_is_started_twice_is_judged_once(length: int):
    stack = new_stack()
    monitor_in(stack, endpoint=endpoint_in(stack, name="a" * length))
    told = started(synthesized(stack))
    sagemaker = get_session().get_service_model("sagemaker")
    shape = sagemaker.operation_model("StartPipelineExecution").input_shape
    token = shape.members["ClientRequestToken"].metadata
    assert token["min"] <= len(told["ClientRequestToken"]) <= token["max"]
    assert told["ClientRequestToken"].endswith(SCHEDULED)
    assert set(told) <= shape.members.keys()


def test_a_run_a_day_begins_at_midnight(template: Template):
    schedule = the(template, SCHEDULE)["Properties"]
    assert schedule["ScheduleExpression"] == "cron(0 0 * * ? *)"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert "ScheduleExpressionTimezone" not in schedule


def test_a_start_that_can_not_be_delivered_is_kept_and_told(template: Template):
    target = the(template, SCHEDULE)["Properties"]["Target"]
    assert target["RetryPolicy"] == {
        "MaximumEventAgeInSeconds": 3600,
        "MaximumRetryAttempts": 185,
    }
    queue = target["DeadLetterConfig"]["Arn"]
    [sends] = [s for s in policy_of(template, "ScheduleRole") if actions(s) == ["sqs:SendMessage"]]
    assert sends["Resource"] == queue
    [told] = [
        r["Properties"]
        for r in template["Resources"].values()
        if r["Type"] == "AWS::CloudWatch::Alarm"
        and r["Properties"]["MetricName"] == "ApproximateNumberOfMessagesVisible"
    ]
    assert told["AlarmDescription"].startswith(f"{NAME} was not started for a window")
    assert told["AlarmActions"]


def test_only_this_accounts_scheduler_may_start_it_and_only_it(template: Template):
    [role] = [
        r["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
        for r in template["Resources"].values()
        if r["Type"] == "AWS::IAM::Role" and "scheduler" in json.dumps(r)
    ]
    assert role["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    [starts] = [
        s
        for s in policy_of(template, "ScheduleRole")
        if actions(s) == ["sagemaker:StartPipelineExecution"]
    ]
    assert starts["Resource"]["Fn::Join"][1][-1] == f":pipeline/{NAME}"


def test_its_job_reads_capture_and_baselines_and_writes_its_own_reports(template: Template):
    granted = {
        action: json.dumps(s["Resource"])
        for s in policy_of(template, "JobRole")
        for action in actions(s)
    }
    reads, writes = granted["s3:GetObject"], granted["s3:PutObject"]
    assert "/churn/AllTraffic/*" in reads
    assert '"/churn/*"' in reads
    assert reads.count(".gz") == 1
    assert "/monitoring/churn/data-quality/*" in writes
    assert "/churn/AllTraffic" not in writes
    assert not {"sagemaker:", "iam:", "ssm:"} & {f"{a.split(':')[0]}:" for a in granted}


def test_its_job_lists_what_it_reads_and_no_more(template: Template):
    listed = {
        prefix
        for s in policy_of(template, "JobRole")
        if actions(s) == ["s3:ListBucket"]
        for prefix in s["Condition"]["StringLike"]["s3:prefix"]
    }
    assert {prefix for prefix in listed if not prefix.endswith(".gz")} == {
        "churn/AllTraffic/*",
        "churn/*",
    }
    assert len(listed) == 3


def test_its_job_puts_metrics_in_the_namespace_of_monitors_only(template: Template):
    [puts] = [
        s for s in policy_of(template, "JobRole") if actions(s) == ["cloudwatch:PutMetricData"]
    ]
    assert puts["Condition"] == {"StringEquals": {"cloudwatch:namespace": ["Perennial/Monitoring"]}}


def test_its_pipeline_runs_processing_jobs_with_that_role_and_does_no_more(template: Template):
    granted = {action for s in policy_of(template, "Role") for action in actions(s)}
    assert granted == {
        "sagemaker:AddTags",
        *(f"sagemaker:{verb}ProcessingJob" for verb in ("Create", "Describe", "Stop")),
        "iam:PassRole",
    }


def test_whoever_is_granted_may_judge_a_window_out_of_turn():
    stack = new_stack()
    role = iam.Role(stack, "Someone", assumed_by=iam.AccountRootPrincipal())
    monitor = OpenMonitor(
        stack,
        "Monitor",
        settings=DataQuality(),
        instance_type="ml.m5.large",
        endpoint=endpoint_in(stack),
        image_accounts=ACCOUNTS,
        topic=sns.Topic(stack, "Topic"),
    )
    monitor.grant_start(role)
    granted = [
        s
        for s in statements(synthesized(stack))
        if actions(s) == ["sagemaker:StartPipelineExecution"]
    ]
    assert len(granted) == 2
    assert granted[0]["Resource"] == granted[1]["Resource"]


def test_a_region_without_the_image_is_refused():
    stack = new_stack(env=Environment(region="mars-north-1"))
    with pytest.raises(InvalidProps) as refusal:
        monitor_in(stack)
    assert str(refusal.value).startswith(
        "no registry is known for SklearnAccount in region 'mars-north-1'; known are "
    )


def test_cdk_nag_finds_nothing_of_the_monitor():
    stack = new_stack()
    monitor = monitor_in(stack)
    report = cdk_nag.AwsSolutionsChecks().validate_scope(monitor)
    assert [violation.rule_name for violation in report.violations] == []
