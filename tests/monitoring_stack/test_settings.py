"""What a monitor and an engine can be told, and what is refused in one sentence each."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from pydantic import ValidationError

from config.refusal import sentences
from mlops_constructs.monitoring import (
    DataQuality,
    ModelMonitorEngine,
    MonitoringSchedule,
    MonitorSettings,
    OpenEngine,
    monitor_problems,
)
from mlops_constructs.monitoring.schedule import (
    eventbridge_expression,
    first_after_batches,
    model_monitor_expression,
)
from mlops_constructs.problems import InvalidProps
from tests.constructs_library.someones_app import new_stack
from tests.monitoring_stack.watched import BIAS, EACH, QUALITY, endpoint_in, monitor_in


def refused(kind: type, **settings: Any) -> list[str]:
    with pytest.raises(ValidationError) as refusal:
        kind(**settings)
    return sentences(refusal.value)


def test_a_week_is_judged_every_day_unless_a_model_says_otherwise():
    monitor = DataQuality()
    assert (monitor.kind, monitor.every_hours, monitor.window_hours) == ("data-quality", 24, 168)
    assert (monitor.minimum_records, monitor.retrains) == (500, True)
    assert monitor.stale_after_days == 90


def test_a_window_shorter_than_the_schedule_is_refused():
    assert refused(DataQuality, every_hours=12, window_hours=6) == [
        "window_hours must be at least every_hours (12), got 6: a window shorter than the schedule "
        "leaves traffic that nobody looks at"
    ]


def test_windows_may_touch():
    assert DataQuality(every_hours=6, window_hours=6).window_hours == 6


def test_everything_out_of_bounds_is_said_at_once():
    assert refused(DataQuality, every_hours=25, minimum_records=0, treshold=1) == [
        "DataQuality.every_hours should be less than or equal to 24, got 25",
        "DataQuality.minimum_records should be greater than or equal to 1, got 0",
        "DataQuality.treshold extra inputs are not permitted, got 1",
    ]


def test_a_monitor_that_never_runs_is_refused():
    assert refused(DataQuality, every_hours=0) == [
        "DataQuality.every_hours should be greater than or equal to 1, got 0"
    ]


def test_what_was_decided_stays():
    with pytest.raises(ValidationError, match="frozen"):
        DataQuality().every_hours = 1


@pytest.mark.parametrize("engine", [OpenEngine, ModelMonitorEngine])
def test_an_instance_whose_storage_takes_no_key_is_refused(engine: type):
    assert refused(engine, instance_type="ml.m5d.large") == [
        "instance_type 'ml.m5d.large' has local storage, which takes no key; choose a type "
        "without, such as 'ml.m5.large'"
    ]


def test_an_instance_type_that_is_none_is_refused():
    [said] = refused(OpenEngine, instance_type="m5.large")
    assert said.startswith("OpenEngine.instance_type string should match pattern")


@pytest.mark.parametrize("every_hours", range(1, 25))
def test_both_schedulers_run_at_the_same_hours(every_hours: int):
    hours, *_ = eventbridge_expression(every_hours).removeprefix("cron(0 ").split()
    assert model_monitor_expression(every_hours) == f"cron(0 {hours} ? * * *)"
    assert eventbridge_expression(every_hours) == f"cron(0 {hours} * * ? *)"


def schedule(
    expression: str, name: str = "churn-data-quality", monitoring_type: str = "DataQuality"
) -> MonitoringSchedule:
    stack = new_stack()
    return MonitoringSchedule(
        stack,
        "Schedule",
        schedule_name=name,
        schedule_expression=expression,
        monitoring_type=monitoring_type,
        job_definition_name="some-job",
        condition=endpoint_in(stack).condition,
    )


@pytest.mark.parametrize("every_hours", range(1, 25))
def test_model_monitor_takes_every_schedule_a_monitor_can_have(every_hours: int):
    for first in (0, first_after_batches(every_hours)):
        found = schedule(model_monitor_expression(every_hours, first=first))
        assert found.schedule_name == "churn-data-quality"


@pytest.mark.parametrize("every_hours", [1, 2, 3, 4, 6, 8, 12, 24])
def test_after_batches_no_two_runs_are_farther_apart_than_they_should_be(every_hours: int):
    hours, *_ = (
        eventbridge_expression(every_hours, first=first_after_batches(every_hours))
        .removeprefix("cron(0 ")
        .split()
    )
    first, _, step = hours.partition("/")
    runs = list(range(24)) if first == "*" else list(range(int(first), 24, int(step or 24)))
    gaps = [later - sooner for sooner, later in pairwise([*runs, runs[0] + 24])]
    assert set(gaps) == {every_hours}
    # Two hours after a batch of midnight, if they are so far apart.
    assert runs[0] == 2 or every_hours <= 2


@pytest.mark.parametrize(
    "expression",
    [
        "rate(1 hour)",
        "cron(30 * ? * * *)",
        "cron(0 * * * ? *)",
        "cron(0 0/25 ? * * *)",
        "cron(0 24 ? * * *)",
        "cron(0 0/0 ? * * *)",
        "cron(0 8 ? * MON *)",
        "NOW",
    ],
)
def test_a_schedule_that_model_monitor_does_not_take_is_refused(expression: str):
    with pytest.raises(InvalidProps) as refusal:
        schedule(expression)
    assert str(refusal.value) == (
        "schedule_expression must be 'cron(0 * ? * * *)' for every hour, 'cron(0 6 ? * * *)' for "
        "once a day or 'cron(0 6/4 ? * * *)' for every four hours from then, "
        f"got {expression!r}"
    )


def test_a_schedule_says_all_that_is_wrong_with_it_at_once():
    with pytest.raises(InvalidProps) as refusal:
        schedule("rate(1 day)", name="late_flights")
    named, expression = refusal.value.problems
    assert named == (
        "the name of a monitoring schedule must be 1 to 63 letters, digits and inner hyphens, "
        "got 'late_flights' (12 characters)"
    )
    assert expression.endswith("got 'rate(1 day)'")


@pytest.mark.parametrize("monitoring_type", ["Bias", "model-quality", ""])
def test_a_type_of_job_that_model_monitor_does_not_have_is_refused(monitoring_type: str):
    with pytest.raises(InvalidProps) as refusal:
        schedule("cron(0 * ? * * *)", monitoring_type=monitoring_type)
    assert str(refusal.value) == (
        "monitoring_type must be one of DataQuality, ModelQuality, ModelBias, ModelExplainability, "
        f"got {monitoring_type!r}"
    )


NO_CAPTURE = (
    "monitor 'data-quality' of endpoint 'churn' would have nothing to read: capture_percent is 0; "
    "set it to 1 to 100, or take the monitor away"
)


def test_a_monitor_on_an_endpoint_without_capture_is_refused():
    stack = new_stack()
    with pytest.raises(InvalidProps) as refusal:
        monitor_in(stack, endpoint=endpoint_in(stack, capture_percent=0))
    assert str(refusal.value) == NO_CAPTURE


def test_a_name_that_leaves_no_room_for_the_monitors_is_refused():
    assert not list(monitor_problems("a" * 50, 100, [DataQuality()]))
    assert list(monitor_problems("a" * 51, 100, [DataQuality()])) == [
        f"the name of monitor 'data-quality' of endpoint '{'a' * 51}' must be 1 to 63 letters, "
        f"digits and inner hyphens, got '{'a' * 51}-data-quality' (64 characters)"
    ]


def test_two_monitors_of_a_kind_are_refused_with_whatever_else_is_wrong():
    twice = [DataQuality(), DataQuality(every_hours=6)]
    assert list(monitor_problems("churn", 0, twice)) == [
        "endpoint 'churn' has 2 monitors of kind 'data-quality'; leave one, since their names and "
        "metrics would be the same",
        NO_CAPTURE,
    ]


@pytest.mark.parametrize("settings", [QUALITY, BIAS], ids=lambda settings: settings.kind)
def test_an_endpoint_without_a_place_for_labels_can_not_have_monitors_that_need_them(
    settings: MonitorSettings,
):
    stack = new_stack()
    endpoint = endpoint_in(stack, capture_percent=0, label_bucket=None)
    with pytest.raises(InvalidProps) as refusal:
        monitor_in(stack, settings=settings, endpoint=endpoint)
    assert refusal.value.problems == (
        NO_CAPTURE.replace("data-quality", settings.kind),
        f"monitor {settings.kind!r} of endpoint 'churn' needs labels, and the endpoint has no "
        "bucket of them; give it one with label_bucket=",
    )


def test_where_labels_lie_is_asked_only_of_an_endpoint_that_has_a_place_for_them():
    stack = new_stack()
    endpoint = endpoint_in(stack)
    assert endpoint.ground_truth(QUALITY) is endpoint.label_bucket
    without = replace(endpoint, label_bucket=None)
    with pytest.raises(InvalidProps, match="needs labels, and the endpoint has no bucket"):
        without.ground_truth(QUALITY)


@pytest.mark.parametrize(
    ("settings", "hours"),
    [(DataQuality(), 168), (QUALITY, 168 + 24), (QUALITY.model_copy(
        update={"labels_within_hours": 0}), 168)],
)  # fmt: skip
def test_a_record_is_kept_until_its_label_came(settings: MonitorSettings, hours: int):
    assert settings.looks_back_hours == hours


def test_each_kind_says_what_it_finds_in_words_of_its_own():
    assert len({settings.finds for settings in EACH}) == len({s.kind for s in EACH}) == 4


def test_a_baseline_is_never_old_at_once():
    assert refused(DataQuality, stale_after_days=0) == [
        "DataQuality.stale_after_days should be greater than or equal to 1, got 0"
    ]


@pytest.mark.parametrize(
    ("problem_type", "headline"),
    [
        ("BinaryClassification", "AUC"),
        ("MulticlassClassification", "weighted F1"),
        ("Regression", "RMSE"),
    ],
)
def test_what_quality_is_judged_by_depends_on_the_problem(problem_type: str, headline: str):
    assert QUALITY.model_copy(update={"problem_type": problem_type}).headline == headline
