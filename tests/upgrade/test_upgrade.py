"""A user who upgrades keeps endpoints, buckets, keys, model package groups and slots.

`reference.json` holds what the templates of the last release keep: for each resource with state its
logical id, its type and the properties that can't change without a replacement. Today's templates
are held against it. A release renews it in the commit that gets its tag, after this test has
passed: `make upgrade-reference`. Its diff then has additions only; anything else is a loss that
the release's notes have to announce, with what a user must do.
"""

import copy
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local_aws.core.resource_schema import resource_schema
from tests.upgrade.stateful import SLOT, STATEFUL, Kept, kept, losses

REFERENCE = Path(__file__).with_name("reference.json")
Templates = dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def released(all_templates: Templates) -> dict[str, Any]:
    """What the last release keeps."""
    if "RENEW_UPGRADE_REFERENCE" in os.environ:
        found = {stack: kept(template) for stack, template in all_templates.items()}
        REFERENCE.write_text(a_line_each(found), encoding="utf-8")
    held: dict[str, Any] = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return held


def a_line_each(found: Mapping[str, Kept]) -> str:
    """JSON with a line for each resource, to be reviewed as a diff."""
    stacks = [
        f"  {json.dumps(stack)}: {{\n"
        + ",\n".join(f"    {json.dumps(name)}: {json.dumps(one)}" for name, one in held.items())
        + "\n  }"
        for stack, held in sorted(found.items())
        if held
    ]
    return "{\n" + ",\n".join(stacks) + "\n}\n"


@pytest.fixture
def today(all_templates: Templates) -> Templates:
    """Today's templates, to be broken."""
    return copy.deepcopy(all_templates)


def lost(released: dict[str, Any], today: Templates) -> list[str]:
    return list(losses(released, {stack: kept(template) for stack, template in today.items()}))


def of_type(today: Templates, kind: str) -> tuple[str, str, dict[str, Any]]:
    """Stack, logical id and resource of the first one of a type, named ones first."""
    found = [
        (stack, logical_id, resource)
        for stack, template in today.items()
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == kind
    ]
    return min(found, key=lambda one: not any("Name" in p for p in one[2].get("Properties", {})))


def test_an_upgrade_replaces_and_removes_nothing_that_has_state(
    released: dict[str, Any], today: Templates
):
    assert lost(released, today) == []


def test_the_reference_has_every_kind_of_thing_that_has_state(released: dict[str, Any]):
    kinds = {held["type"] for stack in released.values() for held in stack.values()}
    assert kinds == set(STATEFUL)


@pytest.mark.parametrize("kind", STATEFUL)
def test_another_construct_id_is_named_as_a_removal(
    released: dict[str, Any], today: Templates, kind: str
):
    stack, logical_id, resource = of_type(today, kind)
    del today[stack]["Resources"][logical_id]
    today[stack]["Resources"][f"Renamed{logical_id}"] = resource
    assert lost(released, today) == [
        f"{stack}/{logical_id} ({kind}) is no longer in its template, so an update removes it; give"
        " its construct and its stack the ids they had"
    ]


@pytest.mark.parametrize(
    ("kind", "prop"),
    [
        ("AWS::S3::Bucket", "BucketName"),
        ("AWS::SageMaker::Endpoint", "EndpointName"),
        ("AWS::SageMaker::ModelPackageGroup", "ModelPackageGroupName"),
        ("AWS::SageMaker::Pipeline", "PipelineName"),
        (SLOT, "ServiceToken"),
    ],
)
def test_a_property_that_can_only_be_set_once_is_named_with_both_values(
    released: dict[str, Any], today: Templates, kind: str, prop: str
):
    stack, logical_id, resource = of_type(today, kind)
    before = json.dumps(resource["Properties"][prop])
    resource["Properties"][prop] = "another"
    assert lost(released, today) == [
        f'{stack}/{logical_id} ({kind}) has {prop} "another" and had {before}, which'
        " CloudFormation changes by replacing it; give it back"
    ]


def test_a_property_that_is_new_and_can_only_be_set_once_is_named(
    released: dict[str, Any], today: Templates
):
    stack, logical_id, resource = of_type(today, "AWS::SageMaker::ModelPackageGroup")
    resource["Properties"]["ModelPackageGroupDescription"] = "flights"
    [said] = lost(released, today)
    assert said.startswith(f"{stack}/{logical_id} (AWS::SageMaker::ModelPackageGroup) has")
    assert 'ModelPackageGroupDescription "flights" and had none' in said


def test_another_slot_is_named(released: dict[str, Any], today: Templates):
    stack, logical_id, resource = of_type(today, SLOT)
    create = resource["Properties"]["Create"]
    resource["Properties"]["Create"] = create.replace("/perennial/", "/acme/")
    [said] = lost(released, today)
    assert said.startswith(f'{stack}/{logical_id} ({SLOT}) has Name "/acme/')


def test_another_stack_name_loses_all_that_the_stack_keeps(
    released: dict[str, Any], today: Templates
):
    today["Dev-Base"] = today.pop("Dev-Foundation")
    assert len(lost(released, today)) == len(released["Dev-Foundation"]) > 4


def test_tags_and_other_settings_may_change(released: dict[str, Any], today: Templates):
    for kind in ("AWS::S3::Bucket", "AWS::KMS::Key", "AWS::SageMaker::Endpoint"):
        _, _, resource = of_type(today, kind)
        resource["Properties"]["Tags"] = [{"Key": "team", "Value": "flights"}]
    assert lost(released, today) == []


def test_what_replaces_a_resource_is_what_cloudformation_s_schemas_say():
    assert resource_schema("AWS::SageMaker::Endpoint").create_only == {"EndpointName"}
    assert "BucketName" in resource_schema("AWS::S3::Bucket").create_only
    assert resource_schema("AWS::KMS::Key").create_only == frozenset()
