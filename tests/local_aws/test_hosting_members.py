"""Every member that hosting and autoscaling claim to support is read by its handler."""

import tomllib
from pathlib import Path
from typing import Any, cast

import pytest

from local_aws import autoscaling, hosting
from local_aws.autoscaling import scalable_targets, scaling_policies, tagging
from local_aws.core import background, operations
from local_aws.core.request import was_read
from local_aws.hosting import endpoints, invocation, models, objects
from local_aws.hosting.capture import DataCapture
from local_aws.hosting.container import Container, Reply
from local_aws.hosting.endpoint import ENDPOINTS
from local_aws.hosting.endpoint_configs import find_endpoint_config
from local_aws.hosting.fleet import Fleet, Variant
from local_aws.hosting.log_stream import LogStream
from local_aws.ministack.scope import scope
from tests.local_aws.model_archives import ENVIRONMENT, IMAGE

HANDLERS = (endpoints, invocation, models, scalable_targets, scaling_policies, tagging)
SAGEMAKER, SCALING = "sagemaker", "application-autoscaling"
PACKAGE = {"ModelPackageName": "arn:aws:sagemaker:us-east-1:123456789012:model-package/group/1"}
CONTAINER = {"Image": IMAGE, "ModelDataUrl": "s3://b/m.tar.gz", "Environment": ENVIRONMENT}
VARIANT = {
    "VariantName": "One",
    "ModelName": "model",
    "InitialInstanceCount": 1,
    "InstanceType": "ml.m5.large",
    "InitialVariantWeight": 1.0,
    "ContainerStartupHealthCheckTimeoutInSeconds": 60,
}
CAPTURE = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://b/capture",
    "KmsKeyId": "alias/capture",
    "CaptureOptions": [{"CaptureMode": "Input"}],
    "CaptureContentTypeHeader": {
        "CsvContentTypes": ["text/csv"],
        "JsonContentTypes": ["application/json"],
    },
}
CONFIG = {"EndpointConfigName": "config"}
DEPLOYED = {
    **CONFIG,
    "EndpointName": "endpoint",
    "DeploymentConfig": {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0},
            "TerminationWaitInSeconds": 0,
            "MaximumExecutionTimeoutInSeconds": 600,
        }
    },
}
RETAINING = {
    "RetainAllVariantProperties": True,
    "ExcludeRetainedVariantProperties": [{"VariantPropertyType": "DesiredWeight"}],
}
SHARES = {"VariantName": "One", "DesiredWeight": 1.0, "DesiredInstanceCount": 2}
SELECTION = {
    "CreationTimeAfter": 0,
    "CreationTimeBefore": 9e9,
    "NameContains": "o",
    "SortBy": "Name",
    "SortOrder": "Ascending",
    "MaxResults": 5,
}
TIMES = {"LastModifiedTimeAfter": 0, "LastModifiedTimeBefore": 9e9}
QUESTION = {
    "EndpointName": "endpoint",
    "Body": b"1,2",
    "ContentType": "text/csv",
    "Accept": "text/csv",
    "CustomAttributes": "trace=1",
    "InferenceId": "flight-1",
    "TargetVariant": "One",
}
TARGET = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/endpoint/variant/One",
    "ScalableDimension": scalable_targets.DIMENSION,
}
BOUNDS = {
    "MinCapacity": 1,
    "MaxCapacity": 2,
    "RoleARN": "role",
    "SuspendedState": {"DynamicScalingInSuspended": True},
    "Tags": {"team": "flights"},
}
LOAD = {
    "TargetValue": 70.0,
    "PredefinedMetricSpecification": {
        "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
    },
}
TRACKING = {
    "PolicyType": "TargetTrackingScaling",
    "TargetTrackingScalingPolicyConfiguration": LOAD,
}
STEPS = {
    "PolicyType": "StepScaling",
    "StepScalingPolicyConfiguration": {"AdjustmentType": "ChangeInCapacity"},
}
POLICY = {**TARGET, "PolicyName": "load"}

# In the order of a life: what one call makes, a later one needs.
MADE: list[tuple[str, str, dict[str, Any]]] = [
    (SAGEMAKER, "CreateModel", {"ModelName": "model", "PrimaryContainer": CONTAINER}),
    (SAGEMAKER, "CreateModel", {"ModelName": "listed", "Containers": [CONTAINER]}),
    (SAGEMAKER, "CreateModel", {"ModelName": "packed", "PrimaryContainer": PACKAGE}),
    (SAGEMAKER, "CreateModel", {"ModelName": "packed-too", "Containers": [PACKAGE]}),
    (SAGEMAKER, "DescribeModel", {"ModelName": "model"}),
    (SAGEMAKER, "ListModels", SELECTION),
    (
        SAGEMAKER,
        "CreateEndpointConfig",
        {**CONFIG, "ProductionVariants": [VARIANT], "DataCaptureConfig": CAPTURE},
    ),
    (SAGEMAKER, "DescribeEndpointConfig", CONFIG),
    (SAGEMAKER, "ListEndpointConfigs", SELECTION),
    (SAGEMAKER, "CreateEndpoint", DEPLOYED),
]
USED: list[tuple[str, str, dict[str, Any]]] = [
    (SAGEMAKER, "DescribeEndpoint", {"EndpointName": "endpoint"}),
    (SAGEMAKER, "ListEndpoints", {**SELECTION, **TIMES, "StatusEquals": "InService"}),
    ("sagemaker-runtime", "InvokeEndpoint", QUESTION),
    (SCALING, "RegisterScalableTarget", {**TARGET, **BOUNDS}),
    (
        SCALING,
        "DescribeScalableTargets",
        {
            "ServiceNamespace": "sagemaker",
            "ResourceIds": [TARGET["ResourceId"]],
            "ScalableDimension": TARGET["ScalableDimension"],
            "MaxResults": 5,
        },
    ),
    (SCALING, "PutScalingPolicy", {**POLICY, **TRACKING}),
    (SCALING, "PutScalingPolicy", {**POLICY, **STEPS}),
    (SCALING, "DescribeScalingPolicies", {**TARGET, "PolicyNames": ["load"], "MaxResults": 5}),
    (SCALING, "DescribeScalingActivities", {"ServiceNamespace": "sagemaker"}),
    (
        SAGEMAKER,
        "UpdateEndpointWeightsAndCapacities",
        {"EndpointName": "endpoint", "DesiredWeightsAndCapacities": [SHARES]},
    ),
]
ENDED: list[tuple[str, str, dict[str, Any]]] = [
    (SCALING, "DeleteScalingPolicy", POLICY),
    (SCALING, "DeregisterScalableTarget", TARGET),
    (SAGEMAKER, "UpdateEndpoint", {**DEPLOYED, **RETAINING}),
    (SAGEMAKER, "DeleteEndpoint", {"EndpointName": "endpoint"}),
    (SAGEMAKER, "DeleteEndpointConfig", CONFIG),
    (SAGEMAKER, "DeleteModel", {"ModelName": "model"}),
]
Reads = dict[str, set[str]]


class Answering:
    """Stands for a container that answers, and for its log."""

    def invoke(self, body: bytes, headers: dict[str, str]) -> Reply:
        return Reply(status=200, headers={"content-type": "text/csv"}, body=body)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    """What the handlers read of the inputs above, by operation; nothing is started or called."""
    package = {
        "ModelPackageArn": PACKAGE["ModelPackageName"],
        "ModelApprovalStatus": "Approved",
        "InferenceSpecification": {"Containers": [CONTAINER]},
    }
    monkeypatch.setattr(models, "dispatch", lambda *_: package)
    monkeypatch.setattr(objects, "exists", lambda _: True)
    monkeypatch.setattr(background, "run", lambda *_: None)
    monkeypatch.setattr(background, "after", lambda *_: None)
    with scope("999999999999", "eu-west-1"):
        _call(MADE)
        _bring_into_service()
        _call(USED)
        _call(_tagging())
        _bring_into_service()
        _call(ENDED)
    return {operation: set(paths) for operation, paths in operations.reads().items()}


def _tagging() -> list[tuple[str, str, dict[str, Any]]]:
    target = {"ResourceARN": scalable_targets.find_target(TARGET)["ScalableTargetARN"]}
    return [
        (SCALING, "TagResource", {**target, "Tags": {"team": "flights"}}),
        (SCALING, "ListTagsForResource", target),
        (SCALING, "UntagResource", {**target, "TagKeys": ["team"]}),
    ]


def _call(calls: list[tuple[str, str, dict[str, Any]]]) -> None:
    for service, action, params in calls:
        operations.dispatch(service, action, params)


def _bring_into_service() -> None:
    variant = Variant(
        name="One",
        image=IMAGE,
        weight=1.0,
        instance_count=1,
        container=cast(Container, Answering()),
        log=cast(LogStream, Answering()),
    )
    endpoint = ENDPOINTS.get("endpoint")
    assert endpoint
    endpoint.traffic.switch(Fleet(config_name="config", variants=[variant]))
    config = find_endpoint_config("config").capture
    assert config
    endpoint.capture = DataCapture(config=config, endpoint_name="endpoint", put=lambda *_: None)
    endpoint.change("InService")


def test_every_supported_member_is_read(reads: Reads) -> None:
    unread = []
    for package in (hosting, autoscaling):
        table = tomllib.loads((Path(package.__path__[0]) / "supported.toml").read_text())
        for service, actions in table.items():
            for action, paths in actions.items():
                seen = reads.get(f"{service}:{action}", set())
                unread += [f"{action}: {path}" for path in paths if not was_read(path, seen)]
    assert unread == []
