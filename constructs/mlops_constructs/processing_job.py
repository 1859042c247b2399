"""A processing job of a pipeline that needs no SageMaker SDK: our scripts, unpacked and run.

Its arguments are those of CreateProcessingJob.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProcessingJob.html
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_constructs.arguments import options
from mlops_constructs.permissions import job_statements, jobs_of_pipelines, pass_role_statement
from mlops_constructs.wildcards import acknowledge_wildcards

SCIKIT_LEARN: Final = (
    "${SklearnAccount}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}"
    "/sagemaker-scikit-learn:1.9-0-cpu-py3"
)
"""The image of the training pipeline's own baseline step, as the SageMaker SDK names it."""

INPUT: Final = "/opt/ml/processing/input"
"""Each input lies in a folder of its name below it."""

_UNPACK_AND_RUN = f'cd {INPUT}/code && tar -xzf *.gz && exec python3 "$0" "$@"'
_VOLUME_GB = 30


def processing_job(
    *,
    image: str,
    scripts: Sequence[str],
    told: Mapping[str, Any],
    inputs: Mapping[str, str],
    output: tuple[str, Any, str],
    instance_type: str,
    max_runtime_seconds: int = 3600,
) -> dict[str, Any]:
    """The job, with the placeholders `${KmsKeyArn}` and `${JobRoleArn}`.

    Args:
        image: What it runs in.
        scripts: Of the archive of scripts, what is run, and what is handed to it.
        told: Its options, by name.
        inputs: URI by name; the archive of scripts is called `code`.
        output: Its name, its URI, and the folder that is sent there.
        instance_type: Of its one instance; without local storage, which takes no key.
        max_runtime_seconds: After so long it is stopped.
    """
    name, uri, folder = output
    return {
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceType": instance_type,
                "InstanceCount": 1,
                "VolumeSizeInGB": _VOLUME_GB,
                "VolumeKmsKeyId": "${KmsKeyArn}",
            }
        },
        "AppSpecification": {
            "ImageUri": image,
            "ContainerEntrypoint": ["sh", "-c", _UNPACK_AND_RUN, *scripts],
            "ContainerArguments": options(told),
        },
        "RoleArn": "${JobRoleArn}",
        "ProcessingInputs": [_input(*given) for given in inputs.items()],
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": name,
                    "S3Output": {
                        "S3Uri": uri,
                        "LocalPath": folder,
                        "S3UploadMode": "EndOfJob",
                    },
                }
            ],
            "KmsKeyId": "${KmsKeyArn}",
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": max_runtime_seconds},
    }


def conducting_role(scope: Construct, job_role: iam.IRole) -> iam.Role:
    """Of a pipeline with such jobs alone: it starts, watches and stops them."""
    role = iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
    jobs = jobs_of_pipelines(Stack.of(scope), "processing-job")
    for statement in (
        *job_statements({"ProcessingJob": jobs}),
        pass_role_statement(job_role.role_arn),
    ):
        role.add_to_policy(statement)
    acknowledge_wildcards(
        role, {jobs: "SageMaker names the jobs of pipelines, all beginning with pipelines-."}
    )
    return role


def _input(name: str, uri: str) -> dict[str, Any]:
    return {
        "InputName": name,
        "S3Input": {
            "S3Uri": uri,
            "LocalPath": f"{INPUT}/{name}",
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
            "S3DataDistributionType": "FullyReplicated",
            "S3CompressionType": "None",
        },
    }
