"""A fraud score service as anybody might write it: plain L1s in one stack, no names given.

Context: `model` is the path of the model archive, `colour` a variable of its container.
"""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as assets
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_sqs as sqs
from constructs import Construct

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0"


def role(scope: Construct, name: str, service: str) -> iam.CfnRole:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        ],
    }
    return iam.CfnRole(scope, name, assume_role_policy_document=trust)


class FraudScore(cdk.Stack):
    """An endpoint, a pipeline that registers what scores well, and rules around both."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        self.archive = assets.Asset(self, "Archive", path=self.node.get_context("model"))
        self.role = role(self, "Role", "sagemaker.amazonaws.com")
        self.group = sagemaker.CfnModelPackageGroup(
            self, "Group", model_package_group_name="fraud-score"
        )
        endpoint = self.endpoint()
        pipeline = self.pipeline()
        queue = self.rules(pipeline)
        for output, value in {
            "EndpointName": endpoint.attr_endpoint_name,
            "EndpointArn": endpoint.ref,
            "PipelineName": pipeline.ref,
            "QueueUrl": queue.ref,
        }.items():
            cdk.CfnOutput(self, output, value=value)

    def endpoint(self) -> sagemaker.CfnEndpoint:
        environment = {
            "SAGEMAKER_PROGRAM": "inference.py",
            "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
            "COLOUR": self.node.get_context("colour"),
        }
        model = sagemaker.CfnModel(
            self,
            "Model",
            execution_role_arn=self.role.attr_arn,
            primary_container=sagemaker.CfnModel.ContainerDefinitionProperty(
                image=IMAGE, model_data_url=self.archive.s3_object_url, environment=environment
            ),
        )
        variant = sagemaker.CfnEndpointConfig.ProductionVariantProperty(
            variant_name="All",
            model_name=model.attr_model_name,
            initial_instance_count=1,
            initial_variant_weight=1,
            instance_type="ml.m5.large",
        )
        config = sagemaker.CfnEndpointConfig(self, "Config", production_variants=[variant])
        return sagemaker.CfnEndpoint(
            self, "Endpoint", endpoint_config_name=config.attr_endpoint_config_name
        )

    def pipeline(self) -> sagemaker.CfnPipeline:
        container = {"Image": IMAGE, "ModelDataUrl": self.archive.s3_object_url}
        register = {
            "ModelPackageGroupName": self.group.model_package_group_name,
            "InferenceSpecification": {
                "Containers": [container],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
        }
        good = {
            "Type": "GreaterThanOrEqualTo",
            "LeftValue": {"Get": "Parameters.Score"},
            "RightValue": 0.5,
        }
        branches = {
            "Conditions": [good],
            "IfSteps": [{"Name": "Register", "Type": "RegisterModel", "Arguments": register}],
            "ElseSteps": [
                {"Name": "Refuse", "Type": "Fail", "Arguments": {"ErrorMessage": "scores badly"}}
            ],
        }
        definition: dict[str, Any] = {
            "Version": "2020-12-01",
            "Parameters": [{"Name": "Score", "Type": "Float", "DefaultValue": 0.0}],
            "Steps": [{"Name": "Judge", "Type": "Condition", "Arguments": branches}],
        }
        made = sagemaker.CfnPipeline(
            self,
            "Pipeline",
            pipeline_name="fraud-score",
            role_arn=self.role.attr_arn,
            pipeline_definition={"PipelineDefinitionBody": self.to_json_string(definition)},
        )
        made.add_resource_dependency(self.group)
        return made

    def rules(self, pipeline: sagemaker.CfnPipeline) -> sqs.CfnQueue:
        arn = self.format_arn(service="sagemaker", resource="pipeline", resource_name=pipeline.ref)
        parameter = events.CfnRule.SageMakerPipelineParameterProperty(
            name="Score", value="$.detail.score"
        )
        events.CfnRule(
            self,
            "Scored",
            event_pattern={"source": ["fraud"]},
            targets=[
                events.CfnRule.TargetProperty(
                    id="Pipeline",
                    arn=arn,
                    role_arn=role(self, "EventsRole", "events.amazonaws.com").attr_arn,
                    sage_maker_pipeline_parameters=events.CfnRule.SageMakerPipelineParametersProperty(
                        pipeline_parameter_list=[parameter]
                    ),
                )
            ],
        )
        queue = sqs.CfnQueue(self, "Queue")
        ended = {
            "source": ["aws.sagemaker"],
            "detail-type": ["SageMaker Model Building Pipeline Execution Status Change"],
            "detail": {
                "pipelineArn": [arn],
                "currentPipelineExecutionStatus": ["Succeeded", "Failed"],
            },
        }
        events.CfnRule(
            self,
            "Ended",
            event_pattern=ended,
            targets=[events.CfnRule.TargetProperty(id="Queue", arn=queue.attr_arn)],
        )
        return queue


def synthesize(out: Path, context: dict[str, str]) -> None:
    """Write what `cdk synth` would."""
    app = cdk.App(outdir=str(out), context=context, builtin_cloud_formation_validation=False)
    FraudScore(app, "FraudScore")
    app.synth()
