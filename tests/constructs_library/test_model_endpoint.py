"""An endpoint that serves what its slot names, in an app that is not Perennial."""

import json
from typing import Any

import pytest
from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam

from mlops_constructs.problems import InvalidProps
from mlops_constructs.serving import Canary, EndpointMetric, ModelEndpoint, RealTime
from mlops_constructs.version_files import VersionFiles
from tests.constructs_library.someones_app import (
    actions,
    new_stack,
    of_type,
    own_storage,
    statements,
    synthesized,
    the,
)

MODEL = "AWS::SageMaker::Model"
CONFIG = "AWS::SageMaker::EndpointConfig"
ENDPOINT = "AWS::SageMaker::Endpoint"
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
ALARM = "AWS::CloudWatch::Alarm"
HOSTING = RealTime(
    instance_type="ml.m5.large",
    min_instances=2,
    max_instances=4,
    invocations_per_instance=600,
    capture_percent=50,
)
REPOSITORY = "arn:aws:ecr:us-east-1:683313688378:repository/sagemaker-xgboost"


def endpoint_in(stack: Stack, **changed: Any) -> ModelEndpoint:
    storage = own_storage(stack)
    given: dict[str, Any] = {
        "endpoint_name": "churn",
        "slot_name": "/mine/churn/slot",
        "hosting": HOSTING,
        "storage": storage,
        "versions": VersionFiles(bucket=storage.artifacts, prefix="churn"),
        "image_repositories": [REPOSITORY],
    }
    return ModelEndpoint(stack, "Endpoint", **(given | changed))


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    stack = new_stack()
    endpoint_in(stack)
    return synthesized(stack)


def slot_parameter(template: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    [found] = [item for item in template["Parameters"].items() if "Slot" in item[0]]
    return found


def test_the_slot_is_read_afresh_by_every_stack_operation(template: dict[str, Any]):
    _, parameter = slot_parameter(template)
    assert parameter["Type"] == "AWS::SSM::Parameter::Value<CommaDelimitedList>"
    assert parameter["Default"] == "/mine/churn/slot"


def test_without_a_model_there_is_no_endpoint(template: dict[str, Any]):
    [(name, condition)] = template["Conditions"].items()
    slot, _ = slot_parameter(template)
    first = {"Fn::Select": [0, {"Ref": slot}]}
    assert condition == {"Fn::Not": [{"Fn::Equals": [first, "NONE"]}]}
    for kind in (MODEL, CONFIG, ENDPOINT, TARGET, POLICY):
        assert the(template, kind)["Condition"] == name
    assert {alarm["Condition"] for alarm in of_type(template, ALARM)} == {name}


def test_the_model_is_the_version_that_the_slot_names(template: dict[str, Any]):
    slot, _ = slot_parameter(template)
    assert the(template, MODEL)["Properties"]["Containers"] == [
        {"ModelPackageName": {"Fn::Select": [0, {"Ref": slot}]}}
    ]


@pytest.mark.parametrize("kind", [MODEL, CONFIG])
def test_what_a_change_replaces_has_no_name_and_outlives_its_replacement(
    template: dict[str, Any], kind: str
):
    resource = the(template, kind)
    assert not {"ModelName", "EndpointConfigName"} & resource["Properties"].keys()
    assert resource["UpdateReplacePolicy"] == "Retain"
    assert resource["DeletionPolicy"] == "Delete"


@pytest.mark.parametrize("kind", [MODEL, CONFIG])
def test_what_is_left_behind_says_which_endpoint_it_was_for(template: dict[str, Any], kind: str):
    tags = the(template, kind)["Properties"]["Tags"]
    assert tags == [{"Key": "perennial:endpoint", "Value": "churn"}]


def test_a_release_replaces_all_instances_at_once_and_keeps_their_number(template: dict[str, Any]):
    endpoint = the(template, ENDPOINT)["Properties"]
    update = endpoint["DeploymentConfig"]["BlueGreenUpdatePolicy"]
    assert update["TrafficRoutingConfiguration"] == {
        "Type": "ALL_AT_ONCE",
        "WaitIntervalInSeconds": 0,
    }
    waits = update["TerminationWaitInSeconds"]
    assert update["MaximumExecutionTimeoutInSeconds"] > waits
    assert endpoint["RetainAllVariantProperties"] is True
    assert endpoint["ExcludeRetainedVariantProperties"] == [
        {"VariantPropertyType": "DataCaptureConfig"}
    ]


def config_name(template: dict[str, Any]) -> dict[str, Any]:
    """The config's name as other resources refer to it."""
    [config] = [n for n, r in template["Resources"].items() if r["Type"] == CONFIG]
    return {"Fn::GetAtt": [config, "EndpointConfigName"]}


def test_each_release_has_fresh_alarms_named_after_its_config(template: dict[str, Any]):
    names = [alarm["Properties"]["AlarmName"] for alarm in of_type(template, ALARM)]
    assert names == [
        {"Fn::Join": ["", [f"churn-{kind}-", config_name(template)]]} for kind in ("5xx", "latency")
    ]


def test_the_alarms_measure_the_new_fleet_alone(template: dict[str, Any]):
    for alarm in of_type(template, ALARM):
        dimensions = {d["Name"]: d["Value"] for d in alarm["Properties"]["Dimensions"]}
        assert dimensions == {
            "EndpointName": "churn",
            "VariantName": "AllTraffic",
            "EndpointConfigName": config_name(template),
        }


def test_the_alarms_ring_for_failures_and_slowness_and_not_for_silence(template: dict[str, Any]):
    errors, latency = (alarm["Properties"] for alarm in of_type(template, ALARM))
    assert (errors["MetricName"], errors["Statistic"]) == ("Invocation5XXErrors", "Average")
    assert (latency["MetricName"], latency["ExtendedStatistic"]) == ("ModelLatency", "p99")
    assert (errors["Threshold"], latency["Threshold"]) == (0.05, 1_000_000)
    for alarm in (errors, latency):
        assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
        assert (alarm["Period"], alarm["EvaluationPeriods"]) == (60, 2)
        assert alarm["DatapointsToAlarm"] == 2
        assert alarm["TreatMissingData"] == "notBreaching"
        assert "AlarmActions" not in alarm


def test_the_endpoint_is_updated_after_its_alarms_are_there_and_obeys_all_of_them(
    template: dict[str, Any],
):
    deployment = the(template, ENDPOINT)["Properties"]["DeploymentConfig"]
    alarms = [name for name, r in template["Resources"].items() if r["Type"] == ALARM]
    assert deployment["AutoRollbackConfiguration"] == {
        "Alarms": [{"AlarmName": {"Ref": name}} for name in alarms]
    }


def test_the_role_may_ask_for_the_alarms_of_its_endpoint_only(template: dict[str, Any]):
    [inline] = the(template, "AWS::IAM::Role")["Properties"]["Policies"]
    [asks] = [
        statement
        for statement in inline["PolicyDocument"]["Statement"]
        if "cloudwatch:DescribeAlarms" in actions(statement)
    ]
    assert asks["Resource"]["Fn::Join"][1][-1] == ":alarm:churn-*"


def test_requests_and_answers_are_captured_as_text_and_encrypted(template: dict[str, Any]):
    capture = the(template, CONFIG)["Properties"]["DataCaptureConfig"]
    assert capture["InitialSamplingPercentage"] == 50
    assert [option["CaptureMode"] for option in capture["CaptureOptions"]] == ["Input", "Output"]
    assert capture["CaptureContentTypeHeader"] == {
        "CsvContentTypes": ["text/csv"],
        "JsonContentTypes": ["application/json"],
    }
    assert capture["KmsKeyId"] == the(template, CONFIG)["Properties"]["KmsKeyId"]


def test_it_starts_with_the_fewest_instances(template: dict[str, Any]):
    [variant] = the(template, CONFIG)["Properties"]["ProductionVariants"]
    assert variant["InstanceType"] == "ml.m5.large"
    assert variant["InitialInstanceCount"] == 2


def test_it_scales_with_its_traffic_between_the_bounds(template: dict[str, Any]):
    target = the(template, TARGET)["Properties"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 4)
    [variant] = the(template, CONFIG)["Properties"]["ProductionVariants"]
    assert target["ResourceId"] == f"endpoint/churn/variant/{variant['VariantName']}"
    tracking = the(template, POLICY)["Properties"]["TargetTrackingScalingPolicyConfiguration"]
    assert tracking["TargetValue"] == 600


def test_scaling_begins_after_the_endpoint_and_ends_before_it(template: dict[str, Any]):
    [endpoint] = [n for n, r in template["Resources"].items() if r["Type"] == ENDPOINT]
    assert the(template, TARGET)["DependsOn"] == [endpoint]


def test_all_that_the_role_may_do_is_there_as_soon_as_the_role_is(template: dict[str, Any]):
    role = the(template, "AWS::IAM::Role")["Properties"]
    [inline] = role["Policies"]
    granted = {a for s in inline["PolicyDocument"]["Statement"] for a in actions(s)}
    assert {"s3:GetObject", "s3:PutObject", "kms:Decrypt", "ecr:BatchGetImage"} <= granted
    assert not of_type(template, "AWS::IAM::Policy")


def test_the_role_reads_its_models_and_writes_its_capture_only(template: dict[str, Any]):
    [inline] = the(template, "AWS::IAM::Role")["Properties"]["Policies"]
    reach = {
        action: json.dumps(statement["Resource"])
        for statement in inline["PolicyDocument"]["Statement"]
        for action in actions(statement)
    }
    assert "Made" in reach["s3:GetObject"]
    assert "/churn/*" in reach["s3:GetObject"]
    assert "Seen" in reach["s3:PutObject"]
    assert "/churn/*" in reach["s3:PutObject"]
    assert reach["ecr:BatchGetImage"] == json.dumps(REPOSITORY)


def test_whoever_is_granted_may_invoke_this_endpoint():
    stack = new_stack()
    caller = iam.Role(stack, "Caller", assumed_by=iam.AccountRootPrincipal())
    endpoint_in(stack).grant_invoke(caller)
    [statement] = statements(synthesized(stack))
    assert actions(statement) == ["sagemaker:InvokeEndpoint"]
    assert statement["Resource"]["Fn::Join"][1][-1] == ":endpoint/churn"


def test_its_metrics_are_those_of_the_variant():
    endpoint = endpoint_in(new_stack())
    latency = endpoint.metric(EndpointMetric.MODEL_LATENCY)
    assert (latency.namespace, latency.metric_name) == ("AWS/SageMaker", "ModelLatency")
    assert latency.dimensions == {"EndpointName": "churn", "VariantName": "AllTraffic"}
    assert latency.statistic == "p99"


def test_a_metric_can_be_asked_for_otherwise():
    asked = endpoint_in(new_stack()).metric(
        EndpointMetric.SERVER_ERRORS, statistic="Average", period=Duration.minutes(5)
    )
    assert (asked.statistic, asked.period.to_minutes()) == ("Average", 5)


@pytest.mark.parametrize("name", ["late_flights", "c" * 64])
def test_a_name_that_sagemaker_would_refuse_is_refused_here(name: str):
    with pytest.raises(InvalidProps, match="the name of an endpoint must be 1 to 63 letters"):
        endpoint_in(new_stack(), endpoint_name=name)


def test_all_that_is_wrong_with_name_and_release_is_said_at_once():
    narrow = HOSTING.model_copy(update={"min_instances": 1})
    with pytest.raises(InvalidProps) as refused:
        endpoint_in(new_stack(), endpoint_name="_", hosting=narrow, release=Canary(instances=1))
    name, release = refused.value.problems
    assert name.startswith("the name of an endpoint must be 1 to 63 letters")
    assert release.startswith("endpoint '_' needs min_instances of at least 2 to be released by")
