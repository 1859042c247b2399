"""A stage's change sets on the local AWS: made and shown, then executed as they were shown."""

import json
import os
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from local_aws.launch import ACCOUNT, REGION, LocalAws
from operate.account import Account
from operate.change_sets import page, prepared
from operate.refused import Refused
from tests.conftest import ROOT
from tests.local_aws.stacks import Stack

ROLE = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/cdk-x-lookup-role-${AWS::Region}"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with LocalAws.start(tmp_path_factory.mktemp("changes")) as running:
        yield running


def topic(display: str) -> dict[str, Any]:
    properties = {"DisplayName": display}
    return {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": properties}}}


def assembly(folder: Path, mark: str, **templates: dict[str, Any]) -> Path:
    """What `cdk synth` writes of one stage with such stacks, of which each needs the one before."""
    stage = folder / "assembly-Own"
    stage.mkdir(parents=True, exist_ok=True)
    artifacts, before = dict[str, Any](), list[str]()
    for name, body in templates.items():
        (stage / f"{name}.template.json").write_text(json.dumps(body))
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://{ACCOUNT}/{REGION}",
            "displayName": f"Own/{name}",
            "dependencies": before[-1:],
            "properties": {
                "templateFile": f"{name}.template.json",
                "stackName": f"{name}-{mark}",
                "lookupRole": {"arn": ROLE},
            },
        }
        before.append(name)
    nested = {"directoryName": stage.name, "displayName": "Own"}
    outer = {"assembly-Own": {"type": "cdk:cloud-assembly", "properties": nested}}
    newest_first = dict(reversed(artifacts.items()))
    for where, held in ((stage, newest_first), (folder, outer)):
        manifest = {"version": "36.0.0", "artifacts": held}
        (where / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture
def run(aws: LocalAws, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`.ci/change-sets` with an assembly; its summary goes to a file, as on GitHub."""

    def run(folder: Path, verb: str, name: str) -> subprocess.CompletedProcess[str]:
        given = {"ASSEMBLY": str(folder), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
        return subprocess.run(
            [str(ROOT / ".ci/change-sets"), verb, "Own", name],
            env={**os.environ, "PYTHONPATH": str(ROOT), **aws.environment(), **given},
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run


@pytest.mark.local_aws
def test_what_was_shown_is_executed_and_nothing_before(
    aws: LocalAws, run: Callable[..., Any], tmp_path: Path
):
    mark = uuid.uuid4().hex[:8]
    cloudformation = boto3.client("cloudformation", **aws.client_arguments())
    for name in ("Lower", "Upper"):
        Stack(cloudformation, f"{name}-{mark}").create(topic("one"))

    second = assembly(tmp_path / "second", mark, Lower=topic("one"), Upper=topic("two"))
    prepared = run(second, "prepare", "github-2")
    assert prepared.returncode == 0, prepared.stdout + prepared.stderr
    page = (tmp_path / "summary.md").read_text().rpartition("### Own")[2]
    assert "| Modify | Topic | AWS::SNS::Topic |" in page
    assert "Own/Lower" not in page
    assert shown(aws, mark) == {"Lower": "one", "Upper": "one"}

    third = assembly(tmp_path / "third", mark, Lower=topic("one"), Upper=topic("three"))
    executed = run(third, "execute", "github-2")
    assert executed.returncode == 0, executed.stderr
    assert shown(aws, mark) == {"Lower": "one", "Upper": "two"}


@pytest.mark.local_aws
def test_a_stage_that_is_not_there_is_said(run: Callable[..., Any], tmp_path: Path):
    empty = assembly(tmp_path / "empty", "x")
    (empty / "assembly-Own/manifest.json").unlink()
    done = run(empty, "execute", "github-1")
    assert done.returncode != 0
    assert "manifest.json" in done.stderr


class Told(Account):
    """An account whose change sets are those given, by stack; of others there are none."""

    def __init__(self, **told: dict[str, Any] | Refused) -> None:
        self._told = told

    def read(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        none = Refused("there is none", code="ChangeSetNotFound")
        told = self._told.get(arguments["StackName"], none)
        if isinstance(told, Refused):
            raise told
        return {"ExecutionStatus": "AVAILABLE", **told}

    def each(self, service: str, operation: str, member: str, **arguments: Any) -> Iterator[Any]:
        yield from self.read(service, operation, **arguments).get(member, [])


def change(logical: str, action: str, replacement: str = "False", *why: str) -> dict[str, Any]:
    """As the API reference of DescribeChangeSet has it."""
    return {
        "Type": "Resource",
        "ResourceChange": {
            "Action": action,
            "LogicalResourceId": logical,
            "ResourceType": "AWS::S3::Bucket",
            "Replacement": replacement,
            "Details": [{"Target": {"Attribute": "Properties", "Name": name}} for name in why],
        },
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A stage of two stacks, called `Lower-x` and `Upper-x`."""
    return assembly(tmp_path, "x", Lower=topic("one"), Upper=topic("one"))


def test_what_is_replaced_or_removed_comes_first_with_its_reason(folder: Path):
    changes = [
        change("A", "Modify", "False", "Tags"),
        change("B", "Modify", "Conditional", "Name"),
        change("C", "Add"),
        change("Y", "Remove"),
        change("Z", "Modify", "True", "Name", "Name"),
    ]
    found = list(prepared(Told(**{"Upper-x": {"Changes": changes}}), folder, "Own", "n"))
    rows = [line for line in page("Own", found).splitlines() if "AWS::" in line]
    assert rows == [
        "| Remove | Y | AWS::S3::Bucket |  |",
        "| **replaced** | Z | AWS::S3::Bucket | Name |",
        "| **perhaps replaced** | B | AWS::S3::Bucket | Name |",
        "| Modify | A | AWS::S3::Bucket | Tags |",
        "| Add | C | AWS::S3::Bucket |  |",
    ]


def test_stacks_come_after_those_that_they_need(folder: Path):
    both = Told(**{"Upper-x": {}, "Lower-x": {}})
    paths = [each.path for each in prepared(both, folder, "Own", "n")]
    assert paths == ["Own/Lower", "Own/Upper"]


@pytest.mark.parametrize(
    "told",
    [
        {"ExecutionStatus": "EXECUTE_COMPLETE"},
        {
            "ExecutionStatus": "UNAVAILABLE",
            "StatusReason": "The submitted information didn't contain changes. Submit different",
        },
    ],
)
def test_what_changes_nothing_more_is_left_out(folder: Path, told: dict[str, Any]):
    found = list(prepared(Told(**{"Upper-x": told}), folder, "Own", "n"))
    assert not found
    assert page("Own", found) == "### Own: nothing to change\n"


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"ExecutionStatus": "OBSOLETE"}, "it is OBSOLETE"),
        (
            {"ExecutionStatus": "UNAVAILABLE", "StatusReason": "No export named X found"},
            "No export named X found",
        ),
    ],
)
def test_one_that_can_not_be_executed_is_refused_with_its_reason(
    folder: Path, told: dict[str, Any], why: str
):
    with pytest.raises(Refused) as refusal:
        list(prepared(Told(**{"Lower-x": {}, "Upper-x": told}), folder, "Own", "n"))
    assert str(refusal.value) == (
        f"change set n of stack Upper-x is not ready to be executed: {why}"
    )


def test_a_refusal_of_aws_is_not_taken_for_nothing_to_do(folder: Path):
    denied = Refused("not allowed", code="AccessDenied")
    with pytest.raises(Refused, match="not allowed"):
        list(prepared(Told(**{"Lower-x": denied}), folder, "Own", "n"))


def test_a_stage_that_was_not_synthesized_is_refused(folder: Path):
    with pytest.raises(Refused, match="has no whole stage 'Prod'"):
        list(prepared(Told(), folder, "Prod", "n"))


def shown(aws: LocalAws, mark: str) -> dict[str, str]:
    """Stack to the name that its topic shows."""
    cloudformation = boto3.client("cloudformation", **aws.client_arguments())
    sns = boto3.client("sns", **aws.client_arguments())
    found = {}
    for name in ("Lower", "Upper"):
        resources = cloudformation.describe_stack_resources(StackName=f"{name}-{mark}")
        topics = [each["PhysicalResourceId"] for each in resources["StackResources"]]
        shown = [sns.get_topic_attributes(TopicArn=arn)["Attributes"] for arn in topics]
        found[name] = "".join(attributes["DisplayName"] for attributes in shown)
    return found
