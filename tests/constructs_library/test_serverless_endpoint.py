"""An endpoint without instances, in an app that is not Perennial."""

import json
from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from botocore.session import get_session
from pydantic import ValidationError

from config.refusal import sentences
from mlops_constructs.problems import InvalidProps
from mlops_constructs.serving import EndpointMetric, Serverless, ServerlessEndpoint
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


def endpoint_in(stack: Stack, **changed: Any) -> ServerlessEndpoint:
    storage = own_storage(stack)
    given: dict[str, Any] = {
        "endpoint_name": "churn",
        "slot_name": "/mine/churn/slot",
        "hosting": Serverless(memory_mb=3072, max_concurrency=8, provisioned_concurrency=2),
        "storage": storage,
        "versions": VersionFiles(bucket=storage.artifacts, prefix="churn"),
        "image_repositories": ["arn:aws:ecr:us-east-1:683313688378:repository/sagemaker-xgboost"],
    }
    return ServerlessEndpoint(stack, "Endpoint", **(given | changed))


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    stack = new_stack()
    endpoint_in(stack)
    return synthesized(stack)


def test_it_serves_the_version_that_its_slot_names_and_nothing_without_one(
    template: dict[str, Any],
):
    [(slot, parameter)] = [p for p in template["Parameters"].items() if "Slot" in p[0]]
    assert parameter["Default"] == "/mine/churn/slot"
    first = {"Fn::Select": [0, {"Ref": slot}]}
    [(has_model, condition)] = template["Conditions"].items()
    assert condition == {"Fn::Not": [{"Fn::Equals": [first, "NONE"]}]}
    assert the(template, MODEL)["Properties"]["Containers"] == [{"ModelPackageName": first}]
    for kind in (MODEL, CONFIG, ENDPOINT):
        assert the(template, kind)["Condition"] == has_model


def test_its_variant_has_memory_and_concurrency_and_no_instances(template: dict[str, Any]):
    [variant] = the(template, CONFIG)["Properties"]["ProductionVariants"]
    assert variant["ServerlessConfig"] == {
        "MemorySizeInMB": 3072,
        "MaxConcurrency": 8,
        "ProvisionedConcurrency": 2,
    }
    assert variant["VariantName"] == "AllTraffic"
    assert not {"InstanceType", "InitialInstanceCount"} & variant.keys()


def test_nothing_is_kept_warm_unless_it_is_asked_for():
    stack = new_stack()
    endpoint_in(stack, hosting=Serverless())
    [variant] = the(synthesized(stack), CONFIG)["Properties"]["ProductionVariants"]
    assert variant["ServerlessConfig"] == {"MemorySizeInMB": 2048, "MaxConcurrency": 20}


def test_it_has_none_of_what_aws_refuses_without_instances(template: dict[str, Any]):
    assert "DataCaptureConfig" not in the(template, CONFIG)["Properties"]
    assert "VpcConfig" not in the(template, MODEL)["Properties"]
    assert the(template, ENDPOINT)["Properties"].keys() == {"EndpointName", "EndpointConfigName"}
    for kind in ("ApplicationAutoScaling::ScalableTarget", "CloudWatch::Alarm"):
        assert not of_type(template, f"AWS::{kind}")


def test_it_is_encrypted_with_the_key_of_its_storage(template: dict[str, Any]):
    [key] = [name for name, r in template["Resources"].items() if r["Type"] == "AWS::KMS::Key"]
    assert the(template, CONFIG)["Properties"]["KmsKeyId"] == {"Fn::GetAtt": [key, "Arn"]}


@pytest.mark.parametrize("kind", [MODEL, CONFIG])
def test_what_a_change_replaces_outlives_its_replacement_and_says_whose_it_was(
    template: dict[str, Any], kind: str
):
    resource = the(template, kind)
    assert (resource["UpdateReplacePolicy"], resource["DeletionPolicy"]) == ("Retain", "Delete")
    tags = resource["Properties"]["Tags"]
    assert tags == [{"Key": "perennial:endpoint", "Value": "churn"}]


def test_its_role_reads_versions_and_writes_to_no_bucket(template: dict[str, Any]):
    [inline] = the(template, "AWS::IAM::Role")["Properties"]["Policies"]
    granted = {a for s in inline["PolicyDocument"]["Statement"] for a in actions(s)}
    assert {"s3:GetObject", "kms:Decrypt", "ecr:BatchGetImage"} <= granted
    assert not {"s3:PutObject", "s3:ListBucket"} & granted


def test_whoever_is_granted_may_invoke_this_endpoint():
    stack = new_stack()
    caller = iam.Role(stack, "Caller", assumed_by=iam.AccountRootPrincipal())
    endpoint_in(stack).grant_invoke(caller)
    [statement] = statements(synthesized(stack))
    assert actions(statement) == ["sagemaker:InvokeEndpoint"]
    assert json.dumps(statement["Resource"]).count(":endpoint/churn") == 1


def test_its_metrics_are_those_of_the_variant():
    metric = endpoint_in(new_stack()).metric(EndpointMetric.INVOCATIONS)
    assert metric.dimensions == {"EndpointName": "churn", "VariantName": "AllTraffic"}


def test_a_name_that_sagemaker_would_refuse_is_refused_here():
    with pytest.raises(InvalidProps, match="the name of an endpoint must be 1 to 63 letters"):
        endpoint_in(new_stack(), endpoint_name="late_flights")


def test_more_kept_warm_than_there_is_is_refused():
    with pytest.raises(ValidationError) as refusal:
        Serverless(max_concurrency=2, provisioned_concurrency=3)
    assert sentences(refusal.value) == [
        "provisioned_concurrency must be at most max_concurrency (2), got 3"
    ]


def test_all_that_aws_has_got_can_be_asked_for():
    shape = (
        get_session().get_service_model("sagemaker").shape_for("ProductionVariantServerlessConfig")
    )
    memory, most, warm = (
        shape.members[name].metadata
        for name in ("MemorySizeInMB", "MaxConcurrency", "ProvisionedConcurrency")
    )
    for end in ("min", "max"):
        Serverless(
            memory_mb=memory[end], max_concurrency=most[end], provisioned_concurrency=warm[end]
        )


@pytest.mark.parametrize(
    ("setting", "got"),
    [("memory_mb", 1000), ("memory_mb", 512), ("memory_mb", 7168), ("max_concurrency", 201)],
)
def test_what_aws_has_not_got_is_refused(setting: str, got: int):
    with pytest.raises(ValidationError) as refusal:
        Serverless(**{setting: got})
    [said] = sentences(refusal.value)
    assert said.startswith(f"Serverless.{setting} ")
