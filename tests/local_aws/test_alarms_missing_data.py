"""Which state datapoints put an alarm in, with AWS's own tables as cases.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from collections.abc import Iterator
from typing import Any

import pytest

from local_aws.alarms.verdict import TREATMENTS, Datapoint, Rule, judge

KEEPS = None
# Datapoints oldest first (0 healthy, X breaching, - missing), how many are filled in, and the
# state for each treatment: missing, ignore, breaching, notBreaching.
THREE_OF_THREE = [
    ("0 - X - X", 0, "OK", "OK", "OK", "OK"),
    ("0 - - - -", 2, "OK", "OK", "OK", "OK"),
    ("- - - - -", 3, "INSUFFICIENT_DATA", KEEPS, "ALARM", "OK"),
    ("0 X X - X", 0, "ALARM", "ALARM", "ALARM", "ALARM"),
    ("- - X - -", 2, "ALARM", KEEPS, "ALARM", "OK"),
]
TWO_OF_THREE = [
    ("0 - X - X", 0, "ALARM", "ALARM", "ALARM", "ALARM"),
    ("0 0 X 0 X", 0, "ALARM", "ALARM", "ALARM", "ALARM"),
    ("0 - X - -", 1, "OK", "OK", "ALARM", "OK"),
    ("- - - - 0", 2, "OK", "OK", "ALARM", "OK"),
    ("- - - X -", 2, "ALARM", KEEPS, "ALARM", "OK"),
]


def rule(needed: int, missing: str = "missing", **members: Any) -> Rule:
    given = {"periods": 3, "threshold": 5.0, "comparison": "GreaterThanThreshold", **members}
    return Rule(needed=needed, missing=missing, **given)


def points(pattern: str) -> list[Datapoint | None]:
    values = {"0": 1.0, "X": 9.0}
    return [
        Datapoint(60.0 * index, values[sign]) if sign in values else None
        for index, sign in enumerate(pattern.split())
    ]


def cells() -> Iterator[Any]:
    for needed, table in ((3, THREE_OF_THREE), (2, TWO_OF_THREE)):
        for pattern, filled, *states in table:
            for treatment, state in zip(TREATMENTS, states, strict=True):
                name = f"{needed} of 3, {pattern}, {treatment}"
                yield pytest.param(pattern, needed, treatment, filled, state, id=name)


@pytest.mark.parametrize(("pattern", "needed", "treatment", "filled", "state"), list(cells()))
def test_the_documented_tables_hold(
    pattern: str, needed: int, treatment: str, filled: int, state: str | None
) -> None:
    verdict = judge(points(pattern), rule(needed, treatment))
    assert (verdict.state, verdict.filled) == (state, filled)


def test_the_documented_range_of_five_is_retrieved_for_three_periods() -> None:
    assert rule(3).retrieved == 5


@pytest.mark.parametrize("pattern", ["- - - - X", "- - - X -"])
def test_one_recent_breach_is_no_premature_alarm(pattern: str) -> None:
    assert judge(points(pattern), rule(3)).state is None


@pytest.mark.parametrize("pattern", ["- - - X 0", "- - X - 0"])
def test_a_healthy_datapoint_after_the_breach_ends_the_suspicion(pattern: str) -> None:
    assert judge(points(pattern), rule(3)).state == "OK"


@pytest.mark.parametrize(
    ("comparison", "at", "above"),
    [
        ("GreaterThanThreshold", "OK", "ALARM"),
        ("GreaterThanOrEqualToThreshold", "ALARM", "ALARM"),
        ("LessThanThreshold", "OK", "OK"),
        ("LessThanOrEqualToThreshold", "ALARM", "OK"),
    ],
)
def test_each_comparison_takes_its_side_of_the_threshold(
    comparison: str, at: str, above: str
) -> None:
    one = rule(1, periods=1, comparison=comparison)
    assert judge([Datapoint(0, 5.0)], one).state == at
    assert judge([Datapoint(0, 5.1)], one).state == above
