"""A monitor of the engine Model Monitor in a template: job definition, schedule, rule, roles."""

import json
from pathlib import Path
from typing import Any

import cdk_nag
import pytest
from aws_cdk import CfnTag, Environment, Tags
from ministack.services import eventbridge

from mlops_constructs.monitoring import DataQuality, ModelMonitorEngine
from mlops_constructs.monitoring.monitored_endpoint import MonitoredEndpoint
from mlops_constructs.problems import InvalidProps
from tests.constructs_library.someones_app import actions, new_stack, synthesized, the
from tests.monitoring_stack.watched import (
    ACCOUNTS,
    MODEL_MONITOR,
    NAME,
    OPEN,
    endpoint_in,
    monitor_in,
    template_of,
)

JOB, SCHEDULE = "AWS::SageMaker::DataQualityJobDefinition", "AWS::SageMaker::MonitoringSchedule"
DOCUMENTED = (
    Path(__file__).parents[1] / "local_aws" / "documented" / "processing-job-state-change.json"
)
Template = dict[str, Any]


@pytest.fixture(scope="module")
def template() -> Template:
    return template_of(MODEL_MONITOR)


def job(template: Template) -> dict[str, Any]:
    found: dict[str, Any] = the(template, JOB)["Properties"]
    return found


def the_id(template: Template, kind: str) -> str:
    [found] = [name for name, r in template["Resources"].items() if r["Type"] == kind]
    return found


def policy_of(template: Template, role: str) -> list[dict[str, Any]]:
    [document] = [
        resource["Properties"]["PolicyDocument"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Policy" and name.startswith(f"WatchEngine{role}Default")
    ]
    found: list[dict[str, Any]] = document["Statement"]
    return found


def test_a_job_definition_has_no_name_that_its_replacement_could_clash_with(template: Template):
    assert not {"JobDefinitionName", "EndpointName", "Tags"} & job(template).keys()


def other_tag(name: str) -> Template:
    stack = new_stack()
    monitor_in(stack, MODEL_MONITOR)
    Tags.of(stack).add("team", name)
    return synthesized(stack)


def test_a_tag_of_the_app_is_kept_off_the_job_definition_and_nothing_else(template: Template):
    tagged = other_tag("a")
    assert job(tagged) == job(template)
    assert the(tagged, "AWS::KMS::Key")["Properties"]["Tags"] == [{"Key": "team", "Value": "a"}]


def other_image() -> Template:
    accounts = {"us-east-1": {"ModelMonitorAccount": "000000000001"}}
    return template_of(MODEL_MONITOR, image_accounts=accounts)


def other_baseline() -> Template:
    stack = new_stack()
    endpoint: MonitoredEndpoint = endpoint_in(stack, baseline_uri="s3://elsewhere/baseline")
    monitor_in(stack, MODEL_MONITOR, endpoint=endpoint)
    return synthesized(stack)


def other_tags() -> Template:
    """Tags that someone puts on the definition itself, past everything that keeps them off."""
    stack = new_stack()
    monitor_in(stack, MODEL_MONITOR)
    template = synthesized(stack)
    job(template)["Tags"] = [CfnTag(key="team", value="a")._values]
    return template


@pytest.mark.parametrize("changed", [other_image, other_baseline, other_tags])
def test_the_schedule_points_at_whatever_definition_there_is(changed: Any, template: Template):
    after = changed()
    assert (job(after), after["Mappings"]) != (job(template), template["Mappings"])
    assert "JobDefinitionName" not in job(after)
    pointed = the(after, SCHEDULE)["Properties"]["MonitoringScheduleConfig"]
    made = {"Fn::GetAtt": [the_id(after, JOB), "JobDefinitionArn"]}
    assert pointed["MonitoringJobDefinitionName"] == {"Fn::Select": [1, {"Fn::Split": ["/", made]}]}
    assert the_id(after, JOB) in the(after, SCHEDULE)["DependsOn"]


def test_constraints_are_those_calibrated_for_a_single_run(template: Template):
    baseline = {"Fn::Select": [1, {"Ref": "Slot"}]}

    def file(name: str) -> dict[str, Any]:
        return {"S3Uri": {"Fn::Join": ["", [baseline, f"/{name}"]]}}

    assert job(template)["DataQualityBaselineConfig"] == {
        "ConstraintsResource": file("constraints_of_one_run.json"),
        "StatisticsResource": file("statistics.json"),
    }


def test_it_reads_what_the_endpoint_captured(template: Template):
    assert job(template)["DataQualityJobInput"]["EndpointInput"] == {
        "EndpointName": "churn",
        "LocalPath": "/opt/ml/processing/input/endpoint",
        "S3DataDistributionType": "FullyReplicated",
        "S3InputMode": "File",
        "ExcludeFeaturesAttribute": "0",
    }


def test_disk_and_reports_are_encrypted_with_the_key(template: Template):
    key = {"Fn::GetAtt": [the_id(template, "AWS::KMS::Key"), "Arn"]}
    assert job(template)["JobResources"]["ClusterConfig"]["VolumeKmsKeyId"] == key
    assert job(template)["DataQualityJobOutputConfig"]["KmsKeyId"] == key
    [output] = job(template)["DataQualityJobOutputConfig"]["MonitoringOutputs"]
    assert output["S3Output"]["S3Uri"]["Fn::Join"][1][-1] == "/monitoring/churn/data-quality"


def test_the_analyzer_is_aws_own_in_the_region_of_the_deployment(template: Template):
    image, values = job(template)["DataQualityAppSpecification"]["ImageUri"]["Fn::Sub"]
    assert image == (
        "${ModelMonitorAccount}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}"
        "/sagemaker-model-monitor-analyzer"
    )
    [(mapping, by_region)] = template["Mappings"].items()
    assert by_region == {"us-east-1": {"ModelMonitorAccount": ACCOUNTS["us-east-1"][
        "ModelMonitorAccount"]}}  # fmt: skip
    assert values["ModelMonitorAccount"]["Fn::FindInMap"][0] == mapping


def test_its_own_metrics_are_off_and_its_runs_end_before_the_next_begins(template: Template):
    environment = job(template)["DataQualityAppSpecification"]["Environment"]
    assert environment == {"publish_cloudwatch_metrics": "Disabled"}
    assert job(template)["StoppingCondition"]["MaxRuntimeInSeconds"] < 3600


def test_the_schedule_is_named_and_is_as_often_as_the_monitor_says():
    after = template_of(MODEL_MONITOR, settings=DataQuality(every_hours=6))
    schedule = the(after, SCHEDULE)["Properties"]
    assert schedule["MonitoringScheduleName"] == NAME
    assert schedule["MonitoringScheduleConfig"]["MonitoringType"] == "DataQuality"
    assert schedule["MonitoringScheduleConfig"]["ScheduleConfig"] == {
        "ScheduleExpression": "cron(0 0/6 ? * * *)"
    }


def test_without_a_version_there_is_neither_definition_nor_schedule(template: Template):
    assert the(template, JOB)["Condition"] == the(template, SCHEDULE)["Condition"] == "HasModel"


def test_the_definition_waits_for_what_its_role_may_do(template: Template):
    [policy] = [n for n in template["Resources"] if n.startswith("WatchEngineJobRoleDefault")]
    assert policy in the(template, JOB)["DependsOn"]


def test_its_jobs_put_no_metrics_and_read_no_scripts(template: Template):
    granted = json.dumps(policy_of(template, "JobRole"))
    assert "PutMetricData" not in granted
    assert ".gz" not in granted
    assert "repository/sagemaker-model-monitor-analyzer" in granted


def fires(template: Template, **detail: Any) -> bool:
    """Whether the rule hears AWS's documented event, with some of its detail changed."""
    [rule] = [
        r["Properties"]["EventPattern"]
        for r in template["Resources"].values()
        if r["Type"] == "AWS::Events::Rule" and "aws.sagemaker" in json.dumps(r)
    ]
    role = {"Fn::GetAtt": [_job_role(template), "Arn"]}
    assert rule["detail"]["RoleArn"] == [role]
    event = json.loads(DOCUMENTED.read_text())
    pattern = json.dumps(rule).replace(json.dumps(role), json.dumps(event["detail"]["RoleArn"]))
    event["detail"] |= detail
    status, _, body = eventbridge._test_event_pattern(
        {"EventPattern": pattern, "Event": json.dumps(event)}
    )
    assert status == 200, body
    matched: bool = json.loads(body)["Result"]
    return matched


def _job_role(template: Template) -> str:
    role: str = job(template)["RoleArn"]["Fn::GetAtt"][0]
    return role


@pytest.mark.parametrize("status", ["Completed", "Failed", "Stopped"])
def test_the_machine_hears_of_every_end_of_a_job_of_this_monitor(template: Template, status: str):
    assert fires(template, ProcessingJobStatus=status)


@pytest.mark.parametrize("status", ["InProgress", "Stopping"])
def test_it_does_not_hear_of_jobs_that_still_run(template: Template, status: str):
    assert not fires(template, ProcessingJobStatus=status)


def test_it_does_not_hear_of_jobs_of_other_roles(template: Template):
    assert not fires(template, RoleArn="arn:aws:iam::111122223333:role/another")


def test_an_event_that_can_not_be_delivered_is_kept_for_two_weeks(template: Template):
    queues = [r for r in template["Resources"].values() if r["Type"] == "AWS::SQS::Queue"]
    assert [q["Properties"]["MessageRetentionPeriod"] for q in queues] == [14 * 24 * 3600]
    [target] = [
        t
        for r in template["Resources"].values()
        if r["Type"] == "AWS::Events::Rule" and "aws.sagemaker" in json.dumps(r)
        for t in r["Properties"]["Targets"]
    ]
    assert target["DeadLetterConfig"]
    assert target["RetryPolicy"]["MaximumEventAgeInSeconds"] == 24 * 3600


def test_the_machine_is_told_which_job_ended_and_what_its_run_was_held_against(template: Template):
    [target] = [
        t
        for r in template["Resources"].values()
        if r["Type"] == "AWS::Events::Rule" and "aws.sagemaker" in json.dumps(r)
        for t in r["Properties"]["Targets"]
    ]
    [(field, path)] = target["InputTransformer"]["InputPathsMap"].items()
    constraints = job(template)["DataQualityBaselineConfig"]["ConstraintsResource"]["S3Uri"]
    first, uri, last = target["InputTransformer"]["InputTemplate"]["Fn::Join"][1]
    assert first == f'{{"job":<{field}>,"constraints":"'
    assert [uri, last.removesuffix('"}')] == constraints["Fn::Join"][1]
    assert path == "$.detail.ProcessingJobName"
    assert json.loads(DOCUMENTED.read_text())["detail"]["ProcessingJobName"]


def test_the_machine_may_read_jobs_and_reports_and_put_metrics(template: Template):
    granted = {action: s for s in policy_of(template, "ReportMachineRole") for action in actions(s)}
    own = {name: s for name, s in granted.items() if not name.startswith(("logs:", "xray:"))}
    assert own.keys() == {
        "sagemaker:DescribeProcessingJob",
        "s3:GetObject",
        "s3:ListBucket",
        "cloudwatch:PutMetricData",
        "sns:Publish",
        "kms:Decrypt",
        "kms:GenerateDataKey",
    }
    assert own["s3:GetObject"]["Resource"]["Fn::Join"][1][-1] == "/monitoring/churn/data-quality/*"
    assert own["cloudwatch:PutMetricData"]["Condition"] == {
        "StringEquals": {"cloudwatch:namespace": ["Perennial/Monitoring"]}
    }


def test_the_machine_may_see_how_old_a_baseline_is_and_not_read_it(template: Template):
    granted = policy_of(template, "ReportMachineRole")
    [listing] = [s for s in granted if "churn/*" in json.dumps(s.get("Condition", {}))]
    assert actions(listing) == ["s3:ListBucket"]
    [read] = [s for s in granted if "s3:GetObject" in actions(s)]
    assert "/monitoring/" in json.dumps(read["Resource"])


def test_a_region_that_model_monitor_is_not_in_is_refused():
    stack = new_stack(env=Environment(region="ap-south-2"))
    with pytest.raises(InvalidProps) as refusal:
        monitor_in(stack, MODEL_MONITOR)
    assert str(refusal.value) == (
        "no registry is known for ModelMonitorAccount in region 'ap-south-2'; known are us-east-1 "
        "(`make definitions` renews the list)"
    )


def test_it_runs_on_the_engines_instances():
    after = template_of(ModelMonitorEngine(instance_type="ml.c5.xlarge"))
    assert job(after)["JobResources"]["ClusterConfig"]["InstanceType"] == "ml.c5.xlarge"


def test_alarms_are_the_same_on_both_engines(template: Template):
    def alarms(of: Template) -> dict[str, Any]:
        return {
            name: resource
            for name, resource in of["Resources"].items()
            if name.startswith("WatchAlarms")
        }

    assert len(alarms(template)) == 3
    assert alarms(template) == alarms(template_of(OPEN))


def test_cdk_nag_finds_nothing_of_the_monitor():
    monitor = monitor_in(new_stack(), MODEL_MONITOR)
    report = cdk_nag.AwsSolutionsChecks().validate_scope(monitor)
    assert [violation.rule_name for violation in report.violations] == []
