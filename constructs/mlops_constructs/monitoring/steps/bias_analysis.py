"""Bias metrics in the format of Clarify's analysis.json and analysis_config.json.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-analysis-results.html
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-config-json-monitor-bias-parameters.html
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from bias_judging import Measure
from bias_metrics import POST, PRE, Metric
from bias_settings import Facet, Settings

Measured = Iterable[tuple[Facet, Mapping[Metric, Measure]]]


def analysis(settings: Settings, measured: Measured) -> dict[str, Any]:
    """The metrics of all facets, those of labels and those of answers.

    A metric without a value has `error` instead, as AWS's own smclarify writes it (report.py,
    MetricError).
    """
    sections: dict[str, dict[str, list[Any]]] = {PRE: {}, POST: {}}
    for facet, metrics in measured:
        for stage, facets in sections.items():
            entries = [_entry(*pair) for pair in metrics.items() if pair[0].stage == stage]
            facets.setdefault(facet.name, []).append(
                {"value_or_threshold": facet.value, "metrics": entries}
            )
    label = {
        "label": settings.label, "label_value_or_threshold": ",".join(settings.rules.favourable),
    }  # fmt: skip
    return {
        "version": "1.0",
        **{stage: {**label, "facets": facets} for stage, facets in sections.items()},
    }


def constraints(
    settings: Settings,
    measured: Iterable[tuple[Facet, Mapping[Metric, Measure], Mapping[str, float]]],
) -> dict[str, Any]:
    """In the same format, of each metric the value from which on it is a violation.

    Model Monitor takes the values of a baseline for the bounds of those to come, and without its
    intervals any window would be worse in some metric. Metrics without a bound are left out.
    https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-violations.html

    Args:
        settings: Of the monitor.
        measured: Facets, their metrics, and how far from fair those may be.
    """
    return analysis(
        settings,
        [
            (facet, {of: _bound(of, m, levels[of.name]) for of, m in metrics.items()
                     if np.isfinite(levels.get(of.name, np.inf))})
            for facet, metrics, levels in measured
        ],
    )  # fmt: skip


def _bound(metric: Metric, measure: Measure, level: float) -> Measure:
    """On the side of fair where the baseline is."""
    side = -1 if (measure.value or 0.0) < metric.fair else 1
    return Measure(metric.fair + side * level, None, None)


def _entry(metric: Metric, measure: Measure) -> dict[str, Any]:
    entry = {"name": metric.name, "description": metric.title, "value": measure.value}
    return entry if measure.value is not None else {**entry, "error": measure.why}


def configuration(settings: Settings, columns: Sequence[str]) -> dict[str, Any]:
    """What Model Monitor's bias job is told; `columns` are a request's, in its order."""
    found = {
        "version": "1.0",
        "headers": [*columns, settings.label],
        "label": settings.label,
        "label_values_or_threshold": [_value(text) for text in settings.rules.favourable],
        "facet": [
            {
                "name_or_index": facet.name,
                "value_or_threshold": [_value(text) for text in facet.values],
            }
            for facet in settings.facets
        ],
    }
    if settings.group_variable:
        found["group_variable"] = settings.group_variable
    return found


def _value(text: str) -> str | int | float:
    """As a number where it is one: the examples have numbers for columns of numbers."""
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number
