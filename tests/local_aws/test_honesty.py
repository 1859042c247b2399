"""Every member of every input is honoured, ignored for a stated reason, or refused by name."""

import json
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from local_aws.core import api, assumptions, members, operations, services
from local_aws.core.errors import NotImplementedHere
from local_aws.core.request import Request, covers, was_read
from local_aws.launch import LocalAws
from local_aws.ministack.scope import scope
from tests.local_aws.exercise import Exercise
from tests.local_aws.maximal import only

services.load()
OPERATIONS = operations.implemented()
by_operation = pytest.mark.parametrize(
    ("service", "action"), OPERATIONS, ids=[action for _, action in OPERATIONS]
)


def leaves(service: str, action: str) -> list[str]:
    return [leaf for leaf in members.leaves(api.input_shape(service, action)) if leaf]


def covering(rows: Any, leaf: str) -> list[str]:
    return [row for row in rows if covers(row, leaf)]


@by_operation
def test_each_member_is_in_one_row_at_most(service: str, action: str) -> None:
    rows = [*members.supported(service, action), *members.ignored(service, action)]
    assert {leaf: covering(rows, leaf) for leaf in leaves(service, action)} == {
        leaf: covering(rows, leaf)[:1] for leaf in leaves(service, action)
    }


@by_operation
def test_each_row_names_members_that_aws_has(service: str, action: str) -> None:
    rows = [*members.supported(service, action), *members.ignored(service, action)]
    assert [
        row for row in rows if not any(covering([row], x) for x in leaves(service, action))
    ] == []


@by_operation
def test_each_ignored_member_has_a_reason(service: str, action: str) -> None:
    assert all(len(reason) > 10 for reason in members.ignored(service, action).values())


@by_operation
def test_a_member_in_no_row_is_refused_by_name(service: str, action: str) -> None:
    shape = api.input_shape(service, action)
    rows = [*members.supported(service, action), *members.ignored(service, action)]
    for leaf in leaves(service, action):
        if not covering(rows, leaf):
            with pytest.raises(NotImplementedHere) as refusal:
                members.refuse_unsupported(service, action, only(shape, leaf), shape)
            assert leaf in refusal.value.message


def test_no_table_names_an_operation_that_is_not_implemented() -> None:
    named = {
        (service, action)
        for file in ("supported.toml", "ignored.toml")
        for table in members.tables(file)
        for service, actions in table.items()
        for action in actions
    }
    assert named - set(OPERATIONS) == set()


def unread(reads: Mapping[str, list[str]]) -> Iterator[str]:
    """Supported members that no handler has read."""
    for service, action in OPERATIONS:
        seen = set(reads.get(f"{service}:{action}", ()))
        for leaf in leaves(service, action):
            if covering(members.supported(service, action), leaf) and not was_read(leaf, seen):
                yield f"{action}: {leaf}"


@pytest.mark.local_aws
def test_every_supported_member_is_read_by_its_handler(
    aws: LocalAws, client: Callable[[str], Any]
) -> None:
    Exercise(client).run(OPERATIONS)
    headers = {"x-amz-target": "SageMaker.LocalAwsReads"}
    request = urllib.request.Request(aws.endpoint_url, b"{}", headers)
    with urllib.request.urlopen(request) as answer:
        missing = sorted(unread(json.load(answer)))
    assert not missing, "\n".join(missing)


def test_a_handler_that_stops_reading_a_member_is_found() -> None:
    """The proof above would see it: one handler reads its input, the same one reads half of it."""
    given = {"ResourceArn": "arn", "Tags": [{"Key": "team", "Value": "flights"}]}

    def missing(handler: Callable[[Request], object]) -> list[str]:
        request = Request(given, api.input_shape("sagemaker", "AddTags"))
        with scope("123456789012", "us-east-1"):
            handler(request)
        found = unread({"sagemaker:AddTags": sorted(request.reads)})
        return [each for each in found if each.startswith("AddTags")]

    assert missing(lambda request: [*request["Tags"][0].values(), request["ResourceArn"]]) == []
    assert missing(lambda request: (request["Tags"][0]["Key"], request["ResourceArn"])) == [
        "AddTags: Tags[].Value"
    ]


def test_each_assumption_says_what_is_assumed_and_what_it_rests_on() -> None:
    for name, row in assumptions.rows().items():
        assert row.keys() - {"holds"} == {"assumption", "source"}, name
        assert all(isinstance(row[key], str) and row[key] for key in ("assumption", "source")), name
        assert isinstance(row.get("holds", True), bool), name


def test_an_assumption_can_be_switched(monkeypatch: pytest.MonkeyPatch) -> None:
    assert assumptions.holds("alarm-rollback-fails-the-stack")
    monkeypatch.setenv(assumptions.VARIABLE, "alarm-rollback-fails-the-stack=false")
    assert not assumptions.holds("alarm-rollback-fails-the-stack")


def test_a_switch_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(assumptions.VARIABLE, "sky-is-blue=false")
    with pytest.raises(ValueError, match="got 'sky-is-blue=false', allowed: "):
        assumptions.holds("alarm-rollback-fails-the-stack")
