"""A stage that follows another: its own stacks, and what it may read of the other's."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from config.order import in_order
from config.organisation import ExistingBuckets, Organisation
from mlops_constructs.promotion.definition import INPUT
from tests.constructs_library.someones_app import of_type, the
from tests.stacks.own_stage import own_stage, templates_of
from tests.state_machines.policies import allows
from tests.state_machines.templates import flat

Templates = dict[str, dict[str, Any]]
OPERATIONS, SERVING = "Prod-Operations", "Prod-Serving-flight-delay"
FOUNDATION, MONITORING = "Prod-Foundation", "Prod-Monitoring-flight-delay"
KEY = "arn:aws:kms:us-east-1:123456789012:key/5f2"
BY_S3 = {
    "kms:ResourceAliases": ["alias/perennial-dev"],
    "kms:ViaService": "s3.us-east-1.amazonaws.com",
}
MADE_BY_DEV = "arn:aws:s3:::perennial-dev-artifacts-123456789012-us-east-1/dev-flight-delay/1/"


def role(template: dict[str, Any], begins: str) -> list[dict[str, Any]]:
    """The statements of the role whose logical id begins so, inline ones and others."""
    [name] = [
        name
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Role" and name.startswith(begins)
    ]
    inline = template["Resources"][name]["Properties"].get("Policies", [])
    attached = [
        policy["Properties"]
        for policy in of_type(template, "AWS::IAM::Policy")
        if {"Ref": name} in policy["Properties"]["Roles"]
    ]
    return [s for policy in [*inline, *attached] for s in policy["PolicyDocument"]["Statement"]]


@pytest.fixture(params=["the endpoint's role", "the monitor's role"])
def reader(request: pytest.FixtureRequest, prod: Templates) -> list[dict[str, Any]]:
    if request.param == "the endpoint's role":
        return role(prod[SERVING], "EndpointRole")
    return role(prod[MONITORING], "DataQualityEngineJobRole")


def test_it_is_two_stacks_for_a_model_and_two_for_all_and_trains_nothing(prod: Templates):
    others = {name for name in prod if "loan-approval" in name}
    assert prod.keys() - others == {FOUNDATION, OPERATIONS, SERVING, MONITORING}
    assert others == {"Prod-Serving-loan-approval", "Prod-Monitoring-loan-approval"}
    types = {resource["Type"] for t in prod.values() for resource in t["Resources"].values()}
    assert not types & {"AWS::SageMaker::Pipeline", "AWS::SageMaker::ModelPackageGroup"}
    machine = the(prod[OPERATIONS], "AWS::StepFunctions::StateMachine")["Properties"]
    assert machine["StateMachineName"] == "prod-promotion"


def test_it_keeps_labels_captures_and_reports_and_starts_no_training(prod: Templates):
    names = [
        flat(bucket["Properties"]["BucketName"])
        for bucket in of_type(prod[FOUNDATION], "AWS::S3::Bucket")
        if "BucketName" in bucket["Properties"]
    ]
    kept = ("data", "artifacts", "capture")
    assert names == [f"perennial-prod-{purpose}-*-*" for purpose in kept]
    announcing = [b for b in of_type(prod[FOUNDATION], "AWS::S3::Bucket")
                  if "EventBridgeConfiguration" in json.dumps(b)]  # fmt: skip
    assert announcing == []


def test_without_a_model_that_is_judged_by_labels_it_keeps_no_data():
    _, follower = in_order(own_stage(), own_stage(name="Prod", follows="Own"))
    foundation = templates_of(follower)[FOUNDATION]
    assert "DataBucketName" not in foundation["Outputs"]
    assert "-data-" not in json.dumps(foundation)


def test_it_has_a_key_a_topic_and_a_slot_of_its_own(prod: Templates):
    template = prod[FOUNDATION]
    assert the(template, "AWS::KMS::Key") and the(template, "AWS::SNS::Topic")
    assert the(template, "AWS::KMS::Alias")["Properties"]["AliasName"] == "alias/perennial-prod"
    slots = [json.loads(s["Properties"]["Create"]) for s in of_type(template, "Custom::ModelSlot")]
    assert {slot["parameters"]["Name"] for slot in slots} == {
        "/perennial/prod/flight-delay/slot",
        "/perennial/prod/loan-approval/slot",
    }


def told(template: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What the rule and the re-check tell the promotion."""
    [target] = the(template, "AWS::Events::Rule")["Properties"]["Targets"]
    yield json.loads(target["InputTransformer"]["InputTemplate"])
    yield json.loads(the(template, "AWS::Scheduler::Schedule")["Properties"]["Target"]["Input"])


def test_its_promotion_looks_at_dev_s_versions_and_asks_for_its_own_approval(prod: Templates):
    for given in told(prod[SERVING]):
        assert given.pop("reason")
        assert given.keys() == set(INPUT)
        assert given == {
            "model": "flight-delay",
            "stage": "prod",
            "group": "dev-flight-delay",
            "endpoint": "prod-flight-delay",
            "stack": SERVING,
            "slot": "/perennial/prod/flight-delay/slot",
            "monitoring": MONITORING,
            "monitors": ["data-quality"],
            "next": "",
            "approval": "Prod",
            "hosting": "endpoint",
        }


def test_both_stages_look_once_a_day_for_what_was_lost(templates: Templates, prod: Templates):
    for template in (templates["Dev-Serving-flight-delay"], prod[SERVING]):
        schedule = the(template, "AWS::Scheduler::Schedule")["Properties"]
        assert schedule["ScheduleExpression"] == "rate(1 day)"
        by_rule, by_schedule = told(template)
        assert {**by_rule, "reason": ""} == {**by_schedule, "reason": ""}


def test_its_rule_hears_of_verdicts_and_life_cycles_of_dev_s_group(prod: Templates):
    rule = the(prod[SERVING], "AWS::Events::Rule")["Properties"]
    assert rule["EventPattern"]["detail"] == {
        "ModelPackageGroupName": ["dev-flight-delay"],
        "ModelApprovalStatus": ["Approved", "Rejected"],
        "UpdatedModelPackageFields": ["ModelApprovalStatus", "ModelLifeCycle"],
    }
    assert flat(rule["Targets"][0]["Arn"]).endswith(":stateMachine:prod-promotion")


def test_a_drift_there_is_told_and_trains_nothing(prod: Templates):
    template = prod[MONITORING]
    rules = of_type(template, "AWS::Events::Rule")
    sources = {source for rule in rules for source in rule["Properties"]["EventPattern"]["source"]}
    assert "aws.cloudwatch" not in sources
    [drift] = [
        alarm["Properties"]
        for alarm in of_type(template, "AWS::CloudWatch::Alarm")
        if str(alarm["Properties"].get("AlarmName", "")).endswith("-drift")
    ]
    assert drift["AlarmActions"]
    assert "training runs" not in json.dumps(the(template, "AWS::CloudWatch::Dashboard"))


def test_its_monitors_run_on_model_monitor(prod: Templates):
    job = the(prod[MONITORING], "AWS::SageMaker::DataQualityJobDefinition")["Properties"]
    baseline = job["DataQualityBaselineConfig"]["ConstraintsResource"]["S3Uri"]
    assert {"Fn::Select": [1, {"Ref": "Slot"}]} in baseline["Fn::Join"][1]
    [output] = job["DataQualityJobOutputConfig"]["MonitoringOutputs"]
    assert flat(output["S3Output"]["S3Uri"]).startswith("s3://perennial-prod-artifacts-")


def test_two_instances_serve_at_least(prod: Templates):
    config = the(prod[SERVING], "AWS::SageMaker::EndpointConfig")["Properties"]
    assert config["ProductionVariants"][0]["InitialInstanceCount"] == 2
    target = the(prod[SERVING], "AWS::ApplicationAutoScaling::ScalableTarget")["Properties"]
    assert target["MinCapacity"] == 2


def test_what_dev_made_of_a_version_may_be_read_and_decrypted(reader: list[dict[str, Any]]):
    assert allows(reader, "s3:GetObject", f"{MADE_BY_DEV}model.tar.gz")
    assert allows(reader, "kms:Decrypt", KEY, context=BY_S3)


@pytest.mark.parametrize(
    "context",
    [
        {},
        {**BY_S3, "kms:ResourceAliases": ["alias/another"]},
        {**BY_S3, "kms:ResourceAliases": []},
        {**BY_S3, "kms:ViaService": "sagemaker.us-east-1.amazonaws.com"},
        {"kms:ResourceAliases": ["alias/perennial-dev"]},
    ],
)
def test_no_other_key_is_within_reach_nor_this_one_but_by_s3(
    reader: list[dict[str, Any]], context: dict[str, Any]
):
    assert not allows(reader, "kms:Decrypt", KEY, context=context)


def test_dev_s_files_can_only_be_read_and_only_this_model_s(reader: list[dict[str, Any]]):
    another = MADE_BY_DEV.replace("dev-flight-delay", "dev-churn")
    assert not allows(reader, "s3:GetObject", f"{another}model.tar.gz")
    for action in ("s3:PutObject", "s3:DeleteObject"):
        assert not allows(reader, action, f"{MADE_BY_DEV}model.tar.gz")
    assert not allows(reader, "kms:GenerateDataKey", KEY, context=BY_S3)


def test_a_key_that_dev_was_given_is_within_reach_by_its_arn_and_by_s3_alone():
    theirs = Organisation(key_arn=KEY, buckets=ExistingBuckets(artifacts="lake"))
    _, follower = in_order(own_stage(organisation=theirs), own_stage(name="Prod", follows="Own"))
    found = templates_of(follower)
    for stack, logical_id in ((SERVING, "EndpointRole"), (MONITORING, "DataQualityEngineJobRole")):
        reader = role(found[stack], logical_id)
        by_s3 = {"kms:ViaService": "s3.us-east-1.amazonaws.com"}
        assert allows(reader, "s3:GetObject", "arn:aws:s3:::lake/own-flight-delay/1/model.tar.gz")
        assert allows(reader, "kms:Decrypt", KEY, context=by_s3)
        assert not allows(reader, "kms:Decrypt", KEY)
        assert not allows(reader, "kms:Decrypt", KEY.replace("5f2", "a11"), context=by_s3)


def test_a_stage_that_trains_needs_no_other_key(templates: Templates):
    found = role(templates["Dev-Serving-flight-delay"], "EndpointRole")
    assert not [s for s in found if "kms:ResourceAliases" in json.dumps(s)]


def test_no_stage_refers_to_another_s_resources(templates: Templates, prod: Templates):
    for stage, found in (("Dev", templates), ("Prod", prod)):
        imports = [part for part in json.dumps(found).split('"Fn::ImportValue": "')[1:]]
        assert imports
        assert all(part.startswith(f"{stage}-Foundation:") for part in imports)


def test_dev_may_propose_for_prod_and_prod_for_nobody(templates: Templates, prod: Templates):
    version = "arn:aws:sagemaker:us-east-1:123456789012:model-package/dev-flight-delay/1"
    keys = ("sagemaker:ModelLifeCycle:stage", "sagemaker:ModelLifeCycle:stageStatus")
    proposal = dict(zip(keys, ("Prod", "PendingApproval"), strict=True))
    approval = dict(zip(keys, ("Prod", "Approved"), strict=True))
    of_dev = role(templates["Dev-Operations"], "PromotionRole")
    of_prod = role(prod[OPERATIONS], "PromotionRole")
    say = "sagemaker:UpdateModelPackage"
    assert allows(of_dev, say, version, context=proposal)
    assert not allows(of_dev, say, version, context=approval)
    assert not allows(of_prod, say, version, context=proposal)
    assert not allows(of_prod, say, version, context=approval)
    assert allows(of_prod, say, version)
