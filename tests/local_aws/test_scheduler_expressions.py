"""Schedule expressions, held against AWS's documentation, recorded answers and a second library."""

import random
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from ministack.services import eventbridge

from local_aws.core.errors import NotImplementedHere, ValidationException
from local_aws.scheduling.expressions import parse

# What AWS answered to CreateSchedule, recorded by localstack/localstack (tests/aws/services/
# scheduler/test_scheduler.py, marked as validated against AWS).
ACCEPTED = [
    "cron(0-15/1 8-8 ? * 2,3,4,5,6,7 *)",
    "cron(30-30 13-13 ? * 2,4,6 *)",
    "cron(1-31/30 1-1 ? * 1,7 *)",
    "cron(0 18 ? * MON-FRI *)",
    "cron(*/15 * * * ? *)",
    "cron(0-59/10 0-23/2 ? * * *)",
    "rate(2 minute)",
    "at(2022-12-31T23:59:59)",
]
REFUSED = [
    "cron(0 1 * * * *)",
    "cron(7 20 * * NOT *)",
    "cron(INVALID)",
    "cron(0 dummy ? * MON-FRI *)",
    "cron(71 8 1 * ? *)",
    "cron()",
    "rate(10 seconds)",
    "rate(10 years)",
    "rate()",
    "rate(10)",
    "rate(10 minutess)",
    "rate(foo minutes)",
    "rate(-10 minutes)",
    "rate( 10 minutes )",
    " rate(10 minutes)",
    "at(2021-12-31T23:59:59Z)",
    "at(2021-12-31)",
]
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html says what each means;
# the dates are those of a printed calendar.
DOCUMENTED = {
    "cron(15 10 ? * 6L 2022-2023)": ["2022-01-28T10:15", "2022-02-25T10:15", "2022-03-25T10:15"],
    "cron(0 0 ? * 3#2 *)": ["2022-01-11T00:00", "2022-02-08T00:00", "2022-03-08T00:00"],
    "cron(0 0 3W * ? *)": ["2022-01-03T00:00", "2022-02-03T00:00", "2022-03-03T00:00"],
    "cron(0 0 1W 5 ? *)": ["2022-05-02T00:00", "2023-05-01T00:00", "2024-05-01T00:00"],
    "cron(1/10 0 1 1 ? 2023)": ["2023-01-01T00:01", "2023-01-01T00:11", "2023-01-01T00:21"],
    "cron(0 0 L * ? *)": ["2022-01-31T00:00", "2022-02-28T00:00", "2022-03-31T00:00"],
    "cron(0 0 ? * L *)": ["2022-01-01T00:00", "2022-01-08T00:00", "2022-01-15T00:00"],
    "cron(0 8 ? JAN,FEB,MAR 2#1 *)": ["2022-01-03T08:00", "2022-02-07T08:00", "2022-03-07T08:00"],
    "cron(30 8 * * ?)": ["2022-01-01T08:30", "2022-01-02T08:30", "2022-01-03T08:30"],
}


def times(text: str, start: str, count: int, zone: str = "UTC") -> list[str]:
    """The first times of an expression at or after a wall-clock time, as the zone shows them."""
    expression, found = parse(text, zone), []
    moment = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone)).timestamp()
    for _ in range(count):
        due = expression.at_or_after(moment, moment)
        if due is None:
            break
        found.append(f"{datetime.fromtimestamp(due, ZoneInfo(zone)):%Y-%m-%dT%H:%M}")
        moment = due + 1
    return found


@pytest.mark.parametrize("text", ACCEPTED)
def test_what_aws_accepts_is_accepted(text: str) -> None:
    parse(text, "UTC")


@pytest.mark.parametrize("text", REFUSED)
def test_what_aws_refuses_is_refused_in_its_words(text: str) -> None:
    with pytest.raises(ValidationException) as refusal:
        parse(text, "UTC")
    assert refusal.value.message == f"Invalid Schedule Expression {text}."


@pytest.mark.parametrize(
    "text", ["rate(0 minutes)", "at(2022-02-30T00:00:00)", "cron(0 0 ? * 3#1,6#3 *)"]
)
def test_what_can_never_be_is_refused(text: str) -> None:
    with pytest.raises(ValidationException, match="Invalid Schedule Expression"):
        parse(text, "UTC")


def test_a_time_zone_that_the_iana_database_lacks_is_refused() -> None:
    with pytest.raises(ValidationException, match="Mars/Olympus"):
        parse("rate(1 hour)", "Mars/Olympus")


def test_a_wildcard_that_aws_does_not_document_is_refused_by_name() -> None:
    with pytest.raises(NotImplementedHere, match="LW"):
        parse("cron(0 0 LW * ? *)", "UTC")


@pytest.mark.parametrize(("text", "expected"), DOCUMENTED.items())
def test_a_documented_expression_fires_when_the_calendar_says(
    text: str, expected: list[str]
) -> None:
    assert times(text, "2022-01-01T00:00:00", 3) == expected


def test_a_year_that_is_over_ends_a_schedule() -> None:
    assert times("cron(15 10 ? * 6L 2022-2023)", "2023-12-01T00:00:00", 3) == ["2023-12-29T10:15"]


def test_a_rare_date_is_found_decades_ahead() -> None:
    assert times("cron(0 0 ? 2 1#5 *)", "2022-01-01T00:00:00", 2) == [
        "2032-02-29T00:00",
        "2060-02-29T00:00",
    ]


# The example of the page's section on daylight saving: 2:30 a.m. every day in Los Angeles.
def test_a_time_that_spring_skips_is_skipped() -> None:
    assert times("cron(30 2 * * ? *)", "2022-03-12T00:00:00", 3, "America/Los_Angeles") == [
        "2022-03-12T02:30",
        "2022-03-14T02:30",
        "2022-03-15T02:30",
    ]


def test_a_time_that_autumn_repeats_fires_once_before_the_shift() -> None:
    zone = ZoneInfo("America/Los_Angeles")
    expression = parse("cron(30 1 * * ? *)", zone.key)
    first = datetime(2022, 11, 6, 1, 30, tzinfo=zone, fold=0).timestamp()
    assert expression.at_or_after(first - 3600, 0.0) == first
    following = datetime(2022, 11, 7, 1, 30, tzinfo=zone).timestamp()
    assert expression.at_or_after(first + 1, 0.0) == following


def test_a_day_of_a_rate_has_24_hours_whatever_the_zone_does() -> None:
    before = datetime(2022, 3, 12, 12, tzinfo=ZoneInfo("America/New_York")).timestamp()
    assert parse("rate(1 days)", "America/New_York").at_or_after(before + 1, before) == (
        before + 86400
    )


def test_a_one_time_schedule_is_on_the_wall_clock_of_its_zone() -> None:
    due = parse("at(2022-11-20T13:00:00)", "America/Los_Angeles").at_or_after(0.0, 0.0)
    assert due == datetime(2022, 11, 20, 21, tzinfo=UTC).timestamp()


def field(random_: random.Random, low: int, high: int) -> str:
    a, b = sorted(random_.sample(range(low, high + 1), 2))
    return random_.choice(["*", str(a), f"{a},{b}", f"{a}-{b}", f"{a}/{b - a}", f"*/{b - a}"])


def some_expression(random_: random.Random) -> str:
    day, weekday = field(random_, 1, 28), "?"
    special = random_.random()
    if special < 0.2:
        day = random_.choice(["L", "15W", "1W", "31W", "30", "31"])
    elif special < 0.5:
        day, weekday = "?", random_.choice(["2#1", "6L", "1#5", "MON-FRI", "1,7", "7"])
    year = random_.choice(["*", "*", "2024-2026", "2025"])
    fields = field(random_, 0, 59), field(random_, 0, 23), day, field(random_, 1, 12), weekday, year
    return f"cron({' '.join(fields)})"


def test_a_second_library_finds_the_same_times() -> None:
    """MiniStack brings a cron of its own; only `nW` beyond the end of a month differs there."""
    random_, compared = random.Random(7), 0
    while compared < 500:
        text = some_expression(random_)
        start = datetime(2024, random_.randint(1, 12), random_.randint(1, 28), 11, 37, tzinfo=UTC)
        theirs = eventbridge._cron_next_fire(eventbridge._parse_cron_fields(text), start)
        if theirs is None or "31W" in text:
            continue
        ours = parse(text, "UTC").at_or_after(start.timestamp() + 60, 0.0)
        assert ours == theirs.timestamp(), f"{text} after {start}"
        compared += 1
