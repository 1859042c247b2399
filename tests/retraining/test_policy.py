"""What a policy can say."""

from typing import Any

import pytest
from pydantic import ValidationError

from mlops_constructs.retraining import RetrainingPolicy


def test_a_model_is_trained_at_most_once_a_day_apart_and_only_when_it_must_be():
    policy = RetrainingPolicy()
    assert (policy.cool_down_hours, policy.runs_per_day) == (24, 2)
    assert (policy.on_new_data, policy.every_days) == (False, None)


def test_the_machine_is_told_what_it_has_to_keep():
    policy = RetrainingPolicy(cool_down_hours=3, runs_per_day=5)
    assert policy.as_input() == {"coolDownHours": 3, "runsPerDay": 5}


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("cool_down_hours", 0),
        ("cool_down_hours", 337),
        ("runs_per_day", 0),
        ("runs_per_day", 11),
        ("every_days", 0),
        ("every_days", 366),
        ("every_week", 1),
    ],
)
def test_what_is_out_of_bounds_or_unknown_is_refused(setting: str, value: Any):
    with pytest.raises(ValidationError) as refused:
        RetrainingPolicy(**{setting: value})
    [problem] = refused.value.errors()
    assert problem["loc"] == (setting,)


def test_a_schedule_that_its_cool_down_does_not_allow_is_refused():
    with pytest.raises(ValidationError) as refused:
        RetrainingPolicy(every_days=1, cool_down_hours=48)
    assert (
        "every_days (1) must be at least the cool-down of 48 hours, or runs would fall behind their"
        " schedule" in str(refused.value)
    )


def test_a_schedule_as_long_as_its_cool_down_is_kept():
    assert RetrainingPolicy(every_days=2, cool_down_hours=48).every_days == 2


def test_a_policy_stays_as_it_is():
    with pytest.raises(ValidationError, match="frozen"):
        RetrainingPolicy().runs_per_day = 3  # type: ignore[misc]
