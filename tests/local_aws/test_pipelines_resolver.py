"""Values that a definition's function calls stand for."""

import json
from typing import Any

import pytest

from local_aws.pipelines.resolver import Resolver, Unresolved

TRAINED = {
    "ModelArtifacts": {"S3ModelArtifacts": "s3://b/model.tar.gz"},
    "ProcessingOutputConfig": {
        "Outputs": [
            {"OutputName": "train", "S3Output": {"S3Uri": "s3://b/train"}},
            {"OutputName": "a.b", "S3Output": {"S3Uri": "s3://b/dotted"}},
        ]
    },
}
REPORT = {"gate": {"auc": 0.71, "values": [1, {"x y": 2}]}}


def resolve(value: Any) -> Any:
    return Resolver(
        parameters={"Minimum": 0.65, "Reason": "drift", "Dry": True},
        variables={"PipelineExecutionId": "abc"},
        properties={"Train": TRAINED},
        read_property_file=lambda step, name: json.dumps(REPORT if step == "Evaluate" else {}),
    ).value(value)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Parameters.Minimum", 0.65),
        ("Execution.PipelineExecutionId", "abc"),
        ("Steps.Train.ModelArtifacts.S3ModelArtifacts", "s3://b/model.tar.gz"),
        ("Steps.Train.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri", "s3://b/train"),
        ('Steps.Train.ProcessingOutputConfig.Outputs["a.b"].S3Output.S3Uri', "s3://b/dotted"),
        ("Steps.Train.ProcessingOutputConfig.Outputs[0].S3Output.S3Uri", "s3://b/train"),
    ],
)
def test_get_reads_parameters_variables_and_properties(path: str, expected: Any) -> None:
    assert resolve({"Get": path}) == expected


def test_join_writes_values_as_json_does_but_texts_as_they_are() -> None:
    values = ["a", {"Get": "Parameters.Minimum"}, {"Get": "Parameters.Dry"}, 3]
    assert resolve({"Std:Join": {"On": "/", "Values": values}}) == "a/0.65/true/3"


@pytest.mark.parametrize("path", ["gate.auc", "$.gate.auc", "gate['auc']"])
def test_json_get_reads_a_property_file(path: str) -> None:
    file = {"Get": "Steps.Evaluate.PropertyFiles.Report"}
    assert resolve({"Std:JsonGet": {"PropertyFile": file, "Path": path}}) == 0.71


def test_json_get_reads_into_lists() -> None:
    file = {"Get": "Steps.Evaluate.PropertyFiles.Report"}
    assert resolve({"Std:JsonGet": {"PropertyFile": file, "Path": "gate.values[1]['x y']"}}) == 2


def test_calls_are_resolved_at_any_depth_and_nulls_are_dropped() -> None:
    value = {"List": [{"Inner": {"Get": "Parameters.Reason"}}], "Nothing": None}
    assert resolve(value) == {"List": [{"Inner": "drift"}]}


@pytest.mark.parametrize(
    "path",
    [
        "Steps.Train.ModelArtifacts.Nothing",
        "Steps.Train.ProcessingOutputConfig.Outputs['test'].S3Output",
        "Steps.Train.ProcessingOutputConfig.Outputs[9]",
        "Steps.Train.ModelArtifacts.S3ModelArtifacts.Further",
    ],
)
def test_a_path_that_leads_nowhere_is_named(path: str) -> None:
    with pytest.raises(Unresolved) as error:
        resolve({"Get": path})

    assert str(error.value) == f"there is nothing at {path!r}"
