"""Which monitors a model that scores batches can't have, in one table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from mlops_constructs.monitoring.engine import Engine, ModelMonitorEngine
from mlops_constructs.monitoring.settings import Bias, LabelledSettings, MonitorSettings
from mlops_constructs.prefixes import overlap
from mlops_constructs.serving.batch import Batch
from mlops_constructs.serving.choice import Clash

_DG: Final = "https://docs.aws.amazon.com/sagemaker/latest/dg"
_CAPTURE: Final = f"{_DG}/model-monitor-data-capture-batch.html"
_MERGE: Final = f"{_DG}/model-monitor-model-quality-merge.html"
_SCHEDULE: Final = f"{_DG}/model-monitor-schedule-expression.html"


@dataclass(frozen=True, kw_only=True)
class WatchedBatches:
    """A monitor that was chosen for batches.

    Attributes:
        name: Of the model.
        hosting: How it is scored.
        settings: Of the monitor.
        engine: Who runs it.
    """

    name: str
    hosting: Batch
    settings: MonitorSettings
    engine: type[Engine]

    @property
    def labels(self) -> str:
        """Below which prefix its labels lie; empty if it needs none."""
        if isinstance(self.settings, LabelledSettings):
            return self.settings.ground_truth_prefix
        return ""

    @property
    def labels_among_rows(self) -> bool:
        """Whether its labels lie among rows or answers, or these among labels."""
        places = (self.hosting.requests_of(self.name), self.hosting.answers_of(self.name))
        return bool(self.labels) and any(overlap(self.labels, place) for place in places)

    @property
    def words(self) -> dict[str, str]:
        """What sentences are filled with."""
        return {
            "model": repr(self.name),
            "kind": repr(self.settings.kind),
            "every": str(self.settings.every_hours),
            "batches": str(self.hosting.every_hours),
            "labels": repr(self.labels),
            "requests": repr(self.hosting.requests_of(self.name)),
            "answers": repr(self.hosting.answers_of(self.name)),
        }


BATCH_CLASHES: Final[tuple[Clash[WatchedBatches], ...]] = (
    Clash(
        name="more often than there are batches",
        applies=lambda w: w.settings.every_hours < w.hosting.every_hours,
        what="monitor {kind} of model {model} can't look every {every} hours at batches that come "
        "every {batches}",
        why="most of its runs would find nothing new, and those of Model Monitor nothing at all",
        instead="set its every_hours to {batches} or more, or score more often",
        source=_SCHEDULE,
    ),
    Clash(
        name="hours that a day has no whole number of",
        applies=lambda w: 24 % w.settings.every_hours != 0,
        what="monitor {kind} of model {model} can't look at batches every {every} hours",
        why="its runs are counted from when the first batch of a day is over, and between the last "
        "one of a day and the next there would be more",
        instead="set its every_hours to 1, 2, 3, 4, 6, 8, 12 or 24",
        source=_SCHEDULE,
    ),
    Clash(
        name="bias on Model Monitor",
        applies=lambda w: isinstance(w.settings, Bias) and issubclass(w.engine, ModelMonitorEngine),
        what="monitor {kind} of model {model} can't look at batches on ModelMonitorEngine",
        why="AWS joins labels with what a transform wrote, and the columns that name the groups "
        "are in what it read",
        instead="say monitoring=OpenEngine() of the stage, which joins both, or take the monitor "
        "away",
        source=_MERGE,
    ),
    Clash(
        name="labels among rows",
        applies=lambda w: w.labels_among_rows,
        what="monitor {kind} of model {model} can't have its labels below {labels} with rows below "
        "{requests} and answers below {answers}",
        why="labels would be scored, or counted as answers",
        instead="set ground_truth_prefix to one beside them, or the hosting's input_prefix or "
        "output_prefix",
        source=_CAPTURE,
    ),
)


def batch_monitor_problems(
    name: str, hosting: Batch, monitors: Sequence[MonitorSettings], engine: type[Engine]
) -> Iterator[str]:
    """Yields why a model that scores batches can't have these monitors, one sentence each.

    Args:
        name: Of the model.
        hosting: How it is scored.
        monitors: What is to watch it.
        engine: Who runs them.
    """
    for settings in monitors:
        watched = WatchedBatches(name=name, hosting=hosting, settings=settings, engine=engine)
        yield from (row.sentence(watched) for row in BATCH_CLASHES if row.applies(watched))
