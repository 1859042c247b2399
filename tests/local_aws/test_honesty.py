"""Every member of every input is honoured, kept or ignored for a reason, or refused by name."""

import json
import urllib.request
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from local_aws.core import api, assumptions, members, operations, services
from local_aws.core.errors import NotImplementedHere
from local_aws.core.request import Request, covers
from local_aws.launch import LocalAws
from local_aws.ministack.scope import scope
from tests.local_aws.exercise import Exercise
from tests.local_aws.later import Later
from tests.local_aws.maximal import only
from tests.local_aws.responses import checked_clients

# Schedules fire within their window of a minute, and try again once.
_ALL_DELIVERED_SECONDS = 120
services.load()
OPERATIONS = operations.implemented()


def leaves(service: str, action: str) -> list[str]:
    return [leaf for leaf in members.leaves(api.input_shape(service, action)) if leaf]


def covering(rows: Any, leaf: str) -> list[str]:
    return [row for row in rows if covers(row, leaf)]


def all_rows(service: str, action: str) -> list[str]:
    return [
        *members.supported(service, action),
        *members.kept(service, action),
        *members.ignored(service, action),
    ]


def test_each_member_is_in_one_row_at_most() -> None:
    twice = {
        (action, leaf): found
        for service, action in OPERATIONS
        for rows in [all_rows(service, action)]
        for leaf in leaves(service, action)
        if len(found := covering(rows, leaf)) > 1
    }
    assert twice == {}


def test_each_row_names_members_that_aws_has() -> None:
    unknown = {
        (action, row)
        for service, action in OPERATIONS
        for known in [leaves(service, action)]
        for row in all_rows(service, action)
        if not any(covers(row, leaf) for leaf in known)
    }
    assert unknown == set()


def test_each_kept_or_ignored_member_has_a_reason() -> None:
    for service, action in OPERATIONS:
        reasons = {**members.kept(service, action), **members.ignored(service, action)}
        assert all(len(reason) > 10 for reason in reasons.values()), action


def test_a_member_in_no_row_is_refused_by_name() -> None:
    for service, action in OPERATIONS:
        shape = api.input_shape(service, action)
        rows = all_rows(service, action)
        for leaf in leaves(service, action):
            if not covering(rows, leaf):
                with pytest.raises(NotImplementedHere) as refusal:
                    members.refuse_unsupported(service, action, only(shape, leaf), shape)
                assert leaf in refusal.value.message


def test_no_table_names_an_operation_that_is_not_implemented() -> None:
    named = {
        (service, action)
        for file in ("supported.toml", "kept.toml", "ignored.toml")
        for table in members.tables(file)
        for service, actions in table.items()
        for action in actions
    }
    assert named - set(OPERATIONS) == set()


def missing(records: Mapping[str, Mapping[str, Collection[str]]]) -> Iterator[str]:
    """Supported members that nothing read, and kept ones that nothing kept."""
    tables = {"read": members.supported, "kept": members.kept}
    for service, action in OPERATIONS:
        for how, table in tables.items():
            seen = records.get(f"{service}:{action}", {}).get(how, ())
            for leaf in leaves(service, action):
                if covering(table(service, action), leaf) and leaf not in seen:
                    yield f"{action}: {leaf} is not {how}"


@pytest.mark.local_aws
def test_every_supported_member_is_read_and_every_kept_one_is_kept(
    tmp_path: Path,
) -> None:
    with LocalAws.start(tmp_path) as aws:
        Exercise(checked_clients(aws)).run(OPERATIONS)
        Later(aws).pass_time(_ALL_DELIVERED_SECONDS)
        found = sorted(missing(records(aws)))
    assert not found, "\n".join(found)


def records(aws: LocalAws) -> Any:
    headers = {"x-amz-target": "SageMaker.LocalAwsReads"}
    request = urllib.request.Request(aws.endpoint_url, b"{}", headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def missing_of(
    handler: Callable[[Request], object], action: str, given: Mapping[str, Any]
) -> list[str]:
    """What the proof above would find if this were the operation's handler."""
    request = Request(given, api.input_shape("sagemaker", action))
    with scope("123456789012", "us-east-1"):
        handler(request)
    record = {"read": request.record.read, "kept": request.record.kept}
    return [each for each in missing({f"sagemaker:{action}": record}) if each.startswith(action)]


def test_a_handler_that_stops_reading_a_member_is_found() -> None:
    given = {"ResourceArn": "arn", "Tags": [{"Key": "team", "Value": "flights"}]}

    def whole(request: Request) -> object:
        return [*request["Tags"][0].values(), request["ResourceArn"]]

    def half(request: Request) -> object:
        return request["Tags"][0]["Key"], request["ResourceArn"]

    assert missing_of(whole, "AddTags", given) == []
    assert missing_of(half, "AddTags", given) == ["AddTags: Tags[].Value is not read"]


def test_a_handler_that_only_gives_a_member_back_is_found() -> None:
    capture = {"DataCaptureConfig": {"InitialSamplingPercentage": 50}}
    echoed = missing_of(lambda request: request.keep(*capture), "CreateEndpointConfig", capture)
    path = "DataCaptureConfig.InitialSamplingPercentage"
    assert f"CreateEndpointConfig: {path} is not read" in echoed
    read = missing_of(
        lambda request: request.keep(*capture)["DataCaptureConfig"]["InitialSamplingPercentage"],
        "CreateEndpointConfig",
        capture,
    )
    assert set(echoed) - set(read) == {f"CreateEndpointConfig: {path} is not read"}


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
