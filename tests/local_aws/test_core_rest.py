"""REST requests are taken apart as AWS's API models bind them."""

import pytest

from local_aws.core import rest
from local_aws.core.errors import UnknownOperationException, ValidationException

GROUP = "arn:aws:scheduler:us-east-1:123456789012:schedule-group/team"


def test_members_come_from_the_path_the_query_and_the_body() -> None:
    action, members = rest.read(
        "scheduler", "DELETE", "/schedules/daily", {"groupName": ["team"]}, b""
    )
    assert (action, members) == ("DeleteSchedule", {"Name": "daily", "GroupName": "team"})
    action, members = rest.read(
        "scheduler", "PUT", "/schedules/daily", {}, b'{"State": "DISABLED"}'
    )
    assert (action, members) == ("UpdateSchedule", {"Name": "daily", "State": "DISABLED"})


def test_the_query_gives_numbers_and_lists() -> None:
    _, members = rest.read("scheduler", "GET", "/schedules", {"MaxResults": ["5"]}, b"")
    assert members == {"MaxResults": 5}
    _, members = rest.read(
        "scheduler", "DELETE", f"/tags/{GROUP}", {"TagKeys": ["one", "two"]}, b""
    )
    assert members == {"ResourceArn": GROUP, "TagKeys": ["one", "two"]}


def test_a_path_may_be_quoted() -> None:
    quoted = GROUP.replace(":", "%3A").replace("/", "%2F")
    action, members = rest.read("scheduler", "GET", f"/tags/{quoted}", {}, b"")
    assert (action, members) == ("ListTagsForResource", {"ResourceArn": GROUP})


def test_a_request_that_no_operation_has_is_refused() -> None:
    with pytest.raises(UnknownOperationException, match="PATCH /schedules/daily"):
        rest.read("scheduler", "PATCH", "/schedules/daily", {}, b"")


@pytest.mark.parametrize("body", [b"{", b"[]"])
def test_a_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(ValidationException, match="body"):
        rest.read("scheduler", "POST", "/schedules/daily", {}, body)
