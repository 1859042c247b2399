"""What Model Monitor is told of a data quality job."""

from typing import Final

from aws_cdk import Fn
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlops_constructs.monitoring.monitored_endpoint import MonitoredEndpoint
from mlops_constructs.monitoring.settings import DataQuality
from mlops_constructs.network import Network

ANALYZER: Final = "sagemaker-model-monitor-analyzer"
ANALYZER_IMAGE: Final = (
    f"${{ModelMonitorAccount}}.dkr.ecr.${{AWS::Region}}.${{AWS::URLSuffix}}/{ANALYZER}"
)
"""AWS's image, as the SageMaker SDK names it."""

MAX_RUNTIME_SECONDS: Final = 1800
"""Half of the shortest time between two runs, which must not overlap."""

_VOLUME_GB = 30


class DataQualityJob(Construct):
    """A data quality job definition without a name and without tags.

    Every property of the type, tags included, can only be set at creation, so any change replaces
    it, and CloudFormation makes the new one before it deletes the old: under one name the two would
    clash. Tags of an app or stage (`Tags.of(...)`) are kept off it, so that a new tag somewhere
    does not replace every job definition; a stack's own tags CloudFormation will put on it.

    Args:
        endpoint: What is monitored; its baseline is the version's own.
        instance_type: Of the job.
        image: URI of the analyzer.
        role_arn: What the job runs as.

    Attributes:
        job_definition_name: The name that it was given.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint: MonitoredEndpoint,
        instance_type: str,
        image: str,
        role_arn: str,
    ) -> None:
        super().__init__(scope, construct_id)
        key_arn = endpoint.storage.key.key_arn
        types = sagemaker.CfnDataQualityJobDefinition
        self.resource = types(
            self,
            "Resource",
            role_arn=role_arn,
            data_quality_app_specification=types.DataQualityAppSpecificationProperty(
                image_uri=image,
                # Its metrics have no aggregate to alarm on, and our own say the same.
                environment={"publish_cloudwatch_metrics": "Disabled"},
            ),
            data_quality_baseline_config=_baseline(endpoint.baseline_uri),
            data_quality_job_input=types.DataQualityJobInputProperty(
                endpoint_input=types.EndpointInputProperty(
                    endpoint_name=endpoint.name,
                    local_path="/opt/ml/processing/input/endpoint",
                    s3_data_distribution_type="FullyReplicated",
                    s3_input_mode="File",
                )
            ),
            data_quality_job_output_config=types.MonitoringOutputConfigProperty(
                kms_key_id=key_arn, monitoring_outputs=[_output(endpoint)]
            ),
            job_resources=types.MonitoringResourcesProperty(
                cluster_config=types.ClusterConfigProperty(
                    instance_count=1,
                    instance_type=instance_type,
                    volume_size_in_gb=_VOLUME_GB,
                    volume_kms_key_id=key_arn,
                )
            ),
            network_config=_network(endpoint.network),
            stopping_condition=types.StoppingConditionProperty(
                max_runtime_in_seconds=MAX_RUNTIME_SECONDS
            ),
        )
        self.resource.add_property_deletion_override("Tags")
        self.resource.cfn_options.condition = endpoint.condition
        # The type has no attribute for the name; the ARN ends in it.
        self.job_definition_name = Fn.select(
            1, Fn.split("/", self.resource.attr_job_definition_arn)
        )


def _baseline(uri: str) -> sagemaker.CfnDataQualityJobDefinition.DataQualityBaselineConfigProperty:
    types = sagemaker.CfnDataQualityJobDefinition
    return types.DataQualityBaselineConfigProperty(
        constraints_resource=types.ConstraintsResourceProperty(
            s3_uri=f"{uri}/constraints_of_one_run.json"
        ),
        statistics_resource=types.StatisticsResourceProperty(s3_uri=f"{uri}/statistics.json"),
    )


def _network(
    network: Network | None,
) -> sagemaker.CfnDataQualityJobDefinition.NetworkConfigProperty | None:
    if network is None:
        return None
    types = sagemaker.CfnDataQualityJobDefinition
    return types.NetworkConfigProperty(
        vpc_config=types.VpcConfigProperty(
            security_group_ids=list(network.security_groups), subnets=list(network.subnets)
        )
    )


def _output(
    endpoint: MonitoredEndpoint,
) -> sagemaker.CfnDataQualityJobDefinition.MonitoringOutputProperty:
    types = sagemaker.CfnDataQualityJobDefinition
    reports = endpoint.report_prefix(DataQuality.kind)
    return types.MonitoringOutputProperty(
        s3_output=types.S3OutputProperty(
            local_path="/opt/ml/processing/output",
            s3_uri=endpoint.storage.artifacts.s3_url_for_object(reports),
            s3_upload_mode="EndOfJob",
        )
    )
