"""Bias of a data set and of a model's answers, in Clarify's format.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-violations.html
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from local_aws.monitoring.stand_in.bias_metrics import DESCRIPTIONS, PARITY, POST, PRE
from local_aws.monitoring.stand_in.bias_table import Table, read, selected
from local_aws.monitoring.stand_in.groups import Groups
from local_aws.monitoring.stand_in.job import Job, JobError, Metric, Violation

STAGES = {
    "pre_training_bias_metrics": ("Pre-training", PRE),
    "post_training_bias_metrics": ("Post-Training", POST),
}
_ALL = {**PRE, **POST}


def analyze(job: Job, config: Mapping[str, Any]) -> dict[str, Any]:
    """analysis.json."""
    table = read(job, config)
    facets = {
        str(facet["name_or_index"]): _facet(config, facet, table) for facet in config["facet"]
    }
    return {
        "version": "1.0",
        **{
            stage: {
                "label": str(config.get("label", "Label")),
                "facets": {name: parts[stage] for name, parts in facets.items()},
                "label_value_or_threshold": _joined(_positive(config)),
            }
            for stage in sorted(STAGES)
        },
    }


def metrics(analysis: Mapping[str, Any]) -> Iterator[Metric]:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-cw.html"""
    for stage, (shown, _) in STAGES.items():
        described = analysis[stage]
        for facet, value, metric in _each(described):
            dimensions = {
                "BiasStage": shown,
                "Label": described["label"],
                "LabelValue": described["label_value_or_threshold"],
                "Facet": facet,
                "FacetValue": value,
            }
            yield Metric(
                name=f"bias_metric_{metric['name']}",
                value=metric["value"],
                dimensions=tuple(dimensions.items()),
            )


def violations(analysis: Mapping[str, Any], baseline: Mapping[str, Any]) -> Iterator[Violation]:
    """Each metric that is farther from parity than the baseline's."""
    for stage in sorted(STAGES):
        known = {
            (facet, value, metric["name"]): metric["value"]
            for facet, value, metric in _each(baseline.get(stage, {}))
        }
        for facet, value, metric in _each(analysis[stage]):
            name, now = metric["name"], metric["value"]
            before = known.get((facet, value, name))
            parity = PARITY.get(name, 0.0)
            if now is None or before is None or abs(now - parity) <= abs(before - parity):
                continue
            yield {
                "facet": facet,
                "facet_value": value,
                "metric_name": name,
                "constraint_check_type": "bias_drift_check",
                "description": f"Metric value {_shown(now)} doesn't meet the baseline constraint"
                f" requirement {_shown(before)}",
            }


def _facet(
    config: Mapping[str, Any], facet: Mapping[str, Any], table: Table
) -> dict[str, list[dict[str, Any]]]:
    """The metrics of a facet, by stage; without values, a group for each value that occurs."""
    column, group = table.column(facet["name_or_index"]), config.get("group_variable")
    values = facet.get("value_or_threshold")
    found: dict[str, list[dict[str, Any]]] = {stage: [] for stage in STAGES}
    for chosen in [values] if values else [[value] for value in sorted(set(column.tolist()))]:
        groups = Groups(
            disfavoured=selected(column, chosen),
            positive=selected(table.labels, _positive(config)),
            predicted=selected(table.answers, _positive(config), like=table.labels),
            strata=None if group is None else table.column(group),
            features=[each for each in table.features.values() if each is not column],
        )
        for stage, (_, known) in STAGES.items():
            listed = [_measured(name, groups) for name in _methods(config, stage, known)]
            found[stage].append({"value_or_threshold": _joined(chosen), "metrics": listed})
    return found


def _positive(config: Mapping[str, Any]) -> Sequence[Any]:
    positive: Sequence[Any] = config.get("label_values_or_threshold") or [1]
    return positive


def _methods(config: Mapping[str, Any], stage: str, known: Mapping[str, Any]) -> list[str]:
    given = config.get("methods", {}).get(stage.removesuffix("_metrics"), {}).get("methods", "all")
    unknown = [] if given == "all" else sorted(set(given) - set(known))
    if unknown:
        raise JobError(f"methods of {stage} must be of {', '.join(known)}, got {unknown}.")
    return sorted(known if given == "all" else given)


def _measured(name: str, groups: Groups) -> dict[str, Any]:
    described = {"name": name, "description": f"{DESCRIPTIONS[name]} ({name})"}
    try:
        return {**described, "value": _ALL[name](groups)}
    except ValueError as error:
        return {**described, "value": None, "error": str(error)}


def _joined(values: Sequence[Any]) -> str:
    return ",".join(str(value) for value in values)


def _each(described: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for facet, parts in described.get("facets", {}).items():
        for part in parts:
            yield from ((facet, part["value_or_threshold"], metric) for metric in part["metrics"])


def _shown(value: float) -> str:
    return str(value) if math.isfinite(value) else "Infinity" if value > 0 else "-Infinity"
