"""What Model Monitor is told of its jobs.

The four types have the same properties under four names, so one class writes them all. Names and
meanings are those of CreateDataQualityJobDefinition and its three siblings:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelQualityJobDefinition.html
"""

from typing import Final

from aws_cdk import CfnResource, Fn
from constructs import Construct

from mlops_constructs.monitoring.batch_transforms import BatchTransforms
from mlops_constructs.monitoring.job_kinds import JobKind, job_kind
from mlops_constructs.monitoring.monitored_endpoint import MonitoredEndpoint
from mlops_constructs.monitoring.settings import LabelledSettings, MonitorSettings

_INPUT: Final = "/opt/ml/processing/input/endpoint"
_OUTPUT: Final = "/opt/ml/processing/output"
_VOLUME_GB: Final = 30


class MonitoringJob(Construct):
    """A job definition without a name and without tags.

    Every property of the types, tags included, can only be set at creation, so any change replaces
    it, and CloudFormation makes the new one before it deletes the old: under one name the two would
    clash. Tags of an app or stage (`Tags.of(...)`) do not reach it, so that a new tag somewhere
    does not replace every job definition; a stack's own tags CloudFormation will put on it.

    Args:
        settings: Of the monitor.
        endpoint: What is monitored; its baseline is the version's own.
        transforms: What is monitored in its stead.
        instance_type: Of the job.
        image: URI of what analyses.
        config_uri: Clarify's configuration, for the kinds that take one.
        role_arn: What the job runs as.

    Attributes:
        job_definition_name: The name that it was given.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: MonitorSettings,
        endpoint: MonitoredEndpoint,
        transforms: BatchTransforms | None,
        instance_type: str,
        image: str,
        config_uri: str | None,
        role_arn: str,
    ) -> None:
        super().__init__(scope, construct_id)
        kind = job_kind(settings)
        name = kind.monitoring_type
        properties = {
            f"{name}AppSpecification": _application(kind, image, config_uri),
            f"{name}BaselineConfig": _baseline(kind, endpoint.baseline_uri),
            f"{name}JobInput": _input(kind, settings, endpoint, transforms),
            f"{name}JobOutputConfig": _output(settings, endpoint),
            "JobResources": {"ClusterConfig": _cluster(endpoint, instance_type)},
            "RoleArn": role_arn,
            "StoppingCondition": {"MaxRuntimeInSeconds": kind.max_runtime_seconds},
        }
        if endpoint.network is not None:
            properties["NetworkConfig"] = {"VpcConfig": endpoint.network.vpc_config}
        self.resource = CfnResource(
            self, "Resource", type=f"AWS::SageMaker::{name}JobDefinition", properties=properties
        )
        self.resource.cfn_options.condition = endpoint.condition
        # The types have no attribute for the name; the ARN ends in it.
        arn = self.resource.get_att("JobDefinitionArn").to_string()
        self.job_definition_name = Fn.select(1, Fn.split("/", arn))


def _application(kind: JobKind, image: str, config_uri: str | None) -> dict[str, object]:
    told: dict[str, object] = {
        "ImageUri": image,
        "Environment": {"publish_cloudwatch_metrics": "Enabled" if kind.publishes else "Disabled"},
    }
    asked = {"ProblemType": kind.problem_type, "ConfigUri": config_uri}
    return told | {member: value for member, value in asked.items() if value is not None}


def _baseline(kind: JobKind, uri: str) -> dict[str, object]:
    files = {"ConstraintsResource": kind.constraints, "StatisticsResource": kind.statistics}
    return {member: {"S3Uri": f"{uri}/{file}"} for member, file in files.items() if file}


def _input(
    kind: JobKind,
    settings: MonitorSettings,
    endpoint: MonitoredEndpoint,
    transforms: BatchTransforms | None,
) -> dict[str, object]:
    read = {
        "LocalPath": _INPUT,
        "S3DataDistributionType": "FullyReplicated",
        "S3InputMode": "File",
        **kind.attributes,
        **(kind.of_exchanges if transforms is None else {}),
    }
    labels: dict[str, object] = {}
    if isinstance(settings, LabelledSettings):
        read |= _offsets(settings)
        bucket = endpoint.ground_truth(settings)
        uri = bucket.s3_url_for_object(settings.ground_truth_prefix)
        labels["GroundTruthS3Input"] = {"S3Uri": uri}
    if transforms is None:
        return {"EndpointInput": {"EndpointName": endpoint.name, **read}, **labels}
    captured = transforms.source(endpoint.storage.capture.bucket_name)
    return {"BatchTransformInput": {**captured, **read}, **labels}


def _offsets(settings: LabelledSettings) -> dict[str, object]:
    """From how long to how long before its start a run looks, so that labels may come late.

    Both count from the scheduled time, as in AWS's example: a run at 13:00 of the 9th with -P8D
    and -P1D looks at what came from 13:00 of the 1st until 13:00 of the 8th.
    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-schedule.html
    """
    waits = settings.labels_within_hours
    return {
        "StartTimeOffset": f"-PT{waits + settings.every_hours}H",
        "EndTimeOffset": f"-PT{waits}H",
    }


def _output(settings: MonitorSettings, endpoint: MonitoredEndpoint) -> dict[str, object]:
    uri = endpoint.storage.artifacts.s3_url_for_object(endpoint.report_prefix(settings.kind))
    reports = {"LocalPath": _OUTPUT, "S3UploadMode": "EndOfJob", "S3Uri": uri}
    return {
        "KmsKeyId": endpoint.storage.key.key_arn,
        # Exactly one, says the API.
        "MonitoringOutputs": [{"S3Output": reports}],
    }


def _cluster(endpoint: MonitoredEndpoint, instance_type: str) -> dict[str, object]:
    return {
        "InstanceCount": 1,
        "InstanceType": instance_type,
        "VolumeKmsKeyId": endpoint.storage.key.key_arn,
        "VolumeSizeInGB": _VOLUME_GB,
    }
