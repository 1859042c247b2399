"""Which version serves is no infrastructure: deploys, diffs and bare change sets leave it alone."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.loop.conftest import Played

pytestmark = pytest.mark.local_aws

SERVING = "Dev-Serving-flight-delay"
SLOT = "/perennial/dev/flight-delay/slot"


def slot(played: Played) -> str:
    return played.world.client("ssm").get_parameter(Name=SLOT)["Parameter"]["Value"]


def served_config(played: Played) -> str:
    sagemaker = played.world.client("sagemaker")
    return sagemaker.describe_endpoint(EndpointName=played.served.endpoint)["EndpointConfigName"]


def changed_assembly(played: Played, tmp_path: Path, stack: str, change) -> Path:
    """A copy of what was deployed with one template changed by `change`."""
    copy = tmp_path / "cdk.out"
    shutil.copytree(played.world.assembly, copy)
    [template] = (copy / "assembly-Dev").glob(f"*{stack}*.template.json")
    body = json.loads(template.read_text())
    change(body)
    template.write_text(json.dumps(body))
    return copy


def of_type(template: dict[str, Any], kind: str) -> dict[str, Any]:
    [found] = [r for r in template["Resources"].values() if r["Type"] == kind]
    return found


def test_cdk_diff_is_empty_after_a_promotion(played: Played):
    printed = played.world.cdk("diff", "--app", str(played.world.assembly), "Dev/*")
    assert "Number of stacks with differences: 0" in printed


def test_cdk_diff_shows_a_changed_instance_type_after_a_promotion(played: Played, tmp_path: Path):
    def larger(template: dict[str, Any]) -> None:
        config = of_type(template, "AWS::SageMaker::EndpointConfig")
        config["Properties"]["ProductionVariants"][0]["InstanceType"] = "ml.m5.4xlarge"

    changed = changed_assembly(played, tmp_path, "Serving", larger)
    printed = played.world.cdk("diff", "--app", str(changed), f"Dev/{SERVING[4:]}")
    assert "ml.m5.4xlarge" in printed
    assert "Number of stacks with differences: 1" in printed


def test_a_bare_change_set_with_no_parameters_deletes_nothing(played: Played):
    cloudformation = played.world.client("cloudformation")
    [template] = (played.world.assembly / "assembly-Dev").glob("*Serving*.template.json")
    cloudformation.create_change_set(
        StackName=SERVING,
        ChangeSetName="bare",
        TemplateBody=template.read_text(),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    changes = cloudformation.describe_change_set(StackName=SERVING, ChangeSetName="bare")
    cloudformation.delete_change_set(StackName=SERVING, ChangeSetName="bare")
    assert [
        c for c in changes.get("Changes", []) if c["ResourceChange"]["Action"] == "Remove"
    ] == []


def test_a_redeploy_with_other_tags_and_descriptions_resets_no_slot(played: Played, tmp_path: Path):
    before = slot(played), served_config(played)
    assert played.served.package in before[0]

    def retold(template: dict[str, Any]) -> None:
        template["Description"] = "told anew"
        custom = of_type(template, "Custom::ModelSlot")
        custom["Properties"]["Told"] = "anew"  # an Update event for the slot's custom resource

    changed = changed_assembly(played, tmp_path, "Foundation", retold)
    played.world.cdk(
        "deploy", "--app", str(changed), "Dev/*", "--require-approval", "never",
        "--tags", "owner=someone-else",
    )  # fmt: skip
    assert (slot(played), served_config(played)) == before
