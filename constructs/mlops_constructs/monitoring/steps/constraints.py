"""Thresholds, where a person can see and overrule them: constraints.json.

Its format is Model Monitor's ("Schema for Constraints"):
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-constraints.html
What may stand in a feature's `monitoringConfigOverrides` is not documented; here it mirrors
`monitoring_config` (UNVERIFIED that Model Monitor takes it so). What the format has no name for is
under `perennial`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from columns import CATEGORY, NUMBER, Schema
from evidence import ADJUSTED, DISTANCE, LOST, MISSING, OUTSIDE, UNSEEN, WRONG
from failure import Failure

OVERRIDES, OURS = "monitoringConfigOverrides", "perennial"
MONITORING = {
    "evaluate_constraints": "Enabled",
    "emit_metrics": "Enabled",
    "datatype_check_threshold": 0.1,
    "domain_content_threshold": 0.1,
    "distribution_constraints": {
        "perform_comparison": "Enabled",
        "comparison_threshold": 0.1,
        "comparison_method": "Simple",
        "categorical_comparison_threshold": 0.1,
        "categorical_drift_method": "LInfinity",
    },
}
"""For features that say nothing of their own. The numbers are the documentation's, the comparison
methods those of distances.py: "Robust", its other value, is not defined to the last detail."""


@dataclass(frozen=True)
class Limits:
    """What a feature of a window is held against.

    Attributes:
        thresholds: Check to the value that its lower confidence bound must not exceed.
        low, high: Numbers beyond these are outside; infinite for categories.
    """

    thresholds: Mapping[str, float]
    low: float = float("-inf")
    high: float = float("inf")


def feature(
    name: str, kind: str, inferred_type: str, observed: Mapping[str, Any], limits: Limits,
    *, ours: bool,
) -> dict[str, Any]:  # fmt: skip
    """A feature's entry.

    Args:
        name: Of the feature.
        kind: NUMBER or CATEGORY.
        inferred_type: Model Monitor's word for it.
        observed: `num_constraints` or `string_constraints`, if any.
        limits: That it is to be held against.
        ours: Whether to write what Model Monitor's format has no name for.
    """
    found = limits.thresholds
    entry = {
        "name": name,
        "inferred_type": inferred_type,
        "completeness": 1 - found[MISSING],
        **observed,
        OVERRIDES: _overrides(kind, found),
    }
    if ours and kind == CATEGORY:
        entry[OURS] = {"lost_threshold": found[LOST]} if LOST in found else {}
    elif ours:
        entry[OURS] = {
            "minimum": limits.low, "maximum": limits.high, "outside_threshold": found[OUTSIDE],
            **({"adjusted_threshold": found[ADJUSTED]} if ADJUSTED in found else {}),
            **({"lost_threshold": found[LOST]} if LOST in found else {}),
        }  # fmt: skip
    return {key: value for key, value in entry.items() if value != {}}


def _overrides(kind: str, found: Mapping[str, float]) -> dict[str, Any]:
    if DISTANCE not in found:
        return {}
    if kind == CATEGORY:
        return {
            "domain_content_threshold": found[UNSEEN],
            "distribution_constraints": {
                "categorical_comparison_threshold": found[DISTANCE],
                "categorical_drift_method": "LInfinity",
            },
        }
    return {
        "datatype_check_threshold": found[WRONG],
        "distribution_constraints": {
            "comparison_threshold": found[DISTANCE],
            "comparison_method": "Simple",
        },
    }


PLACES: Mapping[str, Mapping[str, str]] = {
    CATEGORY: {
        DISTANCE: f"{OVERRIDES}.distribution_constraints.categorical_comparison_threshold",
        MISSING: "completeness",
        LOST: f"{OURS}.lost_threshold",
        UNSEEN: f"{OVERRIDES}.domain_content_threshold",
    },
    NUMBER: {
        DISTANCE: f"{OVERRIDES}.distribution_constraints.comparison_threshold",
        ADJUSTED: f"{OURS}.adjusted_threshold",
        MISSING: "completeness",
        LOST: f"{OURS}.lost_threshold",
        OUTSIDE: f"{OURS}.outside_threshold",
        WRONG: f"{OVERRIDES}.datatype_check_threshold",
    },
}
"""Where a check's threshold stands in a feature's entry."""


@dataclass(frozen=True)
class Constraints:
    """What a window is held against.

    Attributes:
        features: Each one's limits; None for one whose `evaluate_constraints` is "Disabled".
        usual_days: With traffic, in a window of the baseline.
        misfits: The share of rows that may have another number of columns.
    """

    features: dict[str, Limits | None]
    usual_days: int
    misfits: float


def read(path: Path, schema: Schema) -> Constraints:
    """A file that baseline.py wrote, and a person may have changed.

    Raises:
        Failure: With everything that is missing or makes no sense.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        entries = {entry["name"]: entry for entry in document["features"]}
        general = document["monitoring_config"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Failure(f"{path.name} can't be read: {type(error).__name__}: {error}") from None
    problems: list[str] = []
    limits = {
        name: _limits(name, kind, entries.get(name), general, problems)
        for name, kind in schema.features.items()
    }
    days, misfits = (_at(document, f"{OURS}.{key}") for key in ("usual_days", "misfits_threshold"))
    if not isinstance(days, int) or days < 1:
        problems.append(f"{OURS}.usual_days must be a number of days from 1, got {days!r}")
    if not _share(misfits):
        problems.append(f"{OURS}.misfits_threshold must be a number from 0 to 1, got {misfits!r}")
    if problems:
        raise Failure(f"{path.name}: {'; '.join(problems)}")
    return Constraints(limits, days, float(misfits))


def _share(said: Any) -> TypeGuard[float]:
    return isinstance(said, int | float) and not isinstance(said, bool) and 0 <= said <= 1


def _limits(
    name: str, kind: str, entry: Any, general: Mapping[str, Any], problems: list[str]
) -> Limits | None:
    if entry is None:
        problems.append(f"no feature is called {name!r}")
        return None
    if _at(entry, f"{OVERRIDES}.evaluate_constraints") == "Disabled":
        return None
    found = _thresholds(name, kind, entry, general, problems)
    if kind == CATEGORY:
        return Limits(found)
    low, high = (_at(entry, f"{OURS}.{end}") for end in ("minimum", "maximum"))
    if not isinstance(low, int | float) or not isinstance(high, int | float) or not low <= high:
        problems.append(
            f"{name}: {OURS}.minimum and {OURS}.maximum must be numbers in this order, "
            f"got {low!r} and {high!r}"
        )
        return None
    return Limits(found, float(low), float(high))


def _thresholds(
    name: str, kind: str, entry: Any, general: Mapping[str, Any], problems: list[str]
) -> dict[str, float]:
    found = {}
    for check, place in PLACES[kind].items():
        said = _at(entry, place)
        if said is None and place.startswith(OVERRIDES):
            said = _at({OVERRIDES: general}, place)
        if said is None and check in (ADJUSTED, LOST):
            continue  # not every column is explained by the others, or ever missing
        if not _share(said):
            problems.append(f"{name}: {place} must be a number from 0 to 1, got {said!r}")
        else:
            found[check] = 1 - said if check == MISSING else float(said)
    return found


def _at(entry: Any, place: str) -> Any:
    for key in place.split("."):
        entry = entry.get(key) if isinstance(entry, Mapping) else None
    return entry
