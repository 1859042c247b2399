"""Which version serves is no infrastructure: deploys, diffs and bare change sets leave it alone."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rehearsal.world import REPOSITORY
from tests.conftest import synth_environment
from tests.loop.conftest import Played

pytestmark = pytest.mark.local_aws

SERVING = "Dev-Serving-flight-delay"
SLOT = "/perennial/dev/flight-delay/slot"
CHANGED_APPS = Path(__file__).parent / "changed_apps.py"


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the assemblies `larger` and `told`."""
    folder = tmp_path_factory.mktemp("changed")
    environment = synth_environment(folder) | {"PYTHONPATH": str(REPOSITORY)}
    subprocess.run([sys.executable, CHANGED_APPS, folder], env=environment, check=True)
    return folder


def slot(played: Played) -> str:
    return played.world.client("ssm").get_parameter(Name=SLOT)["Parameter"]["Value"]


def served_config(played: Played) -> str:
    sagemaker = played.world.client("sagemaker")
    return sagemaker.describe_endpoint(EndpointName=played.served.endpoint)["EndpointConfigName"]


BOTH_WAYS = pytest.mark.parametrize("flags", [(), ("--method=change-set",)])


@BOTH_WAYS
def test_cdk_diff_is_empty_after_a_promotion(played: Played, flags: tuple[str, ...]):
    printed = played.world.cdk("diff", *flags, "--app", str(played.world.assembly), "Dev/*")
    assert "Number of stacks with differences: 0" in printed


@BOTH_WAYS
def test_cdk_diff_shows_a_changed_instance_type_after_a_promotion(
    played: Played, changed: Path, flags: tuple[str, ...]
):
    printed = played.world.cdk("diff", *flags, "--app", str(changed / "larger"), "Dev/*")
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


def test_a_redeploy_with_other_tags_and_descriptions_resets_no_slot(played: Played, changed: Path):
    before = slot(played), served_config(played)
    assert played.served.package in before[0]

    played.world.cdk(
        "deploy", "--app", str(changed / "told"), "Dev/*", "--require-approval", "never",
        "--tags", "owner=someone-else",
    )  # fmt: skip
    cloudformation = played.world.client("cloudformation")
    deployed = cloudformation.get_template(StackName="Dev-Foundation")["TemplateBody"]
    assert deployed["Description"] == "told anew"
    assert (slot(played), served_config(played)) == before
