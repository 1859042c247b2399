"""Every implemented operation called with every member that it supports.

Most inputs are made from botocore's shapes alone, as a handler reads all of an input before it
looks for what the input names. Where it has to look first, or where members exclude each other,
the inputs are written here.
"""

import copy
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from local_aws.core import api
from tests.local_aws.exercise_alarms import alarms
from tests.local_aws.exercise_monitoring import job_definitions, monitoring_schedules
from tests.local_aws.maximal import maximal
from tests.local_aws.model_archives import IMAGE, echo
from tests.local_aws.stage import Stage

Input = dict[str, Any]
PIPELINE = (
    '{"Version": "2020-12-01", "Parameters": [{"Name": "value", "Type": "String"}], "Steps": []}'
)
# Versions of model packages: one is updated, the other as it was created.
UPDATED, CREATED = 1, 2
VARIANTS = ("ProductionVariants", "ShadowProductionVariants")
NOT_BESIDE_ASYNC = ("DataCaptureConfig", "ShadowProductionVariants")
VARIANT = {
    "ServiceNamespace": "sagemaker",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}


class Exercise:
    """Calls operations on the local AWS; a refusal is an answer too."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self._client = client
        self._sagemaker = client("sagemaker")
        self._stage = Stage(client)
        self._name = f"honest-{uuid.uuid4().hex[:8]}"

    def run(self, operations: list[tuple[str, str]]) -> None:
        """Call all operations, those first that make what others name."""
        written = self._written()
        for (service, action), inputs in written.items():
            for given in inputs:
                self._call(service, action, given)
        for service, action in operations:
            if (service, action) not in written:
                for given in from_shape(service, action):
                    self._call(service, action, given)
        self._look_at_metrics()
        self._stage.close()

    def _look_at_metrics(self) -> None:
        """Points of metrics are kept until somebody asks for their statistics."""
        given = maximal("cloudwatch", "PutMetricData")
        now = datetime.now(UTC)
        self._client("cloudwatch").get_metric_statistics(
            Namespace=given["Namespace"],
            MetricName=given["MetricData"][0]["MetricName"],
            Dimensions=given["MetricData"][0]["Dimensions"],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(hours=1),
            Period=60,
            Statistics=["Minimum", "Maximum"],
        )

    def _call(self, service: str, action: str, given: Input) -> None:
        try:
            getattr(self._client(service), xform_name(action))(**given)
        except ClientError as refusal:
            assert "validation error" not in str(refusal), f"not a valid input: {refusal}"
            assert refusal.response["ResponseMetadata"]["HTTPStatusCode"] != 500, refusal

    def _written(self) -> dict[tuple[str, str], list[Input]]:
        return {
            **self._registry(),
            **self._hosting(),
            **self._autoscaling(),
            **self._jobs(),
            **self._pipelines(),
            **self._scheduling(),
            **self._monitoring(),
            **self._alarms(),
        }

    def _registry(self) -> dict[tuple[str, str], list[Input]]:
        group = self._sagemaker.create_model_package_group(ModelPackageGroupName=self._name)
        arn = group["ModelPackageGroupArn"]
        in_group = {"ModelPackageGroupName": self._name}
        package = self._sagemaker.create_model_package(**in_group)["ModelPackageArn"]
        create = sagemaker("CreateModelPackage", ModelPackageGroupName=self._name)
        return {
            ("sagemaker", "AddTags"): [sagemaker("AddTags", ResourceArn=arn)],
            ("sagemaker", "ListTags"): [sagemaker("ListTags", ResourceArn=arn)],
            ("sagemaker", "DeleteTags"): [sagemaker("DeleteTags", ResourceArn=arn)],
            ("sagemaker", "CreateModelPackage"): [
                without(create, "ModelPackageName", "Tags"),
                without(create, "ModelPackageGroupName"),
            ],
            ("sagemaker", "UpdateModelPackage"): [
                sagemaker("UpdateModelPackage", ModelPackageArn=package)
            ],
            ("sagemaker", "PutModelPackageGroupPolicy"): [{**in_group, "ResourcePolicy": "{}"}],
            ("sagemaker", "ListModelPackages"): [sagemaker("ListModelPackages", **in_group)],
        }

    def _hosting(self) -> dict[tuple[str, str], list[Input]]:
        model = self._stage.model(echo("honest"))
        config = self._stage.config(model)
        endpoint = self._stage.endpoint(config)
        create = sagemaker("CreateModel", ModelName=f"{self._name}-model")
        named = {"EndpointName": endpoint, "EndpointConfigName": config}
        variant = {"VariantName": "One", "DesiredWeight": 1.0, "DesiredInstanceCount": 1}
        configured = sagemaker("CreateEndpointConfig", EndpointConfigName=f"{self._name}-config")
        for member in VARIANTS:
            configured[member][0].update(ModelName=model, VariantName=member)
        warm = {
            "VariantName": "One",
            "ServerlessUpdateConfig": {"MaxConcurrency": 2, "ProvisionedConcurrency": 1},
        }
        update = sagemaker("UpdateEndpoint", **named)
        invoke = maximal("sagemaker-runtime", "InvokeEndpoint")
        packages = f"arn:aws:sagemaker:us-east-1:123456789012:model-package/{self._name}"
        return {
            ("sagemaker", "CreateModel"): [
                *container_by_container(without(create, "Containers"), "PrimaryContainer"),
                *container_by_container(without(create, "PrimaryContainer"), "Containers"),
                *(
                    {**create_of(f"{packages}/{version}"), "ModelName": f"{self._name}-{version}"}
                    for version in (UPDATED, CREATED)
                ),
            ],
            ("sagemaker", "CreateEndpointConfig"): [
                configured,
                without_serverless(configured, "ProductionVariants"),
                without_serverless(without(configured, "AsyncInferenceConfig"), *VARIANTS),
                without(without_serverless(configured, *VARIANTS), *NOT_BESIDE_ASYNC),
            ],
            ("sagemaker", "CreateEndpoint"): by_policy(sagemaker("CreateEndpoint", **named)),
            ("sagemaker-runtime", "InvokeEndpoint"): [
                {**given, "EndpointName": endpoint, "TargetVariant": "One"}
                for given in (invoke, without(invoke, "TargetModel"))
            ],
            ("sagemaker-runtime", "InvokeEndpointAsync"): [
                without(maximal("sagemaker-runtime", "InvokeEndpointAsync"), member)
                for member in ("Body", "InputLocation")
            ],
            ("sagemaker", "UpdateEndpointWeightsAndCapacities"): [
                {"EndpointName": endpoint, "DesiredWeightsAndCapacities": [each]}
                for each in (variant, warm)
            ],
            ("sagemaker", "UpdateEndpoint"): [
                *by_policy(without(update, "RetainDeploymentConfig")),
                without(update, "DeploymentConfig"),
            ],
        }

    def _autoscaling(self) -> dict[tuple[str, str], list[Input]]:
        service = "application-autoscaling"
        endpoint = f"{self._stage.name}-endpoint"
        target = {**VARIANT, "ResourceId": f"endpoint/{endpoint}/variant/One"}
        policy = {**maximal(service, "PutScalingPolicy"), **target}
        step, tracking = (
            "StepScalingPolicyConfiguration",
            "TargetTrackingScalingPolicyConfiguration",
        )
        policy[tracking]["CustomizedMetricSpecification"]["Unit"] = "Count"
        register = {**maximal(service, "RegisterScalableTarget"), **target}
        made = self._client(service).register_scalable_target(**register)
        return {
            (service, "RegisterScalableTarget"): [register],
            (service, "UntagResource"): [
                {"ResourceARN": made["ScalableTargetARN"], "TagKeys": ["value"]}
            ],
            (service, "PutScalingPolicy"): [
                {**without(policy, tracking), "PolicyType": "StepScaling"},
                *(
                    {
                        **without(policy, step),
                        tracking: without(policy[tracking], metric),
                        "PolicyType": "TargetTrackingScaling",
                    }
                    for metric in ("PredefinedMetricSpecification", "CustomizedMetricSpecification")
                ),
            ],
            (service, "DescribeScalableTargets"): list(
                from_shape(service, "DescribeScalableTargets", **VARIANT)
            ),
        }

    def _jobs(self) -> dict[tuple[str, str], list[Input]]:
        training = sagemaker("CreateTrainingJob", TrainingJobName=f"{self._name}-train")
        training["AlgorithmSpecification"]["TrainingImage"] = IMAGE
        training["AlgorithmSpecification"]["TrainingInputMode"] = "File"
        training["HyperParameters"] = {"sagemaker_program": "train.py"}
        channel = training["InputDataConfig"][0]
        channel.update(InputMode="File", CompressionType="None", RecordWrapperType="None")
        channel["DataSource"]["S3DataSource"].update(S3DataType="S3Prefix", S3Uri=self._data())
        processing = sagemaker("CreateProcessingJob", ProcessingJobName=f"{self._name}-process")
        processing["AppSpecification"]["ImageUri"] = IMAGE
        for part in (
            processing["ProcessingInputs"][0],
            *processing["ProcessingOutputConfig"]["Outputs"],
        ):
            part["AppManaged"] = False
        (source,) = (each["S3Input"] for each in processing["ProcessingInputs"])
        (target,) = (each["S3Output"] for each in processing["ProcessingOutputConfig"]["Outputs"])
        source.update(
            LocalPath="/opt/ml/processing/in",
            S3DataType="S3Prefix",
            S3InputMode="File",
            S3CompressionType="None",
        )
        target.update(LocalPath="/opt/ml/processing/out", S3UploadMode="EndOfJob")
        return {
            ("sagemaker", "CreateTransformJob"): [self._transform()],
            ("sagemaker", "CreateTrainingJob"): [training],
            ("sagemaker", "CreateProcessingJob"): [processing],
        }

    def _transform(self) -> Input:
        transform = sagemaker("CreateTransformJob", TransformJobName=f"{self._name}-transform")
        transform["ModelName"] = f"{self._stage.name}-model"
        source, target = transform["TransformInput"], transform["TransformOutput"]
        source["DataSource"]["S3DataSource"].update(S3DataType="S3Prefix", S3Uri=self._data())
        source.update(SplitType="Line", CompressionType="None")
        target.update(S3OutputPath=f"s3://{self._stage.name}/answers", Accept="text/csv")
        transform["DataProcessing"] = {
            "InputFilter": "$", "OutputFilter": "$", "JoinSource": "None"
        }  # fmt: skip
        return transform

    def _pipelines(self) -> dict[tuple[str, str], list[Input]]:
        named = {"PipelineName": self._name, "PipelineDefinition": PIPELINE}
        create = sagemaker("CreatePipeline", **named)
        update = sagemaker("UpdatePipeline", **named)
        started = self._executed()
        return {
            ("sagemaker", "CreatePipeline"): either_definition(create),
            ("sagemaker", "UpdatePipeline"): either_definition(update),
            ("sagemaker", "DescribePipeline"): [
                {"PipelineName": self._name, "PipelineVersionId": 1}
            ],
            ("sagemaker", "StartPipelineExecution"): [
                sagemaker("StartPipelineExecution", PipelineName=self._name, PipelineVersionId=1)
            ],
            ("sagemaker", "ListPipelineExecutions"): [
                *from_shape("sagemaker", "ListPipelineExecutions", PipelineName=self._name)
            ],
            **{
                ("sagemaker", action): list(
                    from_shape("sagemaker", action, PipelineExecutionArn=started)
                )
                for action in ("ListPipelineExecutionSteps", "ListPipelineParametersForExecution")
            },
        }

    def _scheduling(self) -> dict[tuple[str, str], list[Input]]:
        service, account = "scheduler", "us-east-1:123456789012"
        made = self._client(service).create_schedule_group(Name=f"{self._name}-group")
        when = {
            "GroupName": f"{self._name}-group",
            "ScheduleExpression": "at(1970-01-02T00:00:00)",
            "ScheduleExpressionTimezone": "UTC",
            "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 1},
            "StartDate": 4e9,
            "EndDate": 5e9,
        }
        targets = {
            "EventBridgeParameters": f"arn:aws:events:{account}:event-bus/default",
            "SageMakerPipelineParameters": f"arn:aws:sagemaker:{account}:pipeline/value",
            "SqsParameters": f"arn:aws:sqs:{account}:value.fifo",
        }
        create = {**maximal(service, "CreateSchedule"), **when}
        created, updated = (
            [
                {
                    **create,
                    "Name": f"{self._name}-{name}-{suffix}",
                    "Target": {
                        **_only(create["Target"], name, targets),
                        "Arn": arn,
                        "Input": "{}",
                    },
                }
                for name, arn in targets.items()
            ]
            for suffix in ("created", "updated")
        )
        resource = {"ResourceArn": made["ScheduleGroupArn"]}
        return {
            (service, "CreateSchedule"): [
                *created,
                *({**each, "ScheduleExpression": "at(2199-01-01T00:00:00)"} for each in updated),
            ],
            (service, "UpdateSchedule"): updated,
            **{
                (service, action): [{**maximal(service, action), **resource}]
                for action in ("TagResource", "ListTagsForResource", "UntagResource")
            },
            (service, "ListSchedules"): list(
                from_shape(service, "ListSchedules", GroupName=f"{self._name}-group")
            ),
        }

    def _monitoring(self) -> dict[tuple[str, str], list[Input]]:
        endpoint = f"{self._stage.name}-endpoint"
        schedule = sagemaker("CreateMonitoringSchedule", MonitoringScheduleName=self._name)
        inputs = monitoring_schedules(schedule, endpoint=endpoint, definition=self._name)
        return {
            **job_definitions(self._name, endpoint),
            ("sagemaker", "CreateMonitoringSchedule"): inputs,
            ("sagemaker", "UpdateMonitoringSchedule"): [without(x, "Tags") for x in inputs],
        }

    def _alarms(self) -> dict[tuple[str, str], list[Input]]:
        whole = maximal("cloudwatch", "PutMetricData")
        (datum,) = whole["MetricData"]
        datum.update(Timestamp=datetime.now(UTC), StorageResolution=1)
        single = [
            without(datum, "Values", "Counts", "StatisticValues"),
            without(datum, "Value", "StatisticValues"),
            without(datum, "Value", "Values", "Counts"),
        ]
        topic = self._client("sns").create_topic(Name=self._name)["TopicArn"]
        return {
            **alarms(self._name, topic),
            ("cloudwatch", "PutMetricData"): [{**whole, "MetricData": [each]} for each in single],
        }

    def _data(self) -> str:
        """A prefix with an object, as a training job looks for its data at once."""
        self._client("s3").put_object(Bucket=self._stage.name, Key="data/one.csv", Body=b"1")
        return f"s3://{self._stage.name}/data"

    def _executed(self) -> str:
        name = f"{self._name}-executed"
        role = "arn:aws:iam::123456789012:role/pipeline"
        self._sagemaker.create_pipeline(
            PipelineName=name, PipelineDefinition=PIPELINE, RoleArn=role
        )
        parameters = [{"Name": "value", "Value": "value"}]
        started = self._sagemaker.start_pipeline_execution(
            PipelineName=name, PipelineParameters=parameters
        )
        return str(started["PipelineExecutionArn"])


def sagemaker(action: str, **members: Any) -> Input:
    return {**maximal("sagemaker", action), **members}


def without(given: Input, *members: str) -> Input:
    return {name: copy.deepcopy(value) for name, value in given.items() if name not in members}


def without_serverless(given: Input, *variants: str) -> Input:
    """The config whose variants of these members run on instances."""
    return {
        name: [without(each, "ServerlessConfig") for each in value] if name in variants else value
        for name, value in given.items()
    }


def by_policy(given: Input) -> list[Input]:
    """The input with one policy of its DeploymentConfig at a time."""
    policies = ("BlueGreenUpdatePolicy", "RollingUpdatePolicy")
    return [
        {**given, "DeploymentConfig": without(given["DeploymentConfig"], policy)}
        for policy in policies
    ]


def _only(given: Input, kept: str, among: Iterable[str]) -> Input:
    """The input with one of several members that exclude each other."""
    return without(given, *(name for name in among if name != kept))


def from_shape(service: str, action: str, **members: Any) -> Iterator[Input]:
    """The whole input; a list's made-up token goes alone, for it is refused."""
    given = {**maximal(service, action), **members}
    yield without(given, "NextToken")
    if "NextToken" in given:
        required = api.input_shape(service, action).required_members
        yield {name: given[name] for name in (*required, "NextToken")}


def container_by_container(given: Input, member: str) -> Iterator[Input]:
    """A container names its archive or a model package, not both."""
    whole = given[member][0] if isinstance(given[member], list) else given[member]
    for left_out in (("ModelPackageName",), ("Image", "ModelDataUrl")):
        container = without(whole, *left_out)
        yield {**given, member: [container] if isinstance(given[member], list) else container}


def create_of(package: str) -> Input:
    """A model that serves a package."""
    return {"PrimaryContainer": {"ModelPackageName": package}}


def either_definition(given: Input) -> list[Input]:
    """A pipeline's definition is in the input or in S3, not both."""
    return [
        without(given, "PipelineDefinitionS3Location"),
        without(given, "PipelineDefinition"),
    ]
