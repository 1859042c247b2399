"""When schedules fire and what is delivered, on a clock that the test turns."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.core import assumptions, background, operations, services, store
from local_aws.ministack.scope import scope
from local_aws.scheduling import (
    call,
    dead_letters,
    delivery,
    firing,
    schedule,
    schedules,
    targets,
)

services.load()
HOUR, DAY = 3600.0, 86400.0
START = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
ROLE = "arn:aws:iam::123456789012:role/scheduler"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:dead"
UNIVERSAL = {
    "Arn": "arn:aws:scheduler:::aws-sdk:sqs:sendMessage",
    "RoleArn": ROLE,
    "Input": json.dumps({"QueueUrl": "there", "MessageBody": "<aws.scheduler.scheduled-time>"}),
}
OFF = {"Mode": "OFF"}


class Clock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self._now = START
        self._timers: list[tuple[float, list[Callable[[], object]]]] = []

    def now(self) -> float:
        return self._now

    def after(self, seconds: float, callback: Callable[[], object], *, quiet: bool = False) -> Any:
        holder = [callback]
        self._timers.append((self._now + seconds, holder))
        return type("Timer", (), {"cancel": staticmethod(holder.clear)})

    def waiting(self) -> int:
        return sum(1 for _, holder in self._timers if holder)

    def pass_(self, seconds: float) -> None:
        """Let time pass; timers ring in their order."""
        end = self._now + seconds
        while due := sorted(
            (t, n) for n, (t, held) in enumerate(self._timers) if held and t <= end
        ):
            self._now, number = max(due[0][0], self._now), due[0][1]
            self._timers.pop(number)[1][0]()
        self._now = end


class World:
    """Every AWS API; it takes all calls unless the test gave it an error."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.calls: list[tuple[float, str, dict[str, Any]]] = []
        self.error: tuple[str, int] | None = None

    def client(self, service: str) -> Any:
        world = self

        class Client:
            def __getattr__(self, action: str) -> Callable[..., Any]:
                return lambda **parameters: world.take(action, parameters)

        return Client()

    def take(self, action: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if action == "get_queue_url":
            return {"QueueUrl": parameters["QueueName"]}
        self.calls.append((self.clock.now() - START, action, parameters))
        if self.error and parameters.get("QueueUrl") != "dead":
            code, status = self.error
            answer = {
                "Error": {"Code": code, "Message": "No."},
                "ResponseMetadata": {"HTTPStatusCode": status},
            }
            raise ClientError(answer, action)
        return {}

    def times(self) -> list[float]:
        return [when for when, _, parameters in self.calls if parameters.get("QueueUrl") != "dead"]

    def dead(self) -> list[dict[str, Any]]:
        return [given for _, _, given in self.calls if given.get("QueueUrl") == "dead"]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (background, firing, delivery, schedules):
        monkeypatch.setattr(module, "clock", clock)
    return clock


@pytest.fixture
def world(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    world = World(clock)
    for module in (call, dead_letters, targets):
        monkeypatch.setattr(module, "client", world.client)
    # Each third delivery comes twice; one test counts, the others want one each.
    monkeypatch.setattr(delivery, "_delivered", iter(range(1, 10**9, 3)))
    with scope("123456789012", "us-east-1"):
        yield world
        store.reset()


def create(expression: str, *, action: str = "CreateSchedule", **members: Any) -> None:
    given = {
        "Name": "every",
        "ScheduleExpression": expression,
        "FlexibleTimeWindow": OFF,
        "Target": UNIVERSAL,
        **members,
    }
    operations.dispatch("scheduler", action, given)


def names() -> list[str]:
    listed = operations.dispatch("scheduler", "ListSchedules", {})["Schedules"]
    return [each["Name"] for each in listed]


def test_a_rate_fires_at_once_and_then_at_its_interval(world: World, clock: Clock) -> None:
    create("rate(2 hours)")
    clock.pass_(5 * HOUR)
    assert world.times() == [0.0, 2 * HOUR, 4 * HOUR]


def test_a_rate_counts_from_its_start_date(world: World, clock: Clock) -> None:
    create("rate(2 hours)", StartDate=START + HOUR)
    clock.pass_(6 * HOUR)
    assert world.times() == [HOUR, 3 * HOUR, 5 * HOUR]


def test_a_cron_expression_fires_in_its_time_zone(world: World, clock: Clock) -> None:
    create("cron(0 8 * * ? *)", ScheduleExpressionTimezone="America/New_York")
    clock.pass_(2 * DAY)
    assert world.times() == [HOUR, HOUR + DAY]


def test_nothing_fires_before_the_start_date_or_from_the_end_date_on(
    world: World, clock: Clock
) -> None:
    create("cron(0 * * * ? *)", StartDate=START + 2 * HOUR, EndDate=START + 4 * HOUR)
    clock.pass_(DAY)
    assert world.times() == [2 * HOUR, 3 * HOUR]


def test_a_one_time_schedule_fires_once_whatever_its_dates_say(world: World, clock: Clock) -> None:
    create("at(2026-03-01T14:00:00)", StartDate=START + DAY, EndDate=START + HOUR)
    clock.pass_(3 * DAY)
    assert world.times() == [2 * HOUR]
    assert clock.waiting() == 0


def test_each_schedule_waits_with_one_timer(world: World, clock: Clock) -> None:
    create("rate(1 minutes)")
    create("cron(0 8 * * ? *)", Name="daily")
    clock.pass_(30.0)
    assert clock.waiting() == 2


def test_a_disabled_schedule_waits_for_nothing(world: World, clock: Clock) -> None:
    create("rate(1 hour)", State="DISABLED")
    assert clock.waiting() == 0
    create("rate(1 hour)", action="UpdateSchedule")
    clock.pass_(90 * 60.0)
    assert world.times() == [0.0, HOUR]


def test_an_update_takes_the_old_timer_away(world: World, clock: Clock) -> None:
    create("at(2026-03-01T13:00:00)")
    create("at(2026-03-01T15:00:00)", action="UpdateSchedule")
    clock.pass_(DAY)
    assert world.times() == [3 * HOUR]


def test_an_updated_one_time_schedule_that_has_fired_does_not_fire_again(
    world: World, clock: Clock
) -> None:
    create("at(2026-03-01T13:00:00)")
    clock.pass_(2 * HOUR)
    create("at(2026-03-01T13:00:00)", action="UpdateSchedule", Description="again")
    clock.pass_(DAY)
    assert world.times() == [HOUR]


def test_a_deleted_schedule_fires_no_more(world: World, clock: Clock) -> None:
    create("cron(0 * * * ? *)")
    clock.pass_(90 * 60.0)
    operations.dispatch("scheduler", "DeleteSchedule", {"Name": "every"})
    assert clock.waiting() == 0
    clock.pass_(DAY)
    assert world.times() == [0.0, HOUR]


def test_a_timer_that_rings_while_its_schedule_is_updated_delivers_nothing(
    world: World, clock: Clock
) -> None:
    create("at(2026-03-01T13:00:00)")
    before = schedule.find_schedule("default", "every")
    create("at(2026-03-01T15:00:00)", action="UpdateSchedule")
    assert clock.waiting() == 1
    firing.fire(before, START + HOUR)
    assert world.times() == []


def test_a_deleted_group_takes_its_schedules_along(world: World, clock: Clock) -> None:
    operations.dispatch("scheduler", "CreateScheduleGroup", {"Name": "team"})
    create("rate(1 hour)", GroupName="team", StartDate=START + HOUR)
    operations.dispatch("scheduler", "DeleteScheduleGroup", {"Name": "team"})
    clock.pass_(DAY)
    assert world.times() == []


@pytest.mark.parametrize("holds", [True, False])
def test_a_one_time_schedule_in_the_past_fires_at_once_or_never(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch, holds: bool
) -> None:
    monkeypatch.setenv(assumptions.VARIABLE, f"scheduler-fires-what-is-past={str(holds).lower()}")
    create("at(2022-12-31T23:59:59)")
    clock.pass_(DAY)
    assert world.times() == ([0.0] if holds else [])


def test_a_flexible_schedule_fires_within_its_window_and_always_at_the_same_place(
    world: World, clock: Clock
) -> None:
    window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15}
    for number in range(20):
        create("cron(0 13 * * ? *)", Name=f"flexible-{number}", FlexibleTimeWindow=window)
    clock.pass_(DAY)
    offsets = [when - HOUR for when in world.times()]
    assert all(0 <= offset < 15 * 60 for offset in offsets)
    assert len(set(offsets)) > 10
    assert {given["MessageBody"] for _, _, given in world.calls} == {"2026-03-01T13:00:00Z"}


def test_the_context_attributes_of_each_attempt_are_filled_in(world: World, clock: Clock) -> None:
    keywords = ("schedule-arn", "scheduled-time", "execution-id", "attempt-number")
    text = " ".join(f"<aws.scheduler.{keyword}>" for keyword in keywords)
    given = json.dumps({"QueueUrl": "there", "MessageBody": text})
    world.error = ("Throttling", 429)
    policy = {"MaximumRetryAttempts": 1}
    create("at(2026-03-01T13:00:00)", Target={**UNIVERSAL, "Input": given, "RetryPolicy": policy})
    clock.pass_(DAY)
    first, second = (parameters["MessageBody"].split() for _, _, parameters in world.calls)
    arn = "arn:aws:scheduler:us-east-1:123456789012:schedule/default/every"
    assert first[:2] == second[:2] == [arn, "2026-03-01T13:00:00Z"]
    assert (first[3], second[3]) == ("1", "2")
    assert len(first[2]) == 16
    assert first[2] != second[2]


def test_a_failed_delivery_is_tried_again_with_growing_pauses(world: World, clock: Clock) -> None:
    world.error = ("InternalFailure", 500)
    create("at(2026-03-01T12:00:00)")
    clock.pass_(20.0)
    world.error = None
    clock.pass_(DAY)
    assert world.times() == [0.0, 1.0, 3.0, 7.0, 15.0, 31.0]


def test_a_delivery_that_never_succeeds_ends_in_the_dead_letter_queue(
    world: World, clock: Clock
) -> None:
    world.error = ("AWS.SimpleQueueService.NonExistentQueue", 400)
    policy, queue = {"MaximumRetryAttempts": 3}, {"Arn": QUEUE}
    target = {**UNIVERSAL, "RetryPolicy": policy, "DeadLetterConfig": queue}
    create("at(2026-03-01T13:00:00)", Target=target)
    clock.pass_(DAY)
    (dead,) = world.dead()
    assert json.loads(dead["MessageBody"]) == {
        "QueueUrl": "there",
        "MessageBody": "2026-03-01T13:00:00Z",
    }
    said = {name: value["StringValue"] for name, value in dead["MessageAttributes"].items()}
    assert len(said.pop("EXECUTION_ID")) == 16
    assert said == {
        "ERROR_CODE": "AWS.SimpleQueueService.NonExistentQueue",
        "ERROR_MESSAGE": "No.",
        "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": "3",
        "SCHEDULED_TIME": "2026-03-01T13:00:00Z",
        "SCHEDULE_ARN": "arn:aws:scheduler:us-east-1:123456789012:schedule/default/every",
        "TARGET_ARN": UNIVERSAL["Arn"],
    }


def test_the_age_of_an_event_ends_its_retries_too(world: World, clock: Clock) -> None:
    world.error = ("InternalFailure", 500)
    policy = {"MaximumEventAgeInSeconds": 60}
    target = {**UNIVERSAL, "RetryPolicy": policy, "DeadLetterConfig": {"Arn": QUEUE}}
    create("at(2026-03-01T12:00:00)", Target=target)
    clock.pass_(DAY)
    attributes = world.dead()[0]["MessageAttributes"]
    assert attributes["EXHAUSTED_RETRY_CONDITION"]["StringValue"] == "MaximumEventAgeInSeconds"
    assert max(world.times()) <= 60


def test_the_default_policy_gives_up_within_a_day_and_without_a_queue_drops_the_event(
    world: World, clock: Clock
) -> None:
    world.error = ("InternalFailure", 500)
    create("at(2026-03-01T12:00:00)")
    clock.pass_(2 * DAY)
    assert 100 < len(world.times()) <= 186
    assert max(world.times()) <= DAY
    assert world.dead() == []


def test_a_refusal_is_final_if_only_faults_are_retried(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(assumptions.VARIABLE, "scheduler-retries-every-refusal=false")
    world.error = ("ValidationException", 400)
    create("at(2026-03-01T12:00:00)", Target={**UNIVERSAL, "DeadLetterConfig": {"Arn": QUEUE}})
    clock.pass_(DAY)
    assert world.times() == [0.0]
    assert "EXHAUSTED_RETRY_CONDITION" not in world.dead()[0]["MessageAttributes"]


def test_what_the_local_aws_lacks_is_not_tried_again(world: World, clock: Clock) -> None:
    world.error = ("NotImplementedByLocalAws", 501)
    create("at(2026-03-01T12:00:00)")
    clock.pass_(DAY)
    assert world.times() == [0.0]


def test_every_third_delivery_comes_twice(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_delivered", iter(range(1, 100)))
    create("cron(0 * * * ? *)", EndDate=START + 6.5 * HOUR)
    clock.pass_(DAY)
    assert world.times() == [n * HOUR for n in (0, 1, 2, 2, 3, 4, 5, 5, 6)]


def test_a_schedule_that_is_over_is_deleted_if_it_says_so(world: World, clock: Clock) -> None:
    create("at(2026-03-01T13:00:00)", Name="gone", ActionAfterCompletion="DELETE")
    create("at(2026-03-01T13:00:00)", Name="kept")
    end = {"EndDate": START + 2.5 * HOUR, "ActionAfterCompletion": "DELETE"}
    create("cron(0 * * * ? *)", Name="ended", **end)
    clock.pass_(1.5 * HOUR)
    assert names() == ["ended", "kept"]
    clock.pass_(HOUR)
    assert names() == ["kept"]


def test_a_schedule_is_deleted_only_after_its_last_retry(world: World, clock: Clock) -> None:
    world.error = ("InternalFailure", 500)
    target = {**UNIVERSAL, "RetryPolicy": {"MaximumRetryAttempts": 2}}
    create("at(2026-03-01T12:00:00)", Target=target, ActionAfterCompletion="DELETE")
    clock.pass_(2.0)
    assert names() == ["every"]
    clock.pass_(2.0)
    assert names() == []
