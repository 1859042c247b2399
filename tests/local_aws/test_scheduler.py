"""EventBridge Scheduler's operations through boto3."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.local_aws.stage import refusal

pytestmark = pytest.mark.local_aws
ROLE = "arn:aws:iam::123456789012:role/scheduler"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:nobody-made-this"
# Whatever a test leaves out of CreateSchedule; the first firing is far away.
GIVEN: dict[str, Any] = {
    "ScheduleExpression": "cron(0 8 1 1 ? *)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {"Arn": QUEUE, "RoleArn": ROLE},
}


@pytest.fixture
def scheduler(client: Callable[[str], Any]) -> Any:
    return client("scheduler")


@pytest.fixture
def name() -> str:
    return f"schedule-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def group(scheduler: Any, name: str) -> str:
    scheduler.create_schedule_group(Name=f"group-{name}")
    return f"group-{name}"


def target(arn: str, **members: Any) -> dict[str, Any]:
    return {"Target": {"Arn": arn, "RoleArn": ROLE, **members}}


# The members and defaults are those of an answer of AWS recorded by localstack/localstack
# (TestSchedule::test_update_schedule).
def test_a_schedule_shows_its_defaults(scheduler: Any, name: str) -> None:
    arn = scheduler.create_schedule(Name=name, **GIVEN)["ScheduleArn"]
    assert arn == f"arn:aws:scheduler:us-east-1:123456789012:schedule/default/{name}"
    found = scheduler.get_schedule(Name=name)
    created, modified = found.pop("CreationDate"), found.pop("LastModificationDate")
    del found["ResponseMetadata"]
    assert created == modified
    assert found == {
        "ActionAfterCompletion": "NONE",
        "Arn": arn,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "GroupName": "default",
        "Name": name,
        "ScheduleExpression": "cron(0 8 1 1 ? *)",
        "ScheduleExpressionTimezone": "UTC",
        "State": "ENABLED",
        "Target": {
            "Arn": QUEUE,
            "RoleArn": ROLE,
            "RetryPolicy": {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185},
        },
    }


def test_an_update_resets_what_it_leaves_out(scheduler: Any, name: str) -> None:
    more = {"Description": "first", "State": "DISABLED", "ScheduleExpressionTimezone": "Asia/Tokyo"}
    scheduler.create_schedule(Name=name, **GIVEN, **more)
    scheduler.update_schedule(Name=name, **GIVEN)
    found = scheduler.get_schedule(Name=name)
    assert "Description" not in found
    assert (found["State"], found["ScheduleExpressionTimezone"]) == ("ENABLED", "UTC")
    assert found["CreationDate"] < found["LastModificationDate"]


def test_dates_come_back_as_they_were_given(scheduler: Any, name: str) -> None:
    start = datetime(2030, 1, 1, 12, tzinfo=UTC)
    end = start + timedelta(days=30)
    scheduler.create_schedule(Name=name, **GIVEN, StartDate=start, EndDate=end)
    found = scheduler.get_schedule(Name=name)
    assert (found["StartDate"], found["EndDate"]) == (start, end)


def test_a_name_belongs_to_its_group(scheduler: Any, name: str, group: str) -> None:
    scheduler.create_schedule(Name=name, **GIVEN)
    scheduler.create_schedule(Name=name, GroupName=group, **GIVEN)
    assert refusal(scheduler.create_schedule, Name=name, GroupName=group, **GIVEN) == (
        f"ConflictException: Schedule {name} already exists."
    )
    scheduler.delete_schedule(Name=name, GroupName=group)
    assert refusal(scheduler.get_schedule, Name=name, GroupName=group) == (
        f"ResourceNotFoundException: Schedule {name} does not exist."
    )
    assert scheduler.get_schedule(Name=name)["GroupName"] == "default"


@pytest.mark.parametrize("action", ["get_schedule", "delete_schedule", "update_schedule"])
def test_a_schedule_that_does_not_exist_is_a_404(scheduler: Any, action: str) -> None:
    members = GIVEN if action == "update_schedule" else {}
    with pytest.raises(scheduler.exceptions.ResourceNotFoundException) as caught:
        getattr(scheduler, action)(Name="nobody", **members)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert caught.value.response["Message"] == "Schedule nobody does not exist."


def test_lists_come_in_pages_of_what_was_asked_for(scheduler: Any, name: str, group: str) -> None:
    for number in range(5):
        state = "DISABLED" if number == 2 else "ENABLED"
        scheduler.create_schedule(Name=f"{name}-{number}", GroupName=group, State=state, **GIVEN)
    pages = scheduler.get_paginator("list_schedules").paginate(
        GroupName=group, NamePrefix=name, State="ENABLED", PaginationConfig={"PageSize": 3}
    )
    listed = [[each["Name"][-1] for each in page["Schedules"]] for page in pages]
    assert listed == [["0", "1", "3"], ["4"]]
    (first, *_) = scheduler.list_schedules(GroupName=group)["Schedules"]
    assert first["Target"] == {"Arn": QUEUE}
    assert scheduler.list_schedules(GroupName=group, NamePrefix="other")["Schedules"] == []


def test_a_list_of_a_group_that_does_not_exist_is_refused(scheduler: Any) -> None:
    assert refusal(scheduler.list_schedules, GroupName="nobody") == (
        "ResourceNotFoundException: Schedule group nobody does not exist."
    )


def test_a_token_of_another_list_is_refused(scheduler: Any) -> None:
    assert refusal(scheduler.list_schedules, NextToken="made-up").startswith("ValidationException")


def test_a_group_goes_with_its_schedules(scheduler: Any, name: str, group: str) -> None:
    scheduler.create_schedule(Name=name, GroupName=group, **GIVEN)
    scheduler.delete_schedule_group(Name=group)
    assert "does not exist" in refusal(scheduler.get_schedule_group, Name=group)
    assert "does not exist" in refusal(scheduler.get_schedule, Name=name, GroupName=group)
    assert "does not exist" in refusal(
        scheduler.create_schedule, Name=name, GroupName=group, **GIVEN
    )


def test_groups_are_listed_by_the_start_of_their_names(scheduler: Any, group: str) -> None:
    (found,) = scheduler.list_schedule_groups(NamePrefix=group)["ScheduleGroups"]
    assert (found["Name"], found["State"]) == (group, "ACTIVE")
    assert scheduler.get_schedule_group(Name=group)["Arn"] == found["Arn"]
    names = [each["Name"] for each in scheduler.list_schedule_groups()["ScheduleGroups"]]
    assert "default" in names
    assert refusal(scheduler.create_schedule_group, Name=group).startswith("ConflictException")


@pytest.mark.parametrize("action", ["create_schedule_group", "delete_schedule_group"])
def test_the_default_group_is_left_alone(scheduler: Any, action: str) -> None:
    assert refusal(getattr(scheduler, action), Name="default") == (
        "ValidationException: This operation cannot be performed on schedule group default."
    )


def test_a_group_has_tags(scheduler: Any, name: str) -> None:
    first, second = {"Key": "team", "Value": "flights"}, {"Key": "stage", "Value": "dev"}
    made = scheduler.create_schedule_group(Name=name, Tags=[first])
    arn = made["ScheduleGroupArn"]
    scheduler.tag_resource(ResourceArn=arn, Tags=[second])
    assert scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"] == [first, second]
    scheduler.untag_resource(ResourceArn=arn, TagKeys=["team", "stage", "other"])
    assert scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"] == []
    nobody = arn.replace(name, "nobody")
    assert "does not exist" in refusal(scheduler.list_tags_for_resource, ResourceArn=nobody)


def test_a_schedule_has_no_tags(scheduler: Any, name: str) -> None:
    arn = scheduler.create_schedule(Name=name, **GIVEN)["ScheduleArn"]
    message = refusal(scheduler.list_tags_for_resource, ResourceArn=arn)
    assert "Value 'arn:aws:scheduler" in message
    assert "at 'resourceArn' failed to satisfy constraint" in message


FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
SDK = "arn:aws:scheduler:::aws-sdk:"
LONG_AGO = {"StartDate": datetime(2020, 1, 1, tzinfo=UTC)}
TURNED = {
    "StartDate": datetime(2031, 1, 1, tzinfo=UTC),
    "EndDate": datetime(2030, 1, 1, tzinfo=UTC),
}


# The texts up to the blank line were measured on AWS by others (cdk-preflight's Scheduler rules,
# 2026-09-07; localstack/localstack's recorded answers).
@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"ScheduleExpression": "every day"}, "Invalid Schedule Expression every day."),
        (
            {"FlexibleTimeWindow": {"Mode": "OFF", "MaximumWindowInMinutes": 5}},
            "MaximumWindowInMinutes must not be provided when FlexibleTimeWindowMode is set to OFF",
        ),
        (
            {"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}},
            "MaximumWindowInMinutes must be provided when FlexibleTimeWindowMode is set to FLEX",
        ),
        (TURNED, "The StartDate you specify must come before the EndDate."),
        (LONG_AGO, "The StartDate you specify cannot be earlier than 5 minutes ago."),
        (target("arn:aws:events:us-east-1:123456789012:api-destination/x/1"), "Provided Arn is"),
        (target("arn:aws:rds:us-east-1:123456789012:db:x"), "rds is not a supported service for a"),
        (target(FUNCTION.replace("us-east-1", "eu-west-1")), "not match the current region us-"),
        (target(FUNCTION, Input="{"), "JSON syntax error in input for the target"),
        (target(FUNCTION, SqsParameters={}), "Parameters SqsParameters not supported for the"),
        (target(f"{QUEUE}.fifo"), "Parameters SqsParameters must be specified"),
        (
            target(QUEUE, SqsParameters={"MessageGroupId": "g"}),
            "Parameters MessageGroupId not valid for the target",
        ),
        (target(f"{SDK}sqs:sendMessage"), "You must provide an input to set this target for your"),
        (target(f"{SDK}sqs:getQueueUrl", Input="{}"), "getQueueUrl API is not supported"),
        (target(f"{SDK}ec2:describeInstances", Input="{}"), "describeInstances API is not"),
        (
            target("arn:aws:scheduler:us-east-1:123456789012:aws-sdk:sqs:sendMessage", Input="{}"),
            "scheduler is not a supported service for a target",
        ),

        (target(f"{SDK}sqs:sendMessage", Input="no json"), "JSON syntax error in input for the"),
        (target(f"{SDK}sqs:SendMessage", Input="{}"), "SendMessage API is not supported"),
        (target("arn:aws:events:us-east-1:123456789012:event-bus/default"), "EventBridgePara"),
        ({"ScheduleExpressionTimezone": "Mars/Olympus"}, "Mars/Olympus"),
    ],
)  # fmt: skip
def test_a_schedule_that_aws_refuses_is_refused(
    scheduler: Any, name: str, members: dict[str, Any], message: str
) -> None:
    said = refusal(scheduler.create_schedule, Name=name, **{**GIVEN, **members})
    assert said.startswith("ValidationException: ")
    assert message in said


@pytest.mark.parametrize(
    ("members", "missing"),
    [
        (target("arn:aws:ecs:us-east-1:123456789012:cluster/c"), "targets of ecs"),
        (target(QUEUE, KinesisParameters={"PartitionKey": "k"}), "Target.KinesisParameters"),
        (target(f"{SDK}teleporter:beamUp", Input="{}"), "no service 'teleporter'"),
    ],
)
def test_what_the_local_aws_does_not_call_is_refused_by_name(
    scheduler: Any, name: str, members: dict[str, Any], missing: str
) -> None:
    said = refusal(scheduler.create_schedule, Name=name, **{**GIVEN, **members})
    assert said.startswith("NotImplementedByLocalAws: ")
    assert missing in said


def test_a_name_is_judged_by_the_api_model(scheduler: Any) -> None:
    said = refusal(scheduler.create_schedule, Name="a b", **GIVEN)
    assert "Value 'a b' at 'name' failed to satisfy constraint" in said
