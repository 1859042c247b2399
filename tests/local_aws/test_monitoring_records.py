"""Model Monitor's job definitions and schedules: judged, kept and shown."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_sagemaker as sagemaker_l1

from local_aws.core.errors import ValidationException
from local_aws.core.request import Request
from local_aws.monitoring import expressions
from tests.local_aws.model_archives import echo
from tests.local_aws.monitors import ANALYZER as IMAGE
from tests.local_aws.monitors import CLARIFY, KINDS, ROLE, snake
from tests.local_aws.stacks import Stack
from tests.local_aws.stage import Stage, refusal

HOURLY = {"ScheduleExpression": "cron(0 * ? * * *)"}
CONFIG_URI = "s3://configs/analysis_config.json"
APPLICATIONS: dict[str, dict[str, str]] = {
    "DataQuality": {"ImageUri": IMAGE},
    "ModelQuality": {"ImageUri": IMAGE, "ProblemType": "Regression"},
    "ModelBias": {"ImageUri": CLARIFY, "ConfigUri": CONFIG_URI},
    "ModelExplainability": {"ImageUri": CLARIFY, "ConfigUri": CONFIG_URI},
}


# botocore's documentation of ScheduleExpression shows these as valid, or as the forms there are.
@pytest.mark.parametrize(
    "expression",
    [
        "cron(0 * ? * * *)",
        "cron(0 12 ? * * *)",
        "cron(0 0 ? * * *)",
        "cron(0 00 ? * * *)",
        "cron(0 23 ? * * *)",
        "cron(0 17/12 ? * * *)",
        "cron(0 0/2 ? * * *)",
        "cron(0 0/24 ? * * *)",
    ],
)
def test_an_expression_that_aws_documents_is_accepted(expression: str) -> None:
    expressions.check(Request({"ScheduleExpression": expression}))


@pytest.mark.parametrize(
    "expression",
    [
        "rate(1 hour)",
        "cron(0 * * * ? *)",
        "cron(30 * ? * * *)",
        "cron(0 24 ? * * *)",
        "cron(0 0/25 ? * * *)",
        "cron(0 0/0 ? * * *)",
        "cron(0 8 ? * MON *)",
        "cron(0 * ? * *)",
        "now",
    ],
)
def test_any_other_expression_is_refused_with_those_that_there_are(expression: str) -> None:
    with pytest.raises(ValidationException) as refused:
        expressions.check(Request({"ScheduleExpression": expression}))
    assert refused.value.message.startswith(f"Invalid schedule expression: {expression}.")
    assert "cron(0 [00-23] ? * * *)" in refused.value.message


@pytest.mark.parametrize(
    ("start", "end", "problem"),
    [
        ("-PT1H", None, "are required with NOW"),
        (None, None, "are required with NOW"),
        ("-PT25H", "-PT0H", "by 24 hours at most"),
        ("-PT0H", "-PT1H", "by 24 hours at most"),
        ("-1 hour", "-PT0H", "is not an ISO 8601 duration"),
    ],
)
def test_an_impossible_window_is_refused(start: str | None, end: str | None, problem: str) -> None:
    given = {"DataAnalysisStartTime": start, "DataAnalysisEndTime": end}
    members = {name: value for name, value in given.items() if value is not None}
    with pytest.raises(ValidationException, match=problem):
        expressions.check(Request({"ScheduleExpression": "NOW", **members}))


@pytest.mark.parametrize(
    ("expression", "hours"),
    [
        ("cron(0 * ? * * *)", [11, 12, 13]),
        ("cron(0 12 ? * * *)", [12, 36]),
        ("cron(0 17/12 ? * * *)", [17, 29, 41]),
        ("cron(0 0/2 ? * * *)", [12, 14]),
        ("cron(0 0/5 ? * * *)", [15, 20, 24, 29]),
    ],
)
def test_a_schedule_runs_at_the_hours_that_aws_documents(expression: str, hours: list[int]) -> None:
    ticks = expressions.ticks(expression)
    assert ticks is not None
    moment, found = 10.5 * 3600, []
    for _ in hours:
        moment = ticks.after(moment)
        found.append(moment / 3600)
    assert found == hours


def test_a_schedule_that_runs_now_has_no_hours() -> None:
    assert expressions.ticks("NOW") is None


def test_a_window_of_a_day_is_accepted() -> None:
    given = {"DataAnalysisStartTime": "-P1D", "DataAnalysisEndTime": "-PT0H"}
    expressions.check(Request({"ScheduleExpression": "NOW", **given}))


def definition(endpoint: str, kind: str = "DataQuality") -> dict[str, Any]:
    """All that Create*JobDefinition needs besides a name, and a baseline."""
    local = "/opt/ml/processing/input/endpoint"
    output = {"S3Uri": "s3://reports/monitoring", "LocalPath": "/opt/ml/processing/output"}
    cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}
    constraints = {"S3Uri": "s3://baselines/constraints.json"}
    source: dict[str, Any] = {"EndpointInput": {"EndpointName": endpoint, "LocalPath": local}}
    if kind in ("ModelQuality", "ModelBias"):
        source["GroundTruthS3Input"] = {"S3Uri": "s3://labels/prefix"}
    return {
        f"{kind}AppSpecification": {**APPLICATIONS[kind], "Environment": {"a": "b"}},
        f"{kind}BaselineConfig": {"ConstraintsResource": constraints},
        f"{kind}JobInput": source,
        f"{kind}JobOutputConfig": {"MonitoringOutputs": [{"S3Output": output}]},
        "JobResources": {"ClusterConfig": cluster},
        "RoleArn": ROLE,
    }


def inline(endpoint: str) -> dict[str, Any]:
    """The same as a MonitoringJobDefinition."""
    given = definition(endpoint)
    return {
        "MonitoringInputs": [given["DataQualityJobInput"]],
        "MonitoringOutputConfig": given["DataQualityJobOutputConfig"],
        "MonitoringResources": given["JobResources"],
        "MonitoringAppSpecification": {"ImageUri": IMAGE},
        "RoleArn": ROLE,
    }


class Monitors:
    """An endpoint, and names for one test."""

    def __init__(self, stage: Stage, endpoint: str) -> None:
        self.sagemaker = stage.sagemaker
        self.endpoint = endpoint
        self.name = f"monitor-{uuid.uuid4().hex[:8]}"

    def define(self, name: str | None = None, **members: Any) -> str:
        made = self.sagemaker.create_data_quality_job_definition(
            JobDefinitionName=name or self.name, **{**definition(self.endpoint), **members}
        )
        return str(made["JobDefinitionArn"])

    def schedule(self, **config: Any) -> str:
        made = self.sagemaker.create_monitoring_schedule(
            MonitoringScheduleName=self.name, MonitoringScheduleConfig=self.config(**config)
        )
        return str(made["MonitoringScheduleArn"])

    def config(self, **config: Any) -> dict[str, Any]:
        named = {"MonitoringJobDefinitionName": self.name, "MonitoringType": "DataQuality"}
        return {"ScheduleConfig": HOURLY, **named, **config}

    def described(self) -> dict[str, Any]:
        found: dict[str, Any] = self.sagemaker.describe_monitoring_schedule(
            MonitoringScheduleName=self.name
        )
        return found


@pytest.fixture(scope="module")
def stage(client: Callable[[str], Any]) -> Iterator[Stage]:
    stage = Stage(client)
    yield stage
    stage.close()


@pytest.fixture(scope="module")
def endpoint(stage: Stage) -> str:
    return stage.endpoint(stage.config(stage.model(echo("hello"))))


@pytest.fixture
def monitors(stage: Stage, endpoint: str) -> Monitors:
    return Monitors(stage, endpoint)


local_aws = pytest.mark.local_aws


@local_aws
@pytest.mark.parametrize("kind", KINDS)
def test_a_definition_comes_back_as_it_was_given(monitors: Monitors, kind: str) -> None:
    operations, given = f"{snake(kind)}_job_definition", definition(monitors.endpoint, kind)
    create, describe, delete = (
        getattr(monitors.sagemaker, f"{verb}_{operations}")
        for verb in ("create", "describe", "delete")
    )
    named = {"JobDefinitionName": monitors.name}
    arn = create(**named, **given)["JobDefinitionArn"]
    found = describe(**named)
    place = f"arn:aws:sagemaker:us-east-1:123456789012:{operations.replace('_', '-')}"
    assert found["JobDefinitionArn"] == arn == f"{place}/{monitors.name}"
    assert given.items() <= found.items()
    listed = getattr(monitors.sagemaker, f"list_{operations}s")(NameContains=monitors.name)
    (summary,) = listed["JobDefinitionSummaries"]
    assert summary["MonitoringJobDefinitionArn"] == arn
    assert summary["EndpointName"] == monitors.endpoint
    assert refusal(create, **named, **given).startswith("ResourceInUse: Monitoring Job Definition")
    delete(**named)
    assert refusal(describe, **named).startswith("ResourceNotFound: Monitoring Job Definition arn:")


@local_aws
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ModelQualityJobInput": {"GroundTruthS3Input": {}}}, "must have exactly one of Endpoint"),
        ({"ModelQualityAppSpecification": {"ImageUri": "me/my-monitor:1"}}, "stands in in a"),
        (
            {"ModelQualityAppSpecification": {"ImageUri": "sagemaker-scikit-learn:1.9-0"}},
            "knows no image's own; give it for sagemaker-scikit-learn:1.9-0",
        ),
        ({"ModelQualityBaselineConfig": {"BaseliningJobName": "job"}}, "BaseliningJobName"),
    ],
)
def test_a_definition_that_cannot_run_is_refused(
    monitors: Monitors, change: dict[str, Any], message: str
) -> None:
    given = {**definition(monitors.endpoint, "ModelQuality"), **change}
    create = monitors.sagemaker.create_model_quality_job_definition
    assert message in refusal(create, JobDefinitionName=monitors.name, **given)


@local_aws
def test_ground_truth_and_one_source_are_needed(monitors: Monitors) -> None:
    given = definition(monitors.endpoint, "ModelBias")
    batch = {
        "DataCapturedDestinationS3Uri": "s3://captured/batch",
        "DatasetFormat": {"Csv": {}},
        "LocalPath": "/opt/ml/processing/input",
    }
    create = monitors.sagemaker.create_model_bias_job_definition
    source = given["ModelBiasJobInput"]
    said = refusal(
        create,
        JobDefinitionName=monitors.name,
        **{**given, "ModelBiasJobInput": {**source, "BatchTransformInput": batch}},
    )
    assert "must have exactly one of EndpointInput and BatchTransformInput" in said
    said = refusal(
        create,
        JobDefinitionName=monitors.name,
        **{**given, "ModelBiasJobInput": {**source, "GroundTruthS3Input": {}}},
    )
    assert "ModelBiasJobInput.GroundTruthS3Input must have an S3Uri" in said
    truth = {"GroundTruthS3Input": source["GroundTruthS3Input"], "BatchTransformInput": batch}
    create(JobDefinitionName=monitors.name, **{**given, "ModelBiasJobInput": truth})
    listed = monitors.sagemaker.list_model_bias_job_definitions(NameContains=monitors.name)
    assert listed["JobDefinitionSummaries"][0]["EndpointName"] == ""


@local_aws
def test_a_name_that_is_taken_is_refused(monitors: Monitors) -> None:
    monitors.define()
    monitors.schedule()
    given = {"JobDefinitionName": monitors.name, **definition(monitors.endpoint)}
    said = refusal(monitors.sagemaker.create_data_quality_job_definition, **given)
    assert said.startswith("ResourceInUse: Monitoring Job Definition arn:")
    said = refusal(
        monitors.sagemaker.create_monitoring_schedule,
        MonitoringScheduleName=monitors.name,
        MonitoringScheduleConfig=monitors.config(),
    )
    assert said.startswith("ResourceInUse: Monitoring Schedule arn:")


@local_aws
def test_a_schedule_is_scheduled_and_has_no_execution_before_its_hour(monitors: Monitors) -> None:
    monitors.define()
    arn = monitors.schedule()
    found = monitors.described()
    assert found["MonitoringScheduleArn"] == arn
    assert (found["MonitoringScheduleStatus"], found["EndpointName"]) == (
        "Scheduled",
        monitors.endpoint,
    )
    assert found["MonitoringScheduleConfig"] == monitors.config()
    assert "LastMonitoringExecutionSummary" not in found
    listed = monitors.sagemaker.list_monitoring_executions(MonitoringScheduleName=monitors.name)
    assert listed["MonitoringExecutionSummaries"] == []


@local_aws
def test_a_schedule_is_stopped_and_started(monitors: Monitors) -> None:
    monitors.define()
    monitors.schedule()
    monitors.sagemaker.stop_monitoring_schedule(MonitoringScheduleName=monitors.name)
    assert monitors.described()["MonitoringScheduleStatus"] == "Stopped"
    monitors.sagemaker.start_monitoring_schedule(MonitoringScheduleName=monitors.name)
    assert monitors.described()["MonitoringScheduleStatus"] == "Scheduled"


@local_aws
def test_an_update_points_a_schedule_at_another_definition(monitors: Monitors) -> None:
    monitors.define()
    monitors.define(f"{monitors.name}-2")
    monitors.schedule()
    config = monitors.config(MonitoringJobDefinitionName=f"{monitors.name}-2")
    monitors.sagemaker.update_monitoring_schedule(
        MonitoringScheduleName=monitors.name, MonitoringScheduleConfig=config
    )
    found = monitors.described()
    assert found["MonitoringScheduleConfig"] == config
    assert found["CreationTime"] < found["LastModifiedTime"]
    (listed,) = monitors.sagemaker.list_monitoring_schedules(
        MonitoringJobDefinitionName=f"{monitors.name}-2"
    )["MonitoringScheduleSummaries"]
    assert listed["MonitoringScheduleName"] == monitors.name


@local_aws
def test_a_schedule_may_hold_its_definition_itself(monitors: Monitors) -> None:
    given = inline(monitors.endpoint)
    config = {"ScheduleConfig": HOURLY, "MonitoringJobDefinition": given}
    monitors.sagemaker.create_monitoring_schedule(
        MonitoringScheduleName=monitors.name, MonitoringScheduleConfig=config
    )
    found = monitors.described()
    assert found["EndpointName"] == monitors.endpoint
    assert found["MonitoringType"] == "DataQuality"
    assert found["MonitoringScheduleConfig"]["MonitoringJobDefinition"] == given


@local_aws
def test_a_schedule_for_an_endpoint_that_does_not_exist_is_refused(monitors: Monitors) -> None:
    monitors.define(**definition("nobody"))
    said = refusal(
        monitors.sagemaker.create_monitoring_schedule,
        MonitoringScheduleName=monitors.name,
        MonitoringScheduleConfig=monitors.config(),
    )
    assert said.startswith('ValidationException: Could not find endpoint "arn:aws:sagemaker:')


@local_aws
@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            {"ScheduleConfig": {"ScheduleExpression": "rate(1 hour)"}},
            "ValidationException: Invalid",
        ),
        ({"MonitoringJobDefinitionName": "nobody"}, "definition/nobody not found"),
        ({"MonitoringType": "ModelBias"}, "Monitoring Job Definition arn:"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(
    monitors: Monitors, config: dict[str, Any], message: str
) -> None:
    monitors.define()
    said = refusal(
        monitors.sagemaker.create_monitoring_schedule,
        MonitoringScheduleName=monitors.name,
        MonitoringScheduleConfig=monitors.config(**config),
    )
    assert message in said


@local_aws
def test_a_schedule_without_a_definition_is_refused(monitors: Monitors) -> None:
    said = refusal(
        monitors.sagemaker.create_monitoring_schedule,
        MonitoringScheduleName=monitors.name,
        MonitoringScheduleConfig={"ScheduleConfig": HOURLY},
    )
    assert "Exactly one of MonitoringJobDefinition and MonitoringJobDefinitionName" in said


@local_aws
def test_a_definition_inside_a_schedule_is_of_data_quality(monitors: Monitors) -> None:
    config = {"MonitoringJobDefinition": inline(monitors.endpoint), "MonitoringType": "ModelBias"}
    said = refusal(
        monitors.sagemaker.create_monitoring_schedule,
        MonitoringScheduleName=monitors.name,
        MonitoringScheduleConfig=config,
    )
    assert "type ModelBias must have a MonitoringJobDefinitionName" in said


@local_aws
def test_what_is_deleted_is_gone(monitors: Monitors) -> None:
    monitors.define()
    monitors.schedule()
    named = {"JobDefinitionName": monitors.name}
    monitors.sagemaker.delete_data_quality_job_definition(**named)
    assert refusal(monitors.sagemaker.describe_data_quality_job_definition, **named).startswith(
        "ResourceNotFound: Monitoring Job Definition arn:"
    )
    named = {"MonitoringScheduleName": monitors.name}
    monitors.sagemaker.delete_monitoring_schedule(**named)
    for action in ("describe", "delete", "stop", "start"):
        call = getattr(monitors.sagemaker, f"{action}_monitoring_schedule")
        assert refusal(call, **named).startswith("ResourceNotFound: Monitoring Schedule arn:")


@local_aws
def test_lists_are_filtered_and_ordered(monitors: Monitors) -> None:
    for number in (1, 2):
        monitors.define(f"{monitors.name}-{number}")
    found = monitors.sagemaker.list_data_quality_job_definitions(
        NameContains=monitors.name, SortBy="Name", SortOrder="Ascending"
    )["JobDefinitionSummaries"]
    names = [each["MonitoringJobDefinitionName"] for each in found]
    assert names == [f"{monitors.name}-1", f"{monitors.name}-2"]
    assert {each["EndpointName"] for each in found} == {monitors.endpoint}
    monitors.schedule(MonitoringJobDefinitionName=f"{monitors.name}-1")
    listed = monitors.sagemaker.list_monitoring_schedules
    assert listed(EndpointName="nobody")["MonitoringScheduleSummaries"] == []
    asked = {"NameContains": monitors.name, "MonitoringTypeEquals": "ModelBias"}
    assert listed(**asked)["MonitoringScheduleSummaries"] == []
    (one,) = listed(NameContains=monitors.name, StatusEquals="Scheduled")[
        "MonitoringScheduleSummaries"
    ]
    assert one["MonitoringJobDefinitionName"] == f"{monitors.name}-1"


def app(name: str, endpoint: str, *, image: str = IMAGE, named: bool = False) -> dict[str, Any]:
    """A CDK stack with a definition, unnamed unless asked for, and a schedule that names it."""
    stack = cdk.Stack(
        cdk.App(),
        name,
        synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
    )
    cdk.Tags.of(stack).add("image", image[-8:])
    kind = sagemaker_l1.CfnDataQualityJobDefinition
    given = definition(endpoint)
    made = kind(
        stack,
        "Definition",
        job_definition_name=name if named else None,
        data_quality_app_specification=kind.DataQualityAppSpecificationProperty(image_uri=image),
        data_quality_job_input=kind.DataQualityJobInputProperty(
            endpoint_input=kind.EndpointInputProperty(
                endpoint_name=endpoint, local_path="/opt/ml/processing/input"
            )
        ),
        data_quality_job_output_config=kind.MonitoringOutputConfigProperty(
            monitoring_outputs=[
                kind.MonitoringOutputProperty(
                    s3_output=kind.S3OutputProperty(
                        local_path="/opt/ml/processing/output", s3_uri="s3://reports/monitoring"
                    )
                )
            ]
        ),
        job_resources=kind.MonitoringResourcesProperty(
            cluster_config=kind.ClusterConfigProperty(
                instance_count=1, instance_type="ml.m5.large", volume_size_in_gb=20
            )
        ),
        role_arn=given["RoleArn"],
    )
    schedule = sagemaker_l1.CfnMonitoringSchedule
    sagemaker_l1.CfnMonitoringSchedule(
        stack,
        "Schedule",
        monitoring_schedule_name=name,
        monitoring_schedule_config=schedule.MonitoringScheduleConfigProperty(
            monitoring_job_definition_name=cdk.Fn.select(
                1, cdk.Fn.split("/", made.attr_job_definition_arn)
            ),
            monitoring_type="DataQuality",
            schedule_config=schedule.ScheduleConfigProperty(
                schedule_expression="cron(0 0 ? * * *)"
            ),
        ),
    )
    return dict(assertions.Template.from_stack(stack).to_json())


@local_aws
def test_a_changed_definition_is_replaced_and_its_schedule_follows_in_place(
    monitors: Monitors, client: Callable[[str], Any]
) -> None:
    stack = Stack(client("cloudformation"), monitors.name)
    made = stack.create(app(monitors.name, monitors.endpoint))
    assert made["StackStatus"] == "CREATE_COMPLETE", stack.reasons()
    first, schedule = stack.physical_id("Definition"), stack.physical_id("Schedule")
    assert (
        monitors.described()["MonitoringScheduleConfig"]["MonitoringJobDefinitionName"]
        == (first.rsplit("/", 1)[-1])
    )
    changed = app(monitors.name, monitors.endpoint, image=f"{IMAGE}:other")
    assert stack.update(changed)["StackStatus"] == "UPDATE_COMPLETE", stack.reasons()
    second = stack.physical_id("Definition")
    assert second != first
    assert stack.physical_id("Schedule") == schedule
    assert (
        monitors.described()["MonitoringScheduleConfig"]["MonitoringJobDefinitionName"]
        == (second.rsplit("/", 1)[-1])
    )
    for arn in (second, schedule):
        tags = monitors.sagemaker.list_tags(ResourceArn=arn)["Tags"]
        assert {"Key": "image", "Value": "er:other"} in tags
    assert "not found" in refusal(
        monitors.sagemaker.describe_data_quality_job_definition,
        JobDefinitionName=first.rsplit("/", 1)[-1],
    )
    stack.delete()
    assert "not found" in refusal(
        monitors.sagemaker.describe_monitoring_schedule, MonitoringScheduleName=monitors.name
    )


def definitions(endpoint: str, team: str) -> dict[str, Any]:
    """A template with an unnamed definition of each kind."""
    return {
        "Resources": {
            kind: {
                "Type": f"AWS::SageMaker::{kind}JobDefinition",
                "Properties": {
                    **definition(endpoint, kind),
                    "Tags": [{"Key": "team", "Value": team}],
                },
            }
            for kind in KINDS
        },
        "Outputs": {kind: {"Value": {"Fn::GetAtt": [kind, "JobDefinitionArn"]}} for kind in KINDS},
    }


@local_aws
def test_a_changed_tag_replaces_a_definition_of_any_kind(
    monitors: Monitors, client: Callable[[str], Any]
) -> None:
    stack = Stack(client("cloudformation"), monitors.name)
    made = stack.create(definitions(monitors.endpoint, "one"))
    assert made["StackStatus"] == "CREATE_COMPLETE", stack.reasons()
    first = {kind: stack.physical_id(kind) for kind in KINDS}
    assert {each["OutputKey"]: each["OutputValue"] for each in made["Outputs"]} == first
    updated = stack.update(definitions(monitors.endpoint, "two"))
    assert updated["StackStatus"] == "UPDATE_COMPLETE", stack.reasons()
    for kind in KINDS:
        second = stack.physical_id(kind)
        assert second != first[kind]
        tags = monitors.sagemaker.list_tags(ResourceArn=second)["Tags"]
        assert {"Key": "team", "Value": "two"} in tags
        describe = getattr(monitors.sagemaker, f"describe_{snake(kind)}_job_definition")
        assert "not found" in refusal(describe, JobDefinitionName=first[kind].rsplit("/", 1)[-1])
    stack.delete()


@local_aws
def test_a_definition_with_a_name_of_its_own_cannot_change(
    monitors: Monitors, client: Callable[[str], Any]
) -> None:
    stack = Stack(client("cloudformation"), monitors.name)
    stack.create(app(monitors.name, monitors.endpoint, named=True))
    changed = app(monitors.name, monitors.endpoint, image=f"{IMAGE}:other", named=True)
    assert stack.update(changed)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "custom-named resource requires replacing" in stack.reasons()


@local_aws
def test_a_schedule_whose_endpoint_is_missing_fails_its_stack(
    monitors: Monitors, client: Callable[[str], Any]
) -> None:
    stack = Stack(client("cloudformation"), monitors.name)
    assert stack.create(app(monitors.name, "nobody"))["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "Could not find endpoint" in stack.reasons()
