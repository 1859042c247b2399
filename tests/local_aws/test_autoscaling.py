"""Application Auto Scaling of endpoint variants, through boto3 and CloudFormation."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.local_aws.model_archives import ENVIRONMENT, IMAGE, echo
from tests.local_aws.stacks import Stack
from tests.local_aws.stage import Stage, refusal

pytestmark = pytest.mark.local_aws
DIMENSION = "sagemaker:variant:DesiredInstanceCount"
TRACKING = {
    "TargetValue": 70.0,
    "PredefinedMetricSpecification": {
        "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
    },
}


@pytest.fixture(scope="module")
def stage(client: Callable[[str], Any]) -> Iterator[Stage]:
    stage = Stage(client)
    yield stage
    stage.close()


@pytest.fixture
def scaling(client: Callable[[str], Any]) -> Any:
    return client("application-autoscaling")


@pytest.fixture(scope="module")
def endpoint(stage: Stage) -> str:
    """An endpoint with one variant, One."""
    return stage.endpoint(stage.config(stage.model(echo("hello"))))


@pytest.fixture
def target(endpoint: str, scaling: Any) -> Iterator[dict[str, str]]:
    """What names the endpoint's variant, which is registered neither before nor after."""
    names = variant_of(endpoint)
    yield names
    if targets(scaling, names):
        scaling.deregister_scalable_target(**names)


def variant_of(endpoint: str) -> dict[str, str]:
    return {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/{endpoint}/variant/One",
        "ScalableDimension": DIMENSION,
    }


def targets(scaling: Any, target: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scaling.describe_scalable_targets(
        ServiceNamespace="sagemaker", ResourceIds=[target["ResourceId"]]
    )["ScalableTargets"]
    return found


def test_a_variant_is_registered_and_its_bounds_change(
    scaling: Any, target: dict[str, str]
) -> None:
    first = scaling.register_scalable_target(**target, MinCapacity=2, MaxCapacity=4)
    second = scaling.register_scalable_target(**target, MaxCapacity=8)
    assert first["ScalableTargetARN"] == second["ScalableTargetARN"]
    (found,) = targets(scaling, target)
    assert (found["MinCapacity"], found["MaxCapacity"]) == (2, 8)


def test_a_target_keeps_its_tags_until_they_are_taken_away(
    scaling: Any, target: dict[str, str]
) -> None:
    arn = scaling.register_scalable_target(
        **target, MinCapacity=1, MaxCapacity=2, Tags={"team": "flights"}
    )["ScalableTargetARN"]
    scaling.tag_resource(ResourceARN=arn, Tags={"stage": "dev"})
    scaling.untag_resource(ResourceARN=arn, TagKeys=["team"])
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"stage": "dev"}
    scaling.deregister_scalable_target(**target)
    assert "No scalable target has the ARN" in refusal(
        scaling.list_tags_for_resource, ResourceARN=arn
    )


def test_a_policy_belongs_to_a_registered_target_and_goes_with_it(
    scaling: Any, target: dict[str, str]
) -> None:
    policy = {
        **target,
        "PolicyName": "load",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": TRACKING,
    }
    assert refusal(scaling.put_scaling_policy, **policy) == (
        "ObjectNotFoundException: No scalable target registered for service namespace: sagemaker, "
        f"resource ID: {target['ResourceId']}, scalable dimension: {DIMENSION}"
    )
    scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=2)
    scaling.put_scaling_policy(**policy)
    (found,) = scaling.describe_scaling_policies(**target)["ScalingPolicies"]
    assert found["TargetTrackingScalingPolicyConfiguration"] == TRACKING
    assert scaling.describe_scaling_activities(**target)["ScalingActivities"] == []
    scaling.deregister_scalable_target(**target)
    assert scaling.describe_scaling_policies(**target)["ScalingPolicies"] == []
    assert "No scaling policy found" in refusal(
        scaling.delete_scaling_policy, **target, PolicyName="load"
    )
    assert "No scalable target registered" in refusal(scaling.deregister_scalable_target, **target)


def test_deleting_an_endpoint_deregisters_its_variants(
    stage: Stage, scaling: Any, endpoint: str
) -> None:
    config = stage.sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointConfigName"]
    short = stage.endpoint(config, name="short")
    target = variant_of(short)
    scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=2)
    stage.sagemaker.delete_endpoint(EndpointName=short)
    assert targets(scaling, target) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"MinCapacity": 5, "MaxCapacity": 4}, "got MinCapacity 5 and MaxCapacity 4"),
        ({"MinCapacity": 1}, "MaxCapacity must be given to register a new scalable target"),
        ({"ResourceId": "endpoint/nobody/variant/One"}, 'Could not find endpoint "arn:'),
        ({"ResourceId": "endpoint"}, "must be endpoint/<endpoint name>/variant/<variant name>"),
        ({"ScalableDimension": "ecs:service:DesiredCount"}, "got ecs:service:DesiredCount in"),
    ],
)
def test_a_target_that_cannot_be_is_refused(
    scaling: Any, target: dict[str, str], changes: dict[str, Any], reason: str
) -> None:
    assert reason in refusal(scaling.register_scalable_target, **{**target, **changes})


def test_a_variant_that_the_endpoint_lacks_is_refused(scaling: Any, target: dict[str, str]) -> None:
    other = {**target, "ResourceId": target["ResourceId"].replace("/One", "/Two")}
    message = refusal(scaling.register_scalable_target, **other, MinCapacity=1, MaxCapacity=2)
    assert "has no production variant Two; it has ['One']" in message


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({}, "A policy of type TargetTrackingScaling needs TargetTrackingScalingPolicy"),
        (
            {"TargetTrackingScalingPolicyConfiguration": {"TargetValue": 1.0}},
            "needs exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification",
        ),
    ],
)
def test_a_policy_without_its_metric_is_refused(
    scaling: Any, target: dict[str, str], members: dict[str, Any], reason: str
) -> None:
    scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=2)
    policy = {"PolicyName": "load", "PolicyType": "TargetTrackingScaling"}
    assert reason in refusal(scaling.put_scaling_policy, **target, **policy, **members)


def template(stage: Stage, *, script: str) -> dict[str, Any]:
    """A model, its unnamed config, a named endpoint, and autoscaling as CDK writes it."""
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
        "InitialInstanceCount": 2,
        "InstanceType": "ml.m5.large",
        "InitialVariantWeight": 1,
    }
    container = {
        "Image": IMAGE,
        "ModelDataUrl": f"s3://{stage.name}/{script}",
        "Environment": ENVIRONMENT,
    }
    routing = {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}
    resources = {
        "Model": {
            "Type": "AWS::SageMaker::Model",
            "Properties": {
                "PrimaryContainer": container,
                "ExecutionRoleArn": "arn:aws:iam::123456789012:role/serving",
            },
        },
        "Config": {
            "Type": "AWS::SageMaker::EndpointConfig",
            "Properties": {"ProductionVariants": [variant]},
        },
        "Endpoint": {
            "Type": "AWS::SageMaker::Endpoint",
            "Properties": {
                "EndpointName": stage.name,
                "EndpointConfigName": {"Fn::GetAtt": ["Config", "EndpointConfigName"]},
                "RetainAllVariantProperties": True,
                "DeploymentConfig": {
                    "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}
                },
            },
        },
        "Target": {
            "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
            "DependsOn": "Endpoint",
            "Properties": {
                "MinCapacity": 2,
                "MaxCapacity": 4,
                "ResourceId": f"endpoint/{stage.name}/variant/AllTraffic",
                "ScalableDimension": DIMENSION,
                "ServiceNamespace": "sagemaker",
                "Tags": [{"Key": "team", "Value": "flights"}],
            },
        },
        "Policy": {
            "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
            "Properties": {
                "PolicyName": "load",
                "PolicyType": "TargetTrackingScaling",
                "ScalingTargetId": {"Ref": "Target"},
                "TargetTrackingScalingPolicyConfiguration": TRACKING,
            },
        },
    }
    outputs = {
        "ConfigName": {"Value": {"Fn::GetAtt": ["Config", "EndpointConfigName"]}},
        "Policy": {"Value": {"Ref": "Policy"}},
    }
    return {"Resources": resources, "Outputs": outputs}


def test_a_stack_serves_updates_and_leaves_nothing_behind(
    stage: Stage, scaling: Any, client: Callable[[str], Any]
) -> None:
    for word in ("first", "second"):
        stage.s3.put_object(Bucket=stage.name, Key=word, Body=echo(word))
    broken = echo("x", script="raise RuntimeError('no such column')")
    stage.s3.put_object(Bucket=stage.name, Key="broken", Body=broken)
    stack = Stack(client("cloudformation"), stage.name)

    assert stack.create(template(stage, script="first"))["StackStatus"] == "CREATE_COMPLETE"
    assert stage.ask(stage.name) == "first:1,2:"
    first = stack.outputs()
    assert ":policyName/load" in first["Policy"]
    (found,) = targets(scaling, {"ResourceId": f"endpoint/{stage.name}/variant/AllTraffic"})
    tags = scaling.list_tags_for_resource(ResourceARN=found["ScalableTargetARN"])["Tags"]
    assert tags["team"] == "flights"

    assert stack.update(template(stage, script="second"))["StackStatus"] == "UPDATE_COMPLETE"
    assert stage.ask(stage.name) == "second:1,2:"
    second = stack.outputs()
    assert second["ConfigName"] != first["ConfigName"]

    failed = stack.update(template(stage, script="broken"))
    assert failed["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "did not pass the ping health check" in stack.reasons()
    assert stage.ask(stage.name) == "second:1,2:"
    described = stage.sagemaker.describe_endpoint(EndpointName=stage.name)
    assert described["EndpointConfigName"] == second["ConfigName"]

    stack.delete()
    left = stage.sagemaker.list_endpoints(NameContains=stage.name)["Endpoints"]
    assert stage.name not in [found["EndpointName"] for found in left]
    assert targets(scaling, {"ResourceId": f"endpoint/{stage.name}/variant/AllTraffic"}) == []
