"""How differently groups fared on held-out rows, and how far from fair that makes usual."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import arithmetic  # noqa: F401 - before numpy
import bias_counts
import bias_limits
import calibration
import numpy as np
from bias_analysis import analysis, configuration, constraints
from bias_counts import Tables
from bias_judging import Measure, measured
from bias_limits import ALPHA, too_few
from bias_metrics import ANSWERS, LABELS, METRICS, Metric
from bias_settings import Facet, Settings, settings_of
from failure import Failure

MOST_STRATA = 50
"""Values of a group variable; of more, none would have enough records."""


def describe(
    columns: Mapping[str, np.ndarray],
    labels: Sequence[str],
    answers: Sequence[str],
    times: np.ndarray | None,
    settings: Mapping[str, Any],
    made: datetime,
) -> dict[str, Any]:
    """The baseline's files, by name.

    Ours is bias.json; analysis.json is the report, and constraints.json and analysis_config.json
    are what Model Monitor takes.

    Args:
        columns: Of a request, in its order, as text.
        labels: What truly happened.
        answers: What the model said.
        times: Hours of the rows, from 0; None if nobody knows them.
        settings: Of the monitor, as its settings class dumps them.
        made: When.

    Raises:
        Failure: If a column is missing, or a group, or an outcome.
    """
    told = settings_of(settings)
    if lacking := [name for name in told.columns if name not in columns]:
        raise Failure(f"a request has no column {', '.join(lacking)}; it has {', '.join(columns)}")
    strata = _strata(columns, told)
    counted = [
        _counted(columns, labels, answers, told, facet, strata, None) for facet in told.facets
    ]
    for facet, tables in zip(told.facets, counted, strict=True):
        _refuse_what_is_not_there(facet, tables, told, columns[facet.name])
    windows, calibrated_on = None, "records"
    if times is not None and (drawn := _drawn(times, int(settings["window_hours"]))):
        hourly = [
            _counted(columns, labels, answers, told, facet, strata, times) for facet in told.facets
        ]
        windows = [bias_limits.in_windows(tables, drawn) for tables in hourly]
        calibrated_on = f"records, and windows of {settings['window_hours']} hours"
    limits = bias_limits.limits(counted, windows)
    found = [_measured(facet, tables) for facet, tables in zip(told.facets, counted, strict=True)]
    bare = bias_limits.bare(counted, limits, int(settings["minimum_records"]))
    return {
        "analysis.json": analysis(told, zip(told.facets, found, strict=True)),
        "constraints.json": constraints(
            told,
            [
                (facet, measures, {name: level for (of, name), level in bare.items() if of == at})
                for at, (facet, measures) in enumerate(zip(told.facets, found, strict=True))
            ],
        ),
        "analysis_config.json": configuration(told, list(columns)),
        "bias.json": {
            "version": 0,
            "made": f"{made:%Y-%m-%dT%H:%M:%SZ}",
            "columns": list(columns),
            "records": len(answers),
            "label": told.label,
            "favourable": list(told.rules.favourable),
            "group_variable": told.group_variable,
            "strata": strata,
            "calibration": {"alpha": ALPHA, "on": calibrated_on},
            "facets": [
                _facet(facet, tables, measures, {
                    name: limit for (of, name), limit in limits.items() if of == at
                })
                for at, (facet, tables, measures)
                in enumerate(zip(told.facets, counted, found, strict=True))
            ],
        },
    }  # fmt: skip


def _drawn(times: np.ndarray, length: int) -> calibration.Windows | None:
    """Windows of the monitor's length; none of rows that span less than two of them."""
    hourly = np.bincount(times)
    return calibration.draw(hourly, length=length) if len(hourly) >= 2 * length else None


def _strata(columns: Mapping[str, np.ndarray], told: Settings) -> list[str]:
    if not told.group_variable:
        return []
    values = {bias_counts.plain(text) for text in columns[told.group_variable].tolist()} - {""}
    if len(values) > MOST_STRATA:
        raise Failure(
            f"group_variable {told.group_variable} has {len(values):,} values; at most "
            f"{MOST_STRATA} can be compared each by itself"
        )
    return sorted(values)


def _counted(
    columns: Mapping[str, np.ndarray], labels: Sequence[str], answers: Sequence[str],
    told: Settings, facet: Facet, strata: Sequence[str], times: np.ndarray | None,
) -> Tables:  # fmt: skip
    stratum = columns[told.group_variable] if told.group_variable else None
    return bias_counts.tables(
        bias_counts.groups(columns[facet.name], facet.values),
        told.rules.labels(np.array(labels, dtype=object)),
        told.rules.answers(np.array(answers, dtype=object)),
        stratum=None if stratum is None else bias_counts.strata(stratum, strata),
        strata=len(strata) + 1,
        slots=times,
    )


def _refuse_what_is_not_there(
    facet: Facet, tables: Tables, told: Settings, texts: np.ndarray
) -> None:
    """A misspelt value would make a monitor that never has anything to judge."""
    sizes = tables[ANSWERS].sum(axis=-1).tolist()
    for name, size in zip(facet.groups, sizes, strict=True):
        if not size:
            some = sorted({bias_counts.plain(text) for text in texts.tolist()})[:10]
            raise Failure(f"no held-out row is of {name}; values of {facet.name}: {some}")
    outcomes = tables[LABELS].sum(axis=0)
    for kind, number in zip(("unfavourable", "favourable"), outcomes.tolist(), strict=True):
        if not number:
            raise Failure(
                f"no held-out row has a label {told.label} that is {kind}; favourable are "
                f"{', '.join(told.rules.favourable)}"
            )


def _measured(facet: Facet, tables: Tables) -> dict[Metric, Measure]:
    return {
        metric: measured(metric, tables[metric.table], facet.groups)
        for metric in METRICS
        if metric.table in tables
    }


def _facet(
    facet: Facet, tables: Tables, measures: Mapping[Metric, Measure], limits: Mapping[str, float]
) -> dict[str, Any]:
    others, group = tables[ANSWERS].sum(axis=-1).tolist()
    return {
        "name": facet.name,
        "values": list(facet.values),
        "records": {"group": group, "others": others},
        "metrics": {
            metric.name: {
                "value": measure.value, "lower": measure.lower, "upper": measure.upper,
                "limit": limits.get(metric.name),
                "why": measure.why or too_few(metric, tables[metric.table], facet.groups),
            }
            for metric, measure in measures.items()
        },
    }  # fmt: skip
