"""Executions of pipelines, by boto3."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.definitions import XGBOOST, condition, definition, fail, processing
from tests.local_aws.stacks import eventually
from tests.local_aws.workshop import Workshop

pytestmark = pytest.mark.local_aws
OUT = "/opt/ml/processing/output/out"
IN = "/opt/ml/processing/input"


@pytest.fixture(scope="module")
def workshop(client: Callable[[str], Any]) -> Workshop:
    return Workshop(client)


def writing(name: str, text: Any, uri: Any, **members: Any) -> dict[str, Any]:
    """A step that writes a text to report.json in its output."""
    script = f'printf "%s" "$0" > {OUT}/report.json'
    return processing(name, "sh", "-c", script, text, outputs={"out": uri}, **members)


def reported(step: str, path: str) -> dict[str, Any]:
    file = {"Get": f"Steps.{step}.PropertyFiles.Report"}
    return {"Std:JsonGet": {"PropertyFile": file, "Path": path}}


REPORT = [{"PropertyFileName": "Report", "OutputName": "out", "FilePath": "report.json"}]
MINIMUM = [{"Name": "Minimum", "Type": "Float", "DefaultValue": 0.5}]


def gated(workshop: Workshop, group: str) -> str:
    """Evaluate, then register what reaches the minimum."""
    model = {
        "ModelPackageGroupName": group,
        "InferenceSpecification": {
            "Containers": [{"Image": XGBOOST, "ModelDataUrl": workshop.uri("model.tar.gz")}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        "CustomerMetadataProperties": {"Run": {"Get": "Execution.PipelineExecutionId"}},
    }
    enough = {
        "Type": "GreaterThanOrEqualTo",
        "LeftValue": reported("Evaluate", "auc"),
        "RightValue": {"Get": "Parameters.Minimum"},
    }
    message = {
        "Std:Join": {"On": " ", "Values": ["AUC", reported("Evaluate", "auc"), "is too low"]}
    }
    place = {
        "Std:Join": {
            "On": "/",
            "Values": [workshop.uri("runs"), {"Get": "Execution.PipelineExecutionId"}],
        }
    }
    return definition(
        writing("Evaluate", '{"auc": 0.7}', place, PropertyFiles=REPORT),
        condition(
            "Gate",
            enough,
            then=[{"Name": "Register", "Type": "RegisterModel", "Arguments": model}],
            otherwise=[fail("TooLow", message)],
        ),
        parameters=MINIMUM,
    )


@pytest.fixture(scope="module")
def group(workshop: Workshop) -> str:
    workshop.sagemaker.create_model_package_group(ModelPackageGroupName=workshop.name)
    return workshop.name


def test_a_version_is_registered_when_the_condition_holds(workshop: Workshop, group: str) -> None:
    arn = workshop.start(gated(workshop, group))

    assert workshop.executed(arn)["PipelineExecutionStatus"] == "Succeeded"
    steps = workshop.steps(arn)
    assert {name: step["StepStatus"] for name, step in steps.items()} == dict.fromkeys(
        ("Evaluate", "Gate", "Register"), "Succeeded"
    )
    assert steps["Gate"]["Metadata"]["Condition"]["Outcome"] == "True"
    job_arn, run = steps["Evaluate"]["Metadata"]["ProcessingJob"]["Arn"], arn.rsplit("/", 1)[1]
    assert f":processing-job/pipelines-{run}-Evaluate-" in job_arn
    package = workshop.sagemaker.describe_model_package(
        ModelPackageName=steps["Register"]["Metadata"]["RegisterModel"]["Arn"]
    )
    assert package["MetadataProperties"] == {"GeneratedBy": arn}
    assert package["CustomerMetadataProperties"] == {"Run": run}


def test_the_other_branch_fails_the_execution_with_its_message(
    workshop: Workshop, group: str
) -> None:
    arn = workshop.start(gated(workshop, group), Minimum="0.9")

    ended = workshop.executed(arn)
    steps = workshop.steps(arn)

    assert ended["PipelineExecutionStatus"] == "Failed"
    assert ended["FailureReason"] == "Step failure: One or multiple steps failed."
    assert steps.keys() == {"Evaluate", "Gate", "TooLow"}
    assert steps["Gate"]["Metadata"]["Condition"]["Outcome"] == "False"
    assert steps["TooLow"]["Metadata"]["Fail"]["ErrorMessage"] == "AUC 0.7 is too low"
    assert steps["TooLow"]["FailureReason"] == "AUC 0.7 is too low"


def test_a_step_gets_what_an_earlier_one_made(workshop: Workshop) -> None:
    made = {"Get": "Steps.Make.ProcessingOutputConfig.Outputs['out'].S3Output.S3Uri"}
    copy = processing(
        "Copy", "sh", "-c", f"cp {IN}/made/report.json {OUT}/copy",
        inputs={"made": made}, outputs={"out": workshop.uri("copied")},
    )  # fmt: skip

    arn = workshop.start(definition(copy, writing("Make", "words", workshop.uri("made"))))

    assert workshop.executed(arn)["PipelineExecutionStatus"] == "Succeeded"
    assert workshop.get("copied/copy") == b"words"
    assert list(workshop.steps(arn)) == ["Make", "Copy"]


def test_no_step_starts_after_one_has_failed(workshop: Workshop) -> None:
    arn = workshop.start(
        definition(
            processing("Bad", "sh", "-c", "echo no rows > /opt/ml/output/message; exit 1"),
            processing("Next", "true", DependsOn=["Bad"]),
            processing("Other", "true"),
        ),
        parallel=1,
    )

    assert workshop.executed(arn)["PipelineExecutionStatus"] == "Failed"
    steps = workshop.steps(arn)
    assert list(steps) == ["Bad"]
    assert steps["Bad"]["FailureReason"].startswith("ClientError: AlgorithmError: no rows")


def test_a_step_whose_job_cannot_be_created_says_why(workshop: Workshop) -> None:
    arn = workshop.start(
        definition(
            processing("Bad", "true", arguments={"RoleArn": {"Get": "Execution.PipelineName"}})
        )
    )

    workshop.executed(arn)

    reason = workshop.steps(arn)["Bad"]["FailureReason"]
    assert reason.startswith(
        "ClientError: Failed to invoke sagemaker:CreateProcessingJob. Error Details:"
    )
    assert "'roleArn' failed to satisfy constraint" in reason


def test_a_property_file_that_was_not_written_fails_the_step_that_reads_it(
    workshop: Workshop,
) -> None:
    arn = workshop.start(
        definition(
            processing("Make", "true", outputs={"out": workshop.uri("void")}, PropertyFiles=REPORT),
            fail("Read", reported("Make", "auc")),
        )
    )

    workshop.executed(arn)

    assert workshop.steps(arn)["Read"]["FailureReason"] == (
        "ClientError: the property file Report of step Make is not at"
        f" {workshop.uri('void/report.json')}."
    )


def test_steps_that_do_not_wait_for_each_other_run_together(workshop: Workshop) -> None:
    meet = (
        "import boto3, sys; s3 = boto3.client('s3'); bucket, mine, other = sys.argv[1:];"
        "s3.put_object(Bucket=bucket, Key=mine); s3.get_waiter('object_exists')"
        ".wait(Bucket=bucket, Key=other, WaiterConfig={'Delay': 1})"
    )
    steps = [
        processing(name, "python3", "-c", meet, workshop.name, f"meet-{name}", f"meet-{other}")
        for name, other in (("One", "Two"), ("Two", "One"))
    ]

    arn = workshop.start(definition(*steps))

    assert workshop.executed(arn)["PipelineExecutionStatus"] == "Succeeded"


def test_a_stop_reaches_the_running_job_and_no_step_starts(workshop: Workshop) -> None:
    arn = workshop.start(
        definition(processing("Long", "sleep", "600"), processing("Other", "true")), parallel=1
    )
    job = eventually(lambda: workshop.steps(arn).get("Long", {}).get("Metadata"))
    name = job["ProcessingJob"]["Arn"].rsplit("/", 1)[1]

    workshop.sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn)

    assert workshop.executed(arn)["PipelineExecutionStatus"] == "Stopped"
    assert {n: s["StepStatus"] for n, s in workshop.steps(arn).items()} == {"Long": "Stopped"}
    assert workshop.processed(name)["ProcessingJobStatus"] == "Stopped"
    with pytest.raises(workshop.sagemaker.exceptions.ConflictException, match="status Stopped"):
        workshop.sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn)


def test_a_start_repeated_under_its_token_is_one_execution(workshop: Workshop) -> None:
    name, token = workshop.pipeline(definition(fail())), "t" * 32

    first, second = (
        workshop.sagemaker.start_pipeline_execution(PipelineName=name, ClientRequestToken=token)
        for _ in range(2)
    )

    assert first["PipelineExecutionArn"] == second["PipelineExecutionArn"]
    listed = workshop.sagemaker.list_pipeline_executions(PipelineName=name)
    assert len(listed["PipelineExecutionSummaries"]) == 1


def test_an_unknown_parameter_is_refused_before_anything_runs(workshop: Workshop) -> None:
    name = workshop.pipeline(definition(fail()))

    with pytest.raises(ClientError, match=r"ValidationException.*Unknown parameter 'Nope'\."):
        workshop.sagemaker.start_pipeline_execution(
            PipelineName=name, PipelineParameters=[{"Name": "Nope", "Value": "1"}]
        )

    assert not workshop.sagemaker.list_pipeline_executions(PipelineName=name)[
        "PipelineExecutionSummaries"
    ]


def test_an_execution_keeps_its_parameters_and_its_definition(workshop: Workshop) -> None:
    before = definition(fail(), parameters=MINIMUM)
    arn = workshop.start(before, Minimum="0.75")
    name = workshop.executed(arn)["PipelineArn"].rsplit("/", 1)[1]

    workshop.sagemaker.update_pipeline(PipelineName=name, PipelineDefinition=definition(fail("X")))

    kept = workshop.sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=arn)
    assert json.loads(kept["PipelineDefinition"]) == json.loads(before)
    given = workshop.sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)
    assert given["PipelineParameters"] == [{"Name": "Minimum", "Value": "0.75"}]


def test_executions_are_listed_newest_first_by_pages(workshop: Workshop) -> None:
    name = workshop.pipeline(definition(fail()))
    started = [
        workshop.sagemaker.start_pipeline_execution(PipelineName=name)["PipelineExecutionArn"]
        for _ in range(3)
    ]

    pages = workshop.sagemaker.get_paginator("list_pipeline_executions").paginate(
        PipelineName=name, PaginationConfig={"PageSize": 2}
    )
    listed = [
        item["PipelineExecutionArn"]
        for page in pages
        for item in page["PipelineExecutionSummaries"]
    ]

    assert listed == started[::-1]


def test_an_execution_that_does_not_exist_is_not_found(workshop: Workshop) -> None:
    arn = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/none/execution/none"

    with pytest.raises(workshop.sagemaker.exceptions.ResourceNotFound, match="does not exist"):
        workshop.sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)


def test_a_retry_is_refused_as_a_limit_of_the_local_aws(workshop: Workshop) -> None:
    arn = workshop.start(definition(fail()))

    with pytest.raises(ClientError, match="NotImplementedByLocalAws"):
        workshop.sagemaker.retry_pipeline_execution(PipelineExecutionArn=arn)
