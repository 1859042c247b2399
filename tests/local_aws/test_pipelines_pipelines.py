"""Pipelines: made, changed, listed, deleted, by boto3 and by CloudFormation."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.definitions import ROLE, definition, fail, processing
from tests.local_aws.stacks import Stack
from tests.local_aws.workshop import Workshop

pytestmark = pytest.mark.local_aws


@pytest.fixture(scope="module")
def workshop(client: Callable[[str], Any]) -> Workshop:
    return Workshop(client)


def test_a_pipeline_is_described_with_its_newest_definition_and_any_earlier_one(
    workshop: Workshop,
) -> None:
    one, two = definition(fail("One")), definition(fail("Two"))
    name = workshop.pipeline(one)

    updated = workshop.sagemaker.update_pipeline(PipelineName=name, PipelineDefinition=two)

    assert updated["PipelineVersionId"] == 2
    newest = workshop.sagemaker.describe_pipeline(PipelineName=name)
    first = workshop.sagemaker.describe_pipeline(PipelineName=name, PipelineVersionId=1)
    assert newest["PipelineDefinition"] == two
    assert first["PipelineDefinition"] == one
    assert newest["PipelineStatus"] == "Active"


def test_a_definition_can_be_kept_in_s3(workshop: Workshop) -> None:
    text = definition(fail())
    workshop.put("definition.json", text)
    name = f"{workshop.name}-stored"

    workshop.sagemaker.create_pipeline(
        PipelineName=name,
        PipelineDefinitionS3Location={"Bucket": workshop.name, "ObjectKey": "definition.json"},
        RoleArn=ROLE,
    )

    described = workshop.sagemaker.describe_pipeline(PipelineName=name)
    assert described["PipelineDefinition"] == text


def test_a_definition_that_could_not_run_makes_no_pipeline(workshop: Workshop) -> None:
    name = f"{workshop.name}-bad"

    with pytest.raises(ClientError, match=r"ValidationException.*Unable to parse pipeline"):
        workshop.sagemaker.create_pipeline(
            PipelineName=name, PipelineDefinition=definition(fail(DependsOn=["X"])), RoleArn=ROLE
        )

    with pytest.raises(workshop.sagemaker.exceptions.ResourceNotFound, match="does not exist"):
        workshop.sagemaker.describe_pipeline(PipelineName=name)


def test_a_second_pipeline_of_a_name_is_refused(workshop: Workshop) -> None:
    name = workshop.pipeline(definition(fail()))

    with pytest.raises(ClientError, match=r"ValidationException.*already exists"):
        workshop.sagemaker.create_pipeline(
            PipelineName=name, PipelineDefinition=definition(fail()), RoleArn=ROLE
        )


def test_pipelines_are_listed_by_the_start_of_their_name(workshop: Workshop) -> None:
    names = [workshop.pipeline(definition(fail())) for _ in range(2)]

    listed = workshop.sagemaker.list_pipelines(
        PipelineNamePrefix=names[0], SortBy="Name", SortOrder="Ascending"
    )

    assert [each["PipelineName"] for each in listed["PipelineSummaries"]] == [names[0]]


def test_a_pipeline_that_runs_is_not_deleted(workshop: Workshop) -> None:
    arn = workshop.start(definition(processing("Long", "sleep", "600")))
    name = arn.split("/")[1]

    with pytest.raises(workshop.sagemaker.exceptions.ConflictException, match="are running"):
        workshop.sagemaker.delete_pipeline(PipelineName=name)
    workshop.sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn)
    workshop.executed(arn)
    workshop.sagemaker.delete_pipeline(PipelineName=name)

    with pytest.raises(workshop.sagemaker.exceptions.ResourceNotFound):
        workshop.sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)


def test_a_template_makes_a_pipeline_and_changes_its_definition_in_place(
    workshop: Workshop, client: Callable[[str], Any]
) -> None:
    stack, name = Stack(client("cloudformation"), workshop.name), f"{workshop.name}-stack"

    def template(text: str) -> dict[str, Any]:
        properties = {
            "PipelineName": name,
            "RoleArn": ROLE,
            "PipelineDefinition": {"PipelineDefinitionBody": text},
        }
        return {
            "Resources": {"P": {"Type": "AWS::SageMaker::Pipeline", "Properties": properties}},
            "Outputs": {"Name": {"Value": {"Ref": "P"}}},
        }

    stack.create(template(definition(fail("One"))))
    made = workshop.sagemaker.describe_pipeline(PipelineName=name)
    stack.update(template(definition(fail("Two"))))
    changed = workshop.sagemaker.describe_pipeline(PipelineName=name)

    (output,) = stack.description()["Outputs"]
    assert output["OutputValue"] == name
    assert changed["CreationTime"] == made["CreationTime"]
    assert [step["Name"] for step in json.loads(changed["PipelineDefinition"])["Steps"]] == ["Two"]
