"""A small cloud assembly, as `cdk synth` would write it."""

import json
from pathlib import Path
from typing import Any

NAME = "dev-flight-delay"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0"
BOOTSTRAP = "/cdk-bootstrap/hnb659fds/version"
ROLE = "cdk-hnb659fds-cfn-exec-role-123456789012-us-east-1"
SLOT = "/perennial/dev/flight-delay/slot"


def write_assembly(folder: Path, *, environment: str = "", **changed: Any) -> Path:
    """An app with one stage of one stack, `Dev-All`.

    Args:
        folder: Where to.
        environment: `aws://<account>/<region>`; by default wherever the credentials point.
        changed: Resources that replace or join those of `resources`.
    """
    nested = folder / "assembly-Dev"
    nested.mkdir(parents=True, exist_ok=True)
    inner = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Dev"}}
    (folder / "manifest.json").write_text(json.dumps({"artifacts": {"assembly-Dev": inner}}))
    stack = {
        "type": "aws:cloudformation:stack",
        "environment": environment or "aws://unknown-account/unknown-region",
        "properties": {
            "templateFile": "all.template.json",
            "stackName": "Dev-All",
            "requiresBootstrapStackVersion": 6,
            "bootstrapStackVersionSsmParameter": BOOTSTRAP,
            "cloudFormationExecutionRoleArn": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/"
            "cdk-hnb659fds-cfn-exec-role-${AWS::AccountId}-${AWS::Region}",
        },
    }
    (nested / "manifest.json").write_text(json.dumps({"artifacts": {"All": stack}}))
    template = {"Mappings": MAPPINGS, "Resources": resources() | changed}
    (nested / "all.template.json").write_text(json.dumps(template))
    return folder


MAPPINGS = {"Images": {"us-east-1": {"XgboostAccount": "683313688378"}, "eu-west-1": {}}}


def resources() -> dict[str, Any]:
    """One of each kind that has a name, and a pipeline with jobs."""
    account_and_region = [{"Ref": "AWS::AccountId"}, "-", {"Ref": "AWS::Region"}]
    return {
        "Bucket": _one(
            "AWS::S3::Bucket",
            BucketName={"Fn::Join": ["", ["perennial-dev-data-", *account_and_region]]},
        ),
        "Slot": _one("Custom::ModelSlot", Create=json.dumps(_slot())),
        "Group": _one("AWS::SageMaker::ModelPackageGroup", ModelPackageGroupName=NAME),
        "Pipeline": _one(
            "AWS::SageMaker::Pipeline",
            PipelineName=NAME,
            PipelineDefinition={"PipelineDefinitionBody": {"Fn::Sub": [_definition(), _filled()]}},
        ),
        "Config": config("ml.m5.large"),
        "Endpoint": _one("AWS::SageMaker::Endpoint", EndpointName=NAME),
        "Target": _one(
            "AWS::ApplicationAutoScaling::ScalableTarget",
            ResourceId=f"endpoint/{NAME}/variant/AllTraffic",
            MinCapacity=2,
            MaxCapacity=4,
        ),
        "Alarm": _one("AWS::CloudWatch::Alarm", AlarmName=f"{NAME}-drift"),
        "Degraded": _one("AWS::CloudWatch::CompositeAlarm", AlarmName=f"{NAME}-degraded"),
        "Dashboard": _one("AWS::CloudWatch::Dashboard", DashboardName=NAME),
        "Log": _one("AWS::Logs::LogGroup", LogGroupName="/aws/vendedlogs/states/dev-promotion"),
        "Schedule": _one("AWS::Scheduler::Schedule", Name=f"{NAME}-daily"),
        "Machine": _one("AWS::StepFunctions::StateMachine", StateMachineName="dev-promotion"),
        "Unnamed": _one("AWS::SNS::Topic"),
    }


def config(instance_type: str) -> dict[str, Any]:
    """An endpoint config of two instances."""
    variant = {
        "VariantName": "AllTraffic",
        "InstanceType": instance_type,
        "InitialInstanceCount": 2,
        "ModelName": "m",
        "InitialVariantWeight": 1,
    }
    return _one("AWS::SageMaker::EndpointConfig", ProductionVariants=[variant])


def _one(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def _slot() -> dict[str, Any]:
    parameters = {"Name": SLOT, "Type": "StringList", "Value": "NONE,NONE"}
    return {"service": "SSM", "action": "putParameter", "parameters": parameters}


def _filled() -> dict[str, Any]:
    registry = {"Fn::FindInMap": ["Images", {"Ref": "AWS::Region"}, "XgboostAccount"]}
    return {"XgboostAccount": registry, "KmsKeyArn": {"Fn::ImportValue": "Dev:Key"}}


def _definition() -> str:
    image = "${XgboostAccount}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/sagemaker-xgboost:3.2-0"
    cluster = {"InstanceType": "ml.m5.xlarge", "InstanceCount": 2, "VolumeKmsKeyId": "${KmsKeyArn}"}
    processing = {
        "Name": "Preprocess",
        "Type": "Processing",
        "Arguments": {
            "ProcessingResources": {"ClusterConfig": cluster},
            "AppSpecification": {"ImageUri": image},
        },
    }
    training = {
        "Name": "Train",
        "Type": "Training",
        "Arguments": {
            "ResourceConfig": {
                "InstanceType": {"Get": "Parameters.TrainingInstanceType"},
                "InstanceCount": 1,
            }
        },
    }
    gate = {"Name": "Gate", "Type": "Condition", "Arguments": {"IfSteps": [training]}}
    parameter = {
        "Name": "TrainingInstanceType",
        "Type": "String",
        "DefaultValue": "ml.m5.xlarge",
    }
    body = {"Version": "2020-12-01", "Parameters": [parameter], "Steps": [processing, gate]}
    return json.dumps(body)
