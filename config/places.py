"""What may not lie in one another in the data bucket of a stage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from mlops_constructs.monitoring import LabelledSettings
from mlops_constructs.prefixes import overlap
from mlops_constructs.serving import Batch, Hosting
from pipeline_definitions.spec import ModelSpec

TRAINING: Final = "training data"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A prefix that belongs to a model.

    Attributes:
        model: The model's name.
        what: What lies below it.
        prefix: Without a slash at its end.
        setting: What says another, and where; empty if it is no batch's.
    """

    model: str
    what: str
    prefix: str
    setting: str = ""


def places(model: ModelSpec, name: str, hosting: Hosting, *, trained: bool) -> Iterator[Place]:
    """Yields where things of the model lie.

    Args:
        model: The model.
        name: Of what scores it in this stage.
        hosting: How it is served there.
        trained: Whether its training data lies there.
    """
    if trained:
        yield Place(model=model.name, what=TRAINING, prefix=model.data_prefix)
    labelled = (m for m in model.monitors if isinstance(m, LabelledSettings))
    for prefix in sorted({monitor.ground_truth_prefix for monitor in labelled}):
        yield Place(model=model.name, what="labels", prefix=prefix)
    if isinstance(hosting, Batch):
        file = model.own_file if model.hosting is hosting else "config/stages.py"
        where = f"of the Batch of {model.name!r} ({file})"
        yield Place(
            model=model.name,
            what="rows to score",
            prefix=hosting.requests_of(name),
            setting=f"input_prefix= {where}",
        )
        yield Place(
            model=model.name,
            what="answers",
            prefix=hosting.answers_of(name),
            setting=f"output_prefix= {where}",
        )


def place_problems(stage: str, found: Sequence[Place]) -> Iterator[str]:
    """Yields each place of a batch that another place lies in, or that lies in another.

    Rows, answers and labels of one model are for `batch_problems` and `batch_monitor_problems` to
    tell apart, labels and training data for `pipeline_definitions.needs`.
    """
    for one, other in combinations(found, 2):
        settings = [place.setting for place in (one, other) if place.setting]
        told_elsewhere = one.model == other.model and TRAINING not in (one.what, other.what)
        if settings and not told_elsewhere and overlap(one.prefix, other.prefix):
            yield (
                f"{one.what} of model {one.model!r} lie below {one.prefix!r} and {other.what} of"
                f" {other.model!r} below {other.prefix!r} in the data bucket of stage {stage!r};"
                f" neither may lie in the other: set {' or '.join(settings)}"
            )
