"""Which version serves is no infrastructure: deploys, diffs and bare change sets leave it alone."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rehearsal.deployment import by_stack, mutate
from tests.loop.conftest import Played

pytestmark = pytest.mark.local_aws

SERVING = "Dev-Serving-flight-delay"
SLOT = "/perennial/dev/flight-delay/slot"
FOUNDATION = "Dev-Foundation"


def changed(
    played: Played, folder: Path, stack: str, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> str:
    """A copy of the assembly with another template of one stack, as a synth would write it."""
    shutil.copytree(played.world.assembly, folder)
    template = change(by_stack(folder)[stack])
    mutate(folder, stack, template)
    [path] = (folder / "assembly-Dev").glob(f"{stack.replace('-', '')}*.assets.json")
    [before] = [
        name
        for name, file in json.loads(path.read_text())["files"].items()
        if file["displayName"] == f"{stack} Template"
    ]
    # What lies in the bucket under a digest is not uploaded again.
    now = hashlib.sha256(json.dumps(template).encode()).hexdigest()
    for file in (path, path.with_name("manifest.json")):
        file.write_text(file.read_text().replace(before, now))
    return str(folder)


def larger(template: dict[str, Any]) -> dict[str, Any]:
    """A template whose variants have larger instances."""
    made: dict[str, Any] = json.loads(json.dumps(template).replace("ml.m5.large", "ml.m5.4xlarge"))
    return made


def told(template: dict[str, Any]) -> dict[str, Any]:
    """Foundation with another description, and an Update event for each slot."""
    for resource in template["Resources"].values():
        if resource["Type"] == "Custom::ModelSlot":
            resource["Properties"]["Told"] = "anew"
    return {**template, "Description": "told anew"}


def slot(played: Played) -> str:
    return played.world.client("ssm").get_parameter(Name=SLOT)["Parameter"]["Value"]


def served_config(played: Played) -> str:
    sagemaker = played.world.client("sagemaker")
    return sagemaker.describe_endpoint(EndpointName=played.served.endpoint)["EndpointConfigName"]


WITH_A_CHANGE_SET = ("--method=change-set",)


@pytest.mark.parametrize("flags", [(), pytest.param(WITH_A_CHANGE_SET, marks=pytest.mark.nightly)])
def test_cdk_diff_is_empty_after_a_promotion(played: Played, flags: tuple[str, ...]):
    printed = played.world.cdk("diff", *flags, "--app", str(played.world.assembly), "Dev/*")
    assert "Number of stacks with differences: 0" in printed


@pytest.mark.nightly
@pytest.mark.parametrize("flags", [(), WITH_A_CHANGE_SET])
def test_cdk_diff_shows_a_changed_instance_type_after_a_promotion(
    played: Played, tmp_path: Path, flags: tuple[str, ...]
):
    app = changed(played, tmp_path / "larger", SERVING, larger)
    printed = played.world.cdk("diff", *flags, "--app", app, "Dev/*")
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
    [path] = (played.world.assembly / "assembly-Dev").glob("*Servingflightdelay*.template.json")
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


@pytest.mark.nightly
def test_a_redeploy_with_other_tags_and_descriptions_resets_no_slot(played: Played, tmp_path: Path):
    before = slot(played), served_config(played)
    assert played.served.package in before[0]

    app = changed(played, tmp_path / "told", FOUNDATION, told)
    played.world.cdk(
        "deploy", "--app", app, "Dev/*", "--require-approval", "never",
        "--tags", "owner=someone-else",
    )  # fmt: skip
    cloudformation = played.world.client("cloudformation")
    deployed = cloudformation.get_template(StackName=FOUNDATION)["TemplateBody"]
    assert '"Told": "anew"' in json.dumps(deployed)
    assert deployed["Description"] == "told anew"
    assert (slot(played), served_config(played)) == before
