"""An endpoint with a queue, in an app that is not Perennial."""

import json
from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from pydantic import ValidationError

from config.refusal import sentences
from mlops_constructs.network import Network
from mlops_constructs.problems import InvalidProps
from mlops_constructs.serving import (
    AllAtOnce,
    Async,
    AsyncEndpoint,
    AsyncMetric,
    Canary,
    EndpointMetric,
    RollbackAlarms,
)
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
ASLEEP = Async(instance_type="ml.m5.large", max_instances=3, backlog_per_instance=7)
AWAKE = ASLEEP.model_copy(update={"min_instances": 2})


def endpoint_in(stack: Stack, **changed: Any) -> AsyncEndpoint:
    storage = own_storage(stack)
    given: dict[str, Any] = {
        "endpoint_name": "churn",
        "slot_name": "/mine/churn/slot",
        "hosting": ASLEEP,
        "storage": storage,
        "versions": VersionFiles(bucket=storage.artifacts, prefix="churn"),
        "image_repositories": ["arn:aws:ecr:us-east-1:683313688378:repository/sagemaker-xgboost"],
    }
    return AsyncEndpoint(stack, "Endpoint", **(given | changed))


def template_with(**changed: Any) -> dict[str, Any]:
    stack = new_stack()
    endpoint_in(stack, **changed)
    return synthesized(stack)


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return template_with()


def named(template: dict[str, Any], kind: str) -> list[str]:
    return [name for name, r in template["Resources"].items() if r["Type"] == kind]


def test_it_serves_the_version_that_its_slot_names_and_nothing_without_one(
    template: dict[str, Any],
):
    [(slot, _)] = [p for p in template["Parameters"].items() if "Slot" in p[0]]
    assert the(template, MODEL)["Properties"]["Containers"] == [
        {"ModelPackageName": {"Fn::Select": [0, {"Ref": slot}]}}
    ]
    [has_model] = template["Conditions"]
    for kind in (MODEL, CONFIG, ENDPOINT, TARGET, POLICY, ALARM):
        assert {resource["Condition"] for resource in of_type(template, kind)} == {has_model}


def test_answers_and_failures_lie_beside_the_requests_and_are_encrypted(template: dict[str, Any]):
    config = the(template, CONFIG)["Properties"]
    output = config["AsyncInferenceConfig"]["OutputConfig"]
    assert output["KmsKeyId"] == config["KmsKeyId"]
    for member, prefix in (("S3OutputPath", "answers"), ("S3FailurePath", "failures")):
        begin, bucket, end = output[member]["Fn::Join"][1]
        assert (begin, end) == ("s3://", f"/churn/{prefix}")
        assert "Seen" in bucket["Ref"]


def test_topics_hear_of_answers_and_failures_encrypted_and_by_tls_only(template: dict[str, Any]):
    output = the(template, CONFIG)["Properties"]["AsyncInferenceConfig"]["OutputConfig"]
    told = output["NotificationConfig"]
    success, error = named(template, "AWS::SNS::Topic")
    assert told == {"SuccessTopic": {"Ref": success}, "ErrorTopic": {"Ref": error}}
    for topic in of_type(template, "AWS::SNS::Topic"):
        assert "KmsMasterKeyId" in topic["Properties"]
    for policy in of_type(template, "AWS::SNS::TopicPolicy"):
        [deny] = policy["Properties"]["PolicyDocument"]["Statement"]
        assert (deny["Effect"], deny["Condition"]) == (
            "Deny",
            {"Bool": {"aws:SecureTransport": "false"}},
        )


def test_it_begins_with_an_instance_that_works_on_so_many_at_once(template: dict[str, Any]):
    config = the(template, CONFIG)["Properties"]
    [variant] = config["ProductionVariants"]
    assert (variant["InstanceType"], variant["InitialInstanceCount"]) == ("ml.m5.large", 1)
    client = config["AsyncInferenceConfig"]["ClientConfig"]
    assert client == {"MaxConcurrentInvocationsPerInstance": 4}
    assert "DataCaptureConfig" not in config


def test_it_grows_with_its_backlog_and_shrinks_to_nothing(template: dict[str, Any]):
    target = the(template, TARGET)["Properties"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (0, 3)
    assert the(template, TARGET)["DependsOn"] == named(template, ENDPOINT)
    [tracking] = [
        policy["Properties"]["TargetTrackingScalingPolicyConfiguration"]
        for policy in of_type(template, POLICY)
        if policy["Properties"]["PolicyType"] == "TargetTrackingScaling"
    ]
    assert tracking == {
        "TargetValue": 7,
        "CustomizedMetricSpecification": {
            "Namespace": "AWS/SageMaker",
            "MetricName": "ApproximateBacklogSizePerInstance",
            "Statistic": "Average",
            "Dimensions": [{"Name": "EndpointName", "Value": "churn"}],
        },
    }


def test_the_first_request_that_waits_for_no_instance_starts_one(template: dict[str, Any]):
    [(name, step)] = [
        (name, resource["Properties"])
        for name, resource in template["Resources"].items()
        if resource["Type"] == POLICY and resource["Properties"]["PolicyType"] == "StepScaling"
    ]
    assert step["StepScalingPolicyConfiguration"] == {
        "AdjustmentType": "ChangeInCapacity",
        "MetricAggregationType": "Average",
        "Cooldown": 300,
        "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
    }
    [alarm] = [
        alarm["Properties"]
        for alarm in of_type(template, ALARM)
        if alarm["Properties"]["MetricName"] == "HasBacklogWithoutCapacity"
    ]
    assert alarm["AlarmActions"] == [{"Ref": name}]
    assert alarm["Dimensions"] == [{"Name": "EndpointName", "Value": "churn"}]
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert (alarm["Threshold"], alarm["EvaluationPeriods"], alarm["Period"]) == (1, 2, 60)
    assert alarm["TreatMissingData"] == "missing"


def test_one_that_never_sleeps_needs_no_waking_and_keeps_its_width_through_a_release():
    template = template_with(hosting=AWAKE)
    assert len(of_type(template, POLICY)) == 1
    assert the(template, ENDPOINT)["Properties"]["RetainAllVariantProperties"] is True


def test_one_that_sleeps_is_released_with_an_instance_that_has_to_start(template: dict[str, Any]):
    assert "RetainAllVariantProperties" not in the(template, ENDPOINT)["Properties"]


def test_a_release_is_taken_back_for_failures_and_for_no_latency_that_nobody_chose(
    template: dict[str, Any],
):
    [guard] = [
        (name, alarm["Properties"])
        for name, alarm in template["Resources"].items()
        if alarm["Type"] == ALARM and "EndpointConfigName" in json.dumps(alarm["Properties"])
    ]
    name, alarm = guard
    assert alarm["MetricName"] == "Invocation5XXErrors"
    deployment = the(template, ENDPOINT)["Properties"]["DeploymentConfig"]
    assert deployment["AutoRollbackConfiguration"] == {"Alarms": [{"AlarmName": {"Ref": name}}]}


def test_it_may_be_released_step_by_step():
    release = Canary(percent=50, alarms=RollbackAlarms(latency_ms=600_000))
    endpoint = the(template_with(hosting=AWAKE, release=release), ENDPOINT)["Properties"]
    update = endpoint["DeploymentConfig"]["BlueGreenUpdatePolicy"]
    assert update["TrafficRoutingConfiguration"]["Type"] == "CANARY"


def test_it_runs_in_a_network_if_there_is_one():
    network = Network(subnets=("subnet-01234567",), security_groups=("sg-01234567",))
    model = the(template_with(network=network), MODEL)["Properties"]
    assert model["VpcConfig"] == {
        "SecurityGroupIds": ["sg-01234567"],
        "Subnets": ["subnet-01234567"],
    }


def reach(template: dict[str, Any]) -> dict[str, str]:
    """Action of the model's role to the resources it is allowed on."""
    [inline] = the(template, "AWS::IAM::Role")["Properties"]["Policies"]
    found: dict[str, str] = {}
    for statement in inline["PolicyDocument"]["Statement"]:
        for action in actions(statement):
            found[action] = found.get(action, "") + json.dumps(statement["Resource"])
    return found


def test_its_role_reads_requests_writes_answers_and_tells_its_topics(template: dict[str, Any]):
    role = reach(template)
    assert "/churn/requests/*" in role["s3:GetObject"]
    assert "/churn/answers/*" in role["s3:PutObject"]
    assert "/churn/failures/*" in role["s3:PutObject"]
    assert "/churn/requests/*" not in role["s3:PutObject"]
    topics = {resource["Ref"] for resource in json.loads(role["sns:Publish"])}
    assert topics == set(named(template, "AWS::SNS::Topic"))


def test_whoever_is_granted_may_put_a_request_ask_for_an_answer_and_read_it():
    stack = new_stack()
    caller = iam.Role(stack, "Caller", assumed_by=iam.AccountRootPrincipal())
    endpoint_in(stack).grant_invoke(caller)
    granted = {}
    for statement in statements(synthesized(stack)):
        for action in actions(statement):
            granted[action] = granted.get(action, "") + json.dumps(statement["Resource"])
    assert ":endpoint/churn" in granted["sagemaker:InvokeEndpointAsync"]
    assert "sagemaker:InvokeEndpoint" not in granted
    assert "/churn/requests/*" in granted["s3:PutObject"]
    assert "/churn/answers/*" in granted["s3:GetObject*"]
    assert {"kms:Decrypt", "kms:GenerateDataKey*"} <= granted.keys()


def test_its_metrics_are_those_of_the_queue_and_of_the_variant():
    endpoint = endpoint_in(new_stack())
    waiting = endpoint.metric(AsyncMetric.BACKLOG)
    assert (waiting.metric_name, waiting.dimensions) == (
        "ApproximateBacklogSize",
        {"EndpointName": "churn"},
    )
    both = {"EndpointName": "churn", "VariantName": "AllTraffic"}
    assert endpoint.metric(AsyncMetric.FAILED).dimensions == both
    assert endpoint.metric(EndpointMetric.MODEL_LATENCY).dimensions == both


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(InvalidProps) as refused:
        endpoint_in(new_stack(), endpoint_name="_", release=AllAtOnce())
    name, latency = refused.value.problems
    assert name.startswith("the name of an endpoint must be 1 to 63 letters")
    assert latency.startswith("endpoint '_' can't have RollbackAlarms with their default latency")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"min_instances": 4},
            ["max_instances must be at least min_instances (4), got 3"],
        ),
        (
            {"instance_type": "ml.t2.medium"},
            [
                "instance_type 'ml.t2.medium' is burstable, which AWS does not scale; take "
                "another, such as 'ml.m5.large'"
            ],
        ),
        (
            {"concurrency_per_instance": 1001},
            ["Async.concurrency_per_instance should be less than or equal to 1000, got 1001"],
        ),
    ],
)
def test_what_aws_has_not_got_is_refused(given: dict[str, Any], said: list[str]):
    with pytest.raises(ValidationError) as refusal:
        Async(**({"instance_type": "ml.m5.large", "max_instances": 3} | given))
    assert sentences(refusal.value) == said
