"""Which version serves is no infrastructure: deploys, diffs and bare change sets leave it alone."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from rehearsal.world import REPOSITORY
from tests.loop.conftest import Played

pytestmark = pytest.mark.local_aws

SERVING = "Dev-Serving-flight-delay"
SLOT = "/perennial/dev/flight-delay/slot"
CHANGED_APP = """
from aws_cdk import App
from config.stages import DEV
from mlops_constructs.foundation import ModelSlot
from stacks.platform_stage import PlatformStage

HOSTING, DESCRIPTION = {{}}, None
{change}
hosting = DEV.hosting.model_copy(update=HOSTING)
app = App(analytics_reporting=False)
stage = PlatformStage(app, "Dev", config=DEV.model_copy(update={{"hosting": hosting}}))
if DESCRIPTION:
    foundation = stage.node.find_child("Foundation")
    foundation.template_options.description = DESCRIPTION
    for slot in (c for c in foundation.node.find_all() if isinstance(c, ModelSlot)):
        resource = slot.node.find_child("Resource").node.find_child("Resource").node.default_child
        resource.add_property_override("Told", DESCRIPTION)
app.synth()
"""


def slot(played: Played) -> str:
    return played.world.client("ssm").get_parameter(Name=SLOT)["Parameter"]["Value"]


def served_config(played: Played) -> str:
    sagemaker = played.world.client("sagemaker")
    return sagemaker.describe_endpoint(EndpointName=played.served.endpoint)["EndpointConfigName"]


def synthesized(played: Played, tmp_path: Path, change: str) -> str:
    """The assembly of the app with one change, made by the lines of `change`."""
    app, out = tmp_path / "app.py", tmp_path / "cdk.out"
    app.write_text(f"import sys; sys.path.insert(0, {str(REPOSITORY)!r})\n")
    with app.open("a") as lines:
        lines.write(CHANGED_APP.format(change=change))
    command = f"{sys.executable} {app}"
    played.world.cdk("synth", "--quiet", "--app", command, "--output", str(out))
    return str(out)


def test_cdk_diff_is_empty_after_a_promotion(played: Played):
    printed = played.world.cdk("diff", "--app", str(played.world.assembly), "Dev/*")
    assert "Number of stacks with differences: 0" in printed


def test_cdk_diff_shows_a_changed_instance_type_after_a_promotion(played: Played, tmp_path: Path):
    larger = 'HOSTING = {"instance_type": "ml.m5.4xlarge"}'
    changed = synthesized(played, tmp_path, larger)
    printed = played.world.cdk("diff", "--app", changed, "Dev/*")
    assert "ml.m5.4xlarge" in printed
    assert "Number of stacks with differences: 1" in printed


def bare_change_set(played: Played, template: dict[str, Any]) -> dict[str, Any]:
    """What a change set without parameters says of the Serving stack."""
    cloudformation = played.world.client("cloudformation")
    cloudformation.create_change_set(
        StackName=SERVING,
        ChangeSetName="bare",
        TemplateBody=json.dumps(template),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    described = cloudformation.describe_change_set(StackName=SERVING, ChangeSetName="bare")
    cloudformation.delete_change_set(StackName=SERVING, ChangeSetName="bare")
    return dict(described)


def serving_template(played: Played) -> dict[str, Any]:
    [path] = (played.world.assembly / "assembly-Dev").glob("*Serving*.template.json")
    return dict(json.loads(path.read_text()))


def test_a_bare_change_set_with_no_parameters_has_no_changes(played: Played):
    described = bare_change_set(played, serving_template(played))
    assert described["Status"] == "FAILED"
    assert "didn't contain changes" in described["StatusReason"]
    assert described["Changes"] == []


def test_with_the_slot_in_a_plain_parameter_it_would_delete_the_endpoint(played: Played):
    template = serving_template(played)
    [name] = template["Parameters"]
    template["Parameters"][name] = {"Type": "CommaDelimitedList", "Default": "NONE,NONE"}
    changes = [each["ResourceChange"] for each in bare_change_set(played, template)["Changes"]]
    removed = {each["ResourceType"] for each in changes if each["Action"] == "Remove"}
    assert "AWS::SageMaker::Endpoint" in removed


def test_a_redeploy_with_other_tags_and_descriptions_resets_no_slot(played: Played, tmp_path: Path):
    before = slot(played), served_config(played)
    assert played.served.package in before[0]

    changed = synthesized(
        played,
        tmp_path,
        "DESCRIPTION = 'told anew'  # and an Update event for the slot's custom resource",
    )
    played.world.cdk(
        "deploy", "--app", changed, "Dev/*", "--require-approval", "never",
        "--tags", "owner=someone-else",
    )  # fmt: skip
    cloudformation = played.world.client("cloudformation")
    deployed = cloudformation.get_template(StackName="Dev-Foundation")["TemplateBody"]
    assert deployed["Description"] == "told anew"
    assert (slot(played), served_config(played)) == before
