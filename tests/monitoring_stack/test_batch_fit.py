"""Which monitors batches can't have: each row of the table, with what, why and what instead."""

from dataclasses import replace
from typing import Any

import pytest

from mlops_constructs.monitoring import (
    DataQuality,
    ModelMonitorEngine,
    ModelQuality,
    OpenEngine,
    batch_monitor_problems,
)
from mlops_constructs.monitoring.batch_fit import BATCH_CLASHES, WatchedBatches
from mlops_constructs.problems import InvalidProps
from mlops_constructs.serving import Batch, BatchFiles
from mlops_constructs.storage import TrainingStorage
from tests.constructs_library.someones_app import new_stack
from tests.monitoring_stack.watched import (
    BIAS,
    EACH,
    MODEL_MONITOR,
    QUALITY,
    endpoint_in,
    monitor_in,
)

DAILY = Batch(instance_type="ml.m5.large")


def watched(**changed: Any) -> WatchedBatches:
    given = {"name": "churn", "hosting": DAILY, "settings": DataQuality(), "engine": OpenEngine}
    return WatchedBatches(**(given | changed))


CASES: dict[str, tuple[WatchedBatches, dict[str, Any], str]] = {
    "more often than there are batches": (
        watched(settings=DataQuality(every_hours=6)),
        {"hosting": Batch(instance_type="ml.m5.large", every_hours=6)},
        "monitor 'data-quality' of model 'churn' can't look every 6 hours at batches that come "
        "every 24: most of its runs would find nothing new, and those of Model Monitor nothing at "
        "all; set its every_hours to 24 or more, or score more often",
    ),
    "hours that a day has no whole number of": (
        watched(
            settings=DataQuality(every_hours=11),
            hosting=Batch(instance_type="ml.m5.large", every_hours=6),
        ),
        {"settings": DataQuality(every_hours=12)},
        "monitor 'data-quality' of model 'churn' can't look at batches every 11 hours: its runs "
        "are counted from when the first batch of a day is over, and between the last one of a day "
        "and the next there would be more; set its every_hours to 1, 2, 3, 4, 6, 8, 12 or 24",
    ),
    "bias on Model Monitor": (
        watched(settings=BIAS, engine=ModelMonitorEngine),
        {"engine": OpenEngine},
        "monitor 'bias' of model 'churn' can't look at batches on ModelMonitorEngine: AWS joins "
        "labels with what a transform wrote, and the columns that name the groups are in what it "
        "read; say monitoring=OpenEngine() of the stage, which joins both, or take the monitor "
        "away",
    ),
    "labels among rows": (
        watched(settings=QUALITY.model_copy(update={"ground_truth_prefix": "churn-answers/true"})),
        {"hosting": DAILY.model_copy(update={"output_prefix": "scored"})},
        "monitor 'model-quality' of model 'churn' can't have its labels below 'churn-answers/true' "
        "with rows below 'churn-requests' and answers below 'churn-answers': labels would be "
        "scored, or counted as answers; set ground_truth_prefix to one beside them, or the "
        "hosting's input_prefix or output_prefix",
    ),
}


def said_of(choice: WatchedBatches) -> list[str]:
    return list(
        batch_monitor_problems(choice.name, choice.hosting, [choice.settings], choice.engine)
    )


@pytest.mark.parametrize("row", BATCH_CLASHES, ids=lambda row: row.name)
def test_what_batches_can_not_have_is_said_with_what_instead_and_the_page(row: Any):
    wrong, mended, said = CASES[row.name]
    assert said_of(wrong) == [f"{said} ({row.source})"]
    assert row.source.startswith("https://docs.aws.amazon.com/sagemaker/latest/")
    assert said_of(replace(wrong, **mended)) == []


def test_no_row_is_there_twice():
    assert len({row.name for row in BATCH_CLASHES}) == len(BATCH_CLASHES) == len(CASES)


@pytest.mark.parametrize(
    ("prefix", "among"),
    [
        ("churn-requests", True), ("churn-requests/labels", True), ("churn-requests-labels", False),
        ("said/churn", False),
    ],
)  # fmt: skip
def test_labels_lie_among_rows_if_a_folder_holds_both(prefix: str, among: bool):
    settings = ModelQuality(ground_truth_prefix=prefix, problem_type="Regression")
    assert watched(settings=settings).labels_among_rows is among


def test_rows_below_labels_are_among_them_too():
    hosting = DAILY.model_copy(update={"input_prefix": "said/churn/rows"})
    assert watched(settings=BIAS, hosting=hosting).labels_among_rows


@pytest.mark.parametrize("settings", EACH, ids=lambda settings: settings.kind)
def test_the_open_engine_looks_at_batches_in_every_way(settings: Any):
    assert said_of(watched(settings=settings)) == []


def test_a_monitor_refuses_them_at_construction():
    stack = new_stack()
    endpoint = endpoint_in(stack)
    assert isinstance(endpoint.storage, TrainingStorage)
    scored = BatchFiles(name="churn", hosting=DAILY, storage=endpoint.storage)
    with pytest.raises(InvalidProps) as refusal:
        monitor_in(stack, MODEL_MONITOR, settings=BIAS, endpoint=replace(endpoint, batches=scored))
    assert list(refusal.value.problems) == said_of(
        watched(settings=BIAS, engine=ModelMonitorEngine)
    )
