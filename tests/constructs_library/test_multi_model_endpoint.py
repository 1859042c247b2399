"""An endpoint for all archives below a prefix, in an app that is not Perennial."""

import json
from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from pydantic import ValidationError

from config.refusal import sentences
from mlops_constructs.problems import InvalidProps
from mlops_constructs.serving import Canary, EndpointMetric, MultiModel, MultiModelEndpoint
from tests.constructs_library.someones_app import (
    actions,
    new_stack,
    of_type,
    own_storage,
    statements,
    synthesized,
    the,
)

CONFIG = "AWS::SageMaker::EndpointConfig"
ENDPOINT = "AWS::SageMaker::Endpoint"
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
HOSTING = MultiModel(
    instance_type="ml.m5.large",
    min_instances=2,
    max_instances=4,
    invocations_per_instance=600,
    probe="1,2,3",
)


def endpoint_in(stack: Stack, **changed: Any) -> MultiModelEndpoint:
    given: dict[str, Any] = {
        "endpoint_name": "shops",
        "hosting": HOSTING,
        "storage": own_storage(stack),
        "image": IMAGE,
        "image_repositories": ["arn:aws:ecr:us-east-1:683313688378:repository/sagemaker-xgboost"],
    }
    return MultiModelEndpoint(stack, "Endpoint", **(given | changed))


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    stack = new_stack()
    endpoint_in(stack)
    return synthesized(stack)


def test_one_model_stands_for_all_archives_below_the_prefix(template: dict[str, Any]):
    [container] = the(template, "AWS::SageMaker::Model")["Properties"]["Containers"]
    assert (container["Mode"], container["Image"]) == ("MultiModel", IMAGE)
    begin, bucket, end = container["ModelDataUrl"]["Fn::Join"][1]
    assert (begin, end) == ("s3://", "/multi-model/shops/")
    assert "Made" in bucket["Ref"]


def test_it_is_there_before_any_archive_is(template: dict[str, Any]):
    assert "Conditions" not in template
    assert the(template, ENDPOINT)["Properties"]["EndpointName"] == "shops"


def test_it_scales_and_captures_nothing(template: dict[str, Any]):
    target = the(template, TARGET)["Properties"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 4)
    policy = the(template, "AWS::ApplicationAutoScaling::ScalingPolicy")["Properties"]
    tracked = policy["TargetTrackingScalingPolicyConfiguration"]
    # https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
    assert tracked == {
        "TargetValue": 600,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
        },
    }
    assert "DataCaptureConfig" not in the(template, CONFIG)["Properties"]
    endpoint = the(template, ENDPOINT)["Properties"]
    assert endpoint["RetainAllVariantProperties"] is True
    assert "ExcludeRetainedVariantProperties" not in endpoint


def test_another_image_takes_over_as_other_releases_do(template: dict[str, Any]):
    deployment = the(template, ENDPOINT)["Properties"]["DeploymentConfig"]
    alarms = of_type(template, "AWS::CloudWatch::Alarm")
    assert len(deployment["AutoRollbackConfiguration"]["Alarms"]) == len(alarms) == 2


def test_its_role_finds_and_reads_archives_and_puts_none(template: dict[str, Any]):
    [inline] = the(template, "AWS::IAM::Role")["Properties"]["Policies"]
    found = {
        action: statement
        for statement in inline["PolicyDocument"]["Statement"]
        for action in actions(statement)
    }
    assert "/multi-model/shops/*" in json.dumps(found["s3:GetObject"]["Resource"])
    below = found["s3:ListBucket"]["Condition"]["StringLike"]["s3:prefix"]
    assert below in ("multi-model/shops/*", ["multi-model/shops/*"])
    assert "s3:PutObject" not in found


def granted(add: bool) -> list[tuple[str, str]]:
    stack = new_stack()
    role = iam.Role(stack, "Someone", assumed_by=iam.AccountRootPrincipal())
    endpoint = endpoint_in(stack)
    _ = endpoint.grant_add_models(role) if add else endpoint.grant_invoke(role)
    return [
        (action, json.dumps(statement["Resource"]))
        for statement in statements(synthesized(stack))
        for action in actions(statement)
    ]


def test_whoever_may_add_models_puts_archives_there_and_nowhere_else():
    puts = [resource for action, resource in granted(add=True) if action == "s3:PutObject"]
    assert len(puts) == 1
    assert "/multi-model/shops/*" in puts[0]
    assert "sagemaker:InvokeEndpoint" not in dict(granted(add=True))


def test_whoever_may_ask_puts_nothing():
    [(action, resource)] = granted(add=False)
    assert action == "sagemaker:InvokeEndpoint"
    assert ":endpoint/shops" in resource


def test_its_metrics_are_those_of_the_variant():
    metric = endpoint_in(new_stack()).metric(EndpointMetric.INVOCATIONS)
    assert metric.dimensions == {"EndpointName": "shops", "VariantName": "AllTraffic"}


def test_all_that_is_wrong_is_said_at_once():
    narrow = HOSTING.model_copy(update={"min_instances": 1})
    with pytest.raises(InvalidProps) as refused:
        endpoint_in(new_stack(), endpoint_name="_", hosting=narrow, release=Canary(percent=25))
    name, release = refused.value.problems
    assert name.startswith("the name of an endpoint must be 1 to 63 letters")
    assert release.startswith("endpoint '_' needs min_instances of at least 2")


def test_its_containers_have_the_variables_they_are_given():
    stack = new_stack()
    endpoint_in(stack, environment={"SAGEMAKER_PROGRAM": "inference.py"})
    [container] = the(synthesized(stack), "AWS::SageMaker::Model")["Properties"]["Containers"]
    assert container["Environment"] == {"SAGEMAKER_PROGRAM": "inference.py"}


def test_a_probe_that_a_function_can_not_carry_is_refused_by_its_bytes():
    assert MultiModel(**(HOSTING.model_dump() | {"probe": "\u00fc" * 1500})).probe
    with pytest.raises(ValidationError) as refusal:
        MultiModel(**(HOSTING.model_dump() | {"probe": "\u00fc" * 1501}))
    assert sentences(refusal.value) == [
        "probe must have 3000 bytes at most, got 3002: the function that sends it carries it among "
        "its variables; take fewer rows"
    ]


@pytest.mark.parametrize(
    "given", [{"probe": ""}, {"min_instances": 5}, {"min_instances": 0}, {"content_type": "csv"}]
)
def test_what_could_not_be_hosted_is_refused(given: dict[str, Any]):
    with pytest.raises(ValidationError) as refusal:
        MultiModel(**(HOSTING.model_dump() | given))
    assert len(sentences(refusal.value)) == 1
