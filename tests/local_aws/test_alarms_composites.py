"""Composite alarms and the suppression of their actions."""

from collections.abc import Iterator
from typing import Any

import pytest

from local_aws.core.errors import ApiError
from tests.local_aws.alarm_lab import ARN, Lab, lab

TOPIC = "arn:aws:sns:us-east-1:123456789012:topic"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    with lab(monkeypatch) as made:
        for name in ("one", "two", "quiet"):
            made.alarm(name)
            made.force(name, "OK")
        yield made


def put(here: Lab, rule: str, name: str = "all", **members: Any) -> None:
    here.call("PutCompositeAlarm", AlarmName=name, AlarmRule=rule, **members)


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("ALARM(one)", "ALARM"),
        ("OK(two)", "ALARM"),
        ("INSUFFICIENT_DATA(two)", "OK"),
        ('ALARM("one") AND ALARM("two")', "OK"),
        ("ALARM(one) OR ALARM(two)", "ALARM"),
        ("NOT ALARM(two)", "ALARM"),
        ("ALARM(two) OR ALARM(one) AND NOT OK(one)", "ALARM"),
        ("(ALARM(two) OR ALARM(one)) AND OK(one)", "OK"),
        ("NOT (ALARM(one) AND OK(two))", "OK"),
        (f'ALARM("{ARN}one")', "ALARM"),
        ("TRUE", "ALARM"),
        ("FALSE", "OK"),
        ("ALARM(one) AND FALSE", "OK"),
        ("AT_LEAST(1, ALARM, (one, two))", "ALARM"),
        ("AT_LEAST(2, ALARM, (one, two))", "OK"),
        ("AT_LEAST(50%, NOT ALARM, (one, two))", "ALARM"),
    ],
)
def test_a_rule_is_evaluated_on_the_states_of_its_alarms(here: Lab, rule: str, value: str) -> None:
    here.force("one", "ALARM")
    put(here, rule)
    assert here.state("all") == value


def test_a_composite_alarm_of_composite_alarms_follows_at_once(here: Lab) -> None:
    put(here, "ALARM(one) AND ALARM(two)", "both")
    put(here, "ALARM(both)", "above")
    here.force("one", "ALARM")
    assert here.state("above") == "OK"
    here.force("two", "ALARM")
    assert (here.state("both"), here.state("above")) == ("ALARM", "ALARM")
    assert here.transitions("above") == ["OK", "ALARM"]


def test_a_composite_alarm_tells_which_alarm_moved_it(here: Lab) -> None:
    put(here, "ALARM(one)")
    here.force("one", "ALARM")
    assert here.described("all")["StateReason"] == (
        f"{ARN}one transitioned to ALARM at Monday 05 January, 2026 09:00:30 UTC"
    )


def test_a_changed_rule_keeps_the_state_until_it_says_else(here: Lab) -> None:
    put(here, "ALARM(one)")
    since = here.described("all")["StateTransitionedTimestamp"]
    here.pass_time(5)
    put(here, "ALARM(two)")
    assert here.described("all")["StateTransitionedTimestamp"] == since
    put(here, "OK(two)")
    assert here.state("all") == "ALARM"
    assert here.described("all")["StateReason"].endswith(
        "was updated and its new alarm rule evaluates to ALARM"
    )


def test_a_circle_of_composite_alarms_comes_to_rest(here: Lab) -> None:
    put(here, "ALARM(one)", "egg")
    put(here, "ALARM(egg)", "hen")
    put(here, "ALARM(one) OR ALARM(hen)", "egg")
    here.force("one", "ALARM")
    assert (here.state("egg"), here.state("hen")) == ("ALARM", "ALARM")


def test_a_circle_that_denies_itself_is_followed_once(here: Lab) -> None:
    put(here, "ALARM(one)", "egg")
    put(here, "NOT ALARM(egg)", "hen")
    put(here, "ALARM(one) OR ALARM(hen)", "egg")
    put(here, "ALARM(one)")
    put(here, "ALARM(one) AND NOT ALARM(all)")
    here.force("one", "ALARM")
    assert (here.state("egg"), here.state("hen"), here.state("all")) == ("ALARM", "OK", "ALARM")


def suppressed(here: Lab, wait: int = 2, extension: int = 3, **members: Any) -> None:
    """The documentation's examples: WaitPeriod is two units of time, ExtensionPeriod three.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm_Suppression.html
    """
    here.pass_time(-here.time % 60)
    put(
        here,
        "ALARM(one)",
        ActionsSuppressor="quiet",
        ActionsSuppressorWaitPeriod=wait,
        ActionsSuppressorExtensionPeriod=extension,
        AlarmActions=[TOPIC],
        OKActions=[TOPIC],
        **members,
    )
    here.pass_time(20)
    here.messages.clear()


def told(here: Lab) -> list[str]:
    return [message["NewStateValue"] for _, _, message in here.messages]


def by(here: Lab) -> str | None:
    return here.described("all").get("ActionsSuppressedBy")


def test_actions_follow_when_the_wait_period_is_over(here: Lab) -> None:
    """Example 1."""
    suppressed(here)
    here.force("one", "ALARM")
    assert (told(here), by(here)) == ([], "WaitPeriod")
    here.pass_time(1.9)
    assert told(here) == []
    here.pass_time(0.1)
    assert (told(here), by(here)) == (["ALARM"], None)


def test_a_suppressor_that_rings_in_time_suppresses(here: Lab) -> None:
    """Example 2."""
    suppressed(here)
    here.force("one", "ALARM")
    here.pass_time(1)
    here.force("quiet", "ALARM")
    here.pass_time(20)
    assert (told(here), by(here)) == ([], "Alarm")
    reason = here.described("all")["ActionsSuppressedReason"]
    assert reason == "Actions suppressed by Alarm"


def test_a_suppressor_that_changes_without_ringing_changes_no_wait(here: Lab) -> None:
    suppressed(here)
    here.force("one", "ALARM")
    here.pass_time(1)
    here.force("quiet", "OK")
    assert by(here) == "WaitPeriod"
    here.pass_time(1)
    assert told(here) == ["ALARM"]


def test_a_change_while_waiting_starts_another_wait(here: Lab) -> None:
    """Example 3."""
    suppressed(here)
    here.force("one", "ALARM")
    here.pass_time(1)
    here.force("one", "OK")
    here.pass_time(1.9)
    assert told(here) == []
    here.pass_time(0.1)
    assert told(here) == ["OK"]


def test_a_suppressor_that_rings_already_suppresses_at_once(here: Lab) -> None:
    """Example 4."""
    suppressed(here)
    here.force("quiet", "ALARM")
    here.force("one", "ALARM")
    here.pass_time(20)
    assert (told(here), by(here)) == ([], "Alarm")


def test_actions_follow_when_the_extension_period_is_over(here: Lab) -> None:
    """Example 5."""
    suppressed(here)
    here.force("one", "ALARM")
    here.pass_time(1)
    here.force("quiet", "ALARM")
    here.pass_time(3)
    here.force("quiet", "OK")
    assert by(here) == "ExtensionPeriod"
    here.pass_time(2.9)
    assert told(here) == []
    here.pass_time(0.1)
    assert (told(here), by(here)) == (["ALARM"], None)


def test_a_change_in_the_extension_period_starts_a_wait(here: Lab) -> None:
    """Example 6."""
    suppressed(here)
    here.force("one", "ALARM")
    here.force("quiet", "ALARM")
    here.force("quiet", "OK")
    here.pass_time(1)
    here.force("one", "OK")
    assert by(here) == "WaitPeriod"
    here.pass_time(2)
    assert told(here) == ["OK"]


def test_another_suppressor_discards_the_wait(here: Lab) -> None:
    """The page's tip."""
    suppressed(here)
    here.force("one", "ALARM")
    put(
        here,
        "ALARM(one)",
        ActionsSuppressor="two",
        ActionsSuppressorWaitPeriod=2,
        ActionsSuppressorExtensionPeriod=3,
        AlarmActions=[TOPIC],
    )
    here.pass_time(20)
    assert (told(here), by(here)) == ([], None)


def test_periods_of_no_length_suppress_nothing_afterwards(here: Lab) -> None:
    suppressed(here, wait=0, extension=0)
    here.force("one", "ALARM")
    assert told(here) == ["ALARM"]
    here.force("quiet", "ALARM")
    here.force("one", "OK")
    here.force("quiet", "OK")
    assert told(here) == ["ALARM", "OK"]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("ALARM(nobody)", r"alarms \[arn:aws:cloudwatch:us-east-1:123456789012:alarm:nobody\]"),
        ("ALARM(one) XOR ALARM(two)", "Unsupported token 'XOR' at char 11"),
        ("ALARM(one", "Unsupported token '<EOF>'"),
    ],
)
def test_a_rule_that_means_nothing_is_refused(here: Lab, rule: str, text: str) -> None:
    with pytest.raises(ApiError, match=text):
        put(here, rule)


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"ActionsSuppressor": "quiet"}, "ActionsSuppressor needs ActionsSuppressorWaitPeriod"),
        ({"ActionsSuppressorWaitPeriod": 1}, "ActionsSuppressorWaitPeriod needs ActionsSuppressor"),
        (
            {
                "ActionsSuppressor": "nobody",
                "ActionsSuppressorWaitPeriod": 1,
                "ActionsSuppressorExtensionPeriod": 1,
            },
            "alarm:nobody",
        ),
    ],
)
def test_half_a_suppressor_is_refused(here: Lab, members: dict[str, Any], text: str) -> None:
    with pytest.raises(ApiError, match=text):
        put(here, "TRUE", **members)


def test_an_alarm_that_a_composite_alarm_needs_cannot_be_deleted(here: Lab) -> None:
    put(here, "ALARM(one)")
    with pytest.raises(ApiError, match=r"there are composite alarm\(s\) depending on it"):
        here.call("DeleteAlarms", AlarmNames=["one"])
    here.call("DeleteAlarms", AlarmNames=["all"])
    here.call("DeleteAlarms", AlarmNames=["one"])


def test_a_metric_alarm_does_not_become_a_composite_alarm(here: Lab) -> None:
    with pytest.raises(ApiError, match="one is a MetricAlarm"):
        put(here, "TRUE", "one")
