"""What preflight reads out of the app's own templates, as `cdk synth` writes them."""

from pathlib import Path

import pytest

from operate.preflight.assembly import PlannedStack, read_assembly
from operate.preflight.demand import demands
from operate.preflight.images import _images
from operate.preflight.names import NAMED
from operate.preflight.template import World

HERE = World("123456789012", "us-east-1")


@pytest.fixture(scope="module")
def stacks(assemblies: dict[str, Path]) -> list[PlannedStack]:
    return read_assembly(assemblies["home"])


def test_every_stack_is_found_and_goes_where_the_credentials_point(stacks: list[PlannedStack]):
    names = {stack.name for stack in stacks}
    assert {"Dev-Foundation", "Dev-Operations", "Dev-Serving-flight-delay"} <= names
    dev = [stack for stack in stacks if stack.name.startswith("Dev-")]
    assert all(stack.goes_to(HERE) and stack.goes_to(World("1", "eu-west-1")) for stack in dev)
    assert all(stack.bootstrap_version >= 6 for stack in stacks)
    role = "arn:aws:iam::123456789012:role/cdk-hnb659fds-cfn-exec-role-123456789012-us-east-1"
    assert {HERE.fill(stack.execution_role) for stack in dev} == {role}


def test_what_the_stages_ask_for_is_counted(stacks: list[PlannedStack]):
    asked = demands(stacks, HERE)
    assert {usage for usage, _ in asked} == {"endpoint", "processing", "training"}
    assert all(0 < demand.first <= demand.most for demand in asked.values())


def test_every_image_of_every_pipeline_is_resolved_to_its_registry(stacks: list[PlannedStack]):
    found = {image for stack in stacks for image in _images(stack, HERE)}
    assert {repository for _, repository, _ in found} == {
        "sagemaker-scikit-learn",
        "sagemaker-xgboost",
    }
    assert {registry for registry, _, _ in found} == {"683313688378"}


def test_every_name_that_a_template_gives_is_known_before_the_deployment(
    stacks: list[PlannedStack],
):
    named = [
        (
            kind,
            properties[NAMED[kind].prop],
            stack.template.text(properties[NAMED[kind].prop], HERE),
        )
        for stack in stacks
        for kind, properties in stack.template.named(*NAMED)
        if NAMED[kind].prop in properties
    ]
    kinds = {kind for kind, _, text in named if text}
    assert {"AWS::S3::Bucket", "AWS::SageMaker::Endpoint", "AWS::Logs::LogGroup"} <= kinds
    # Only the log of CDK's own function is called by a name that CloudFormation makes up.
    unknown = [value for _, value, text in named if text is None]
    assert all("/aws/lambda/" in str(value) or "GetAtt" in str(value) for value in unknown)
