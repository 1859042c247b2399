"""A bias baseline's folder, read back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bias_judging import Measure, Usual
from bias_settings import Facet, Settings
from failure import Failure


@dataclass(frozen=True)
class BiasBaseline:
    """What bias.json holds.

    Attributes:
        made: When.
        columns: Of a request, in its order.
        strata: Known values of the group variable.
        usual: Of each facet, by metric.
        records: Of each facet, how many held-out rows each group had: the others, the group.
    """

    made: datetime
    columns: Sequence[str]
    strata: Sequence[str]
    usual: Sequence[Mapping[str, Usual]]
    records: Sequence[tuple[int, int]]


def read(folder: Path, settings: Settings) -> BiasBaseline:
    """The baseline of a folder, which must be of the same groups, labels and strata.

    Raises:
        Failure: If there is none, or it was made for other settings.
    """
    path = folder / "bias.json"
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        facets = [Facet(facet["name"], facet["values"]) for facet in said["facets"]]
        found = BiasBaseline(
            made=datetime.fromisoformat(said["made"].replace("Z", "+00:00")),
            columns=list(said["columns"]),
            strata=list(said["strata"]),
            usual=[_usual(facet["metrics"]) for facet in said["facets"]],
            records=[(f["records"]["others"], f["records"]["group"]) for f in said["facets"]],
        )
        made_for = (facets, said["label"], said["favourable"], said["group_variable"])
    except FileNotFoundError:
        raise Failure(
            f"the baseline lacks {path.name}; it must come from the pipeline's model_baseline.py"
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Failure(f"{path.name} can't be read: {type(error).__name__}: {error}") from None
    now = (
        list(settings.facets), settings.label, list(settings.rules.favourable),
        settings.group_variable,
    )  # fmt: skip
    names = ("facets", "label", "favourable", "group_variable")
    if differing := [n for n, then, told in zip(names, made_for, now, strict=True) if then != told]:
        raise Failure(
            f"the baseline was made with other {' and '.join(differing)} than the settings have; "
            "run the training pipeline, which makes a new one"
        )
    return found


def _usual(metrics: Mapping[str, Any]) -> dict[str, Usual]:
    return {
        name: Usual(
            Measure(said["value"], said["lower"], said["upper"], said["why"]),
            said["limit"], said["why"],
        )
        for name, said in metrics.items()
    }  # fmt: skip
