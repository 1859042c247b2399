"""`cdk diff` as it is typed here shows each change, where one by a change set would hide some.

Of what a change set does not mention, the CLI hides each property that holds something resolved at
deployment, such as the instance type beside the name of a model.
"""

import json
import os
import re
import subprocess
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from local_aws.launch import ACCOUNT, REGION, LocalAws
from tests.local_aws.model_archives import ENVIRONMENT, IMAGE, echo
from tests.local_aws.stacks import Stack

pytestmark = pytest.mark.local_aws
STORED = "AWS::SSM::Parameter::Value<List<String>>"
BUCKET = "models-that-a-diff-is-about"
SMALL, LARGE = "ml.m5.large", "ml.m5.4xlarge"


def template(instance_type: str, slot: dict[str, str]) -> dict[str, Any]:
    """An endpoint's config that is there when a slot names a version."""
    version = {"Fn::Select": [0, {"Ref": "Slot"}]}
    role = f"arn:aws:iam::{ACCOUNT}:role/execution"
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/m", "Environment": ENVIRONMENT}
    variant = {
        "VariantName": "All",
        "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
        "InstanceType": instance_type,
        "InitialInstanceCount": 1,
        "InitialVariantWeight": 1,
    }
    resources: dict[str, dict[str, Any]] = {
        "Model": {
            "Type": "AWS::SageMaker::Model",
            "Properties": {"ExecutionRoleArn": role, "PrimaryContainer": container},
        },
        "Config": {
            "Type": "AWS::SageMaker::EndpointConfig",
            "Properties": {"ProductionVariants": [variant]},
        },
    }
    return {
        "Parameters": {"Slot": slot},
        "Conditions": {"HasModel": {"Fn::Not": [{"Fn::Equals": [version, "NONE"]}]}},
        "Resources": {
            "Topic": {"Type": "AWS::SNS::Topic"},
            **{name: {**each, "Condition": "HasModel"} for name, each in resources.items()},
        },
    }


def assembly(folder: Path, templates: Mapping[str, dict[str, Any]]) -> Path:
    """What `cdk synth` writes of such stacks."""
    folder.mkdir()
    artifacts = {
        name: {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://{ACCOUNT}/{REGION}",
            "properties": {"templateFile": f"{name}.template.json"},
        }
        for name in templates
    }
    for name, body in templates.items():
        (folder / f"{name}.template.json").write_text(json.dumps(body))
    (folder / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": artifacts}))
    return folder


class Diffs(NamedTuple):
    """What `cdk diff` printed of each stack: as it is typed here, and by a change set."""

    typed: dict[str, str]
    by_change_set: dict[str, str]


@pytest.fixture(scope="module")
def diffs(
    aws: LocalAws, client: Callable[[str], Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Diffs]:
    """Three stacks that get another instance type.

    `Waiting` waits for its first promotion. `Served` and `Plain` have had theirs, an UpdateStack;
    the slot of `Plain` is no parameter of Parameter Store.
    """
    mark = uuid.uuid4().hex[:8]
    slots = {
        "Waiting": {"Type": STORED, "Default": f"/diff/{mark}/waiting"},
        "Served": {"Type": STORED, "Default": f"/diff/{mark}/served"},
        "Plain": {"Type": "CommaDelimitedList", "Default": "NONE,NONE"},
    }
    client("s3").create_bucket(Bucket=BUCKET)
    client("s3").put_object(Bucket=BUCKET, Key="m", Body=echo("word"))
    ssm = client("ssm")
    for name in ("Waiting", "Served"):
        ssm.put_parameter(Name=slots[name]["Default"], Value="NONE,NONE", Type="StringList")
    stacks = {name: Stack(client("cloudformation"), f"{name}-{mark}") for name in slots}
    for name, stack in stacks.items():
        stack.create(template(SMALL, slots[name]))
    ssm.put_parameter(Name=slots["Served"]["Default"], Value="1,s3://baseline", Overwrite=True)
    promoted = {"Served": slots["Served"]["Default"], "Plain": "1,s3://baseline"}
    for name, slot in promoted.items():
        assert stacks[name].update(None, Slot=slot)["StackStatus"] == "UPDATE_COMPLETE"
    changed = {stack.name: template(LARGE, slots[name]) for name, stack in stacks.items()}
    app = assembly(tmp_path_factory.mktemp("diff") / "cdk.out", changed)
    yield Diffs(*(printed(aws, app, mark, *flags) for flags in ([], ["--method=change-set"])))
    for stack in stacks.values():
        stack.delete()


def printed(aws: LocalAws, app: Path, mark: str, *flags: str) -> dict[str, str]:
    """Stack to its part of what `cdk diff` prints."""
    done = subprocess.run(
        ["cdk", "diff", "--app", str(app), *flags],
        env={**os.environ, **aws.environment()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    parts = re.split(rf"^Stack (\w+)-{mark}.*$", done.stdout, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("stack", ["Waiting", "Served", "Plain"])
def test_as_it_is_typed_here_it_shows_the_change_before_and_after_a_promotion(
    diffs: Diffs, stack: str
):
    assert f'[-]   "InstanceType": "{SMALL}"' in diffs.typed[stack]
    assert f'[+]   "InstanceType": "{LARGE}"' in diffs.typed[stack]


def test_a_change_set_hides_it_before_the_first_promotion(diffs: Diffs):
    assert "There were no differences" in diffs.by_change_set["Waiting"]


def test_a_change_set_hides_it_after_a_promotion_that_wrote_a_plain_parameter(diffs: Diffs):
    assert "There were no differences" in diffs.by_change_set["Plain"]


def test_a_change_set_shows_it_after_a_promotion_by_parameter_store(diffs: Diffs):
    assert f'[+]   "InstanceType": "{LARGE}"' in diffs.by_change_set["Served"]
