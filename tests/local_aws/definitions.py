"""Pipeline definitions for tests."""

import json
from collections.abc import Mapping
from typing import Any

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"
XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0"
ROLE = "arn:aws:iam::123456789012:role/jobs"


def definition(*steps: Mapping[str, Any], parameters: list[Mapping[str, Any]] | None = None) -> str:
    """The text of a definition with these steps."""
    body = {"Version": "2020-12-01", "Parameters": parameters or [], "Steps": steps}
    return json.dumps(body)


def fail(name: str = "Fail", message: Any = "no", **members: Any) -> dict[str, Any]:
    """A Fail step."""
    return {"Name": name, "Type": "Fail", "Arguments": {"ErrorMessage": message}, **members}


def condition(
    name: str = "Gate",
    *conditions: Mapping[str, Any],
    then: list[Mapping[str, Any]] | None = None,
    otherwise: list[Mapping[str, Any]] | None = None,
    **members: Any,
) -> dict[str, Any]:
    """A Condition step; 1 equals 1 if no condition is given."""
    chosen = conditions or ({"Type": "Equals", "LeftValue": 1, "RightValue": 1},)
    arguments = {"Conditions": chosen, "IfSteps": then or [], "ElseSteps": otherwise or []}
    return {"Name": name, "Type": "Condition", "Arguments": arguments, **members}


def processing(
    name: str,
    *entrypoint: Any,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any] | None = None,
    arguments: Mapping[str, Any] | None = None,
    **members: Any,
) -> dict[str, Any]:
    """A Processing step; inputs and outputs are S3 URIs by name."""
    return {
        "Name": name,
        "Type": "Processing",
        "Arguments": processing_job(
            *entrypoint, inputs=inputs, outputs=outputs, **(arguments or {})
        ),
        **members,
    }


def processing_job(
    *entrypoint: Any,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any] | None = None,
    **members: Any,
) -> dict[str, Any]:
    """The input of CreateProcessingJob, but for its name."""
    return {
        "AppSpecification": {"ImageUri": IMAGE, "ContainerEntrypoint": list(entrypoint)},
        "RoleArn": ROLE,
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceCount": 1,
                "InstanceType": "ml.m5.large",
                "VolumeSizeInGB": 30,
            }
        },
        "ProcessingInputs": [
            {
                "InputName": name,
                "S3Input": {
                    "S3Uri": uri,
                    "LocalPath": f"/opt/ml/processing/input/{name}",
                    "S3DataType": "S3Prefix",
                    "S3InputMode": "File",
                },
            }
            for name, uri in (inputs or {}).items()
        ],
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": name,
                    "S3Output": {
                        "S3Uri": uri,
                        "LocalPath": f"/opt/ml/processing/output/{name}",
                        "S3UploadMode": "EndOfJob",
                    },
                }
                for name, uri in (outputs or {}).items()
            ]
        },
        **members,
    }
