"""Data quality: statistics of each column, held against a baseline's constraints.

What is read and written:
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-contract-outputs.html
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from local_aws.monitoring.stand_in import columns, transforms
from local_aws.monitoring.stand_in.comparison import DISTRIBUTION, MONITORING, Comparison
from local_aws.monitoring.stand_in.job import Job, JobError, outcome
from local_aws.monitoring.stand_in.records import Row, captured, rows, side

Columns = Mapping[str, Sequence[str]]


def run(job: Job) -> str:
    """Write statistics.json, constraints.json and, if there is a baseline, what violates it."""
    table, header = _table(job)
    constraints, baseline = job.json("baseline_constraints"), job.json("baseline_statistics")
    features = [] if constraints is None else constraints["features"]
    names = _names(table, header, [feature["name"] for feature in features])
    found = dict(zip(names, zip(*table, strict=True), strict=True))
    job.write("statistics.json", statistics(found, features))
    job.write("constraints.json", suggested(found))
    if constraints is None:
        return outcome([])
    comparison = Comparison(
        found=found,
        features=features,
        config={**MONITORING, **constraints.get("monitoring_config", {})},
        before={each["name"]: each for each in (baseline or {}).get("features", ())},
    )
    violations = list(comparison.violations())
    job.write("constraint_violations.json", {"violations": violations})
    job.write_metrics(comparison.metrics())
    return outcome(violations)


def statistics(found: Columns, features: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """statistics.json; a column of the baseline keeps the baseline's type."""
    known = {feature["name"]: feature["inferred_type"] for feature in features}
    described = [
        columns.statistics(name, cells, known.get(name) or columns.inferred_type(cells))
        for name, cells in found.items()
    ]
    count = len(next(iter(found.values()), ()))
    return {"version": 0.0, "dataset": {"item_count": count}, "features": described}


def suggested(found: Columns) -> dict[str, Any]:
    """constraints.json: what this data would suggest as a baseline."""
    features = []
    for name, cells in found.items():
        kind = columns.inferred_type(cells)
        feature = {"name": name, "inferred_type": kind, "completeness": columns.completeness(cells)}
        if kind in ("Integral", "Fractional"):
            not_negative = bool((columns.numbers(cells) >= 0).all())
            feature["num_constraints"] = {"is_non_negative": not_negative}
        features.append(feature)
    config = {**MONITORING, "datatype_check_threshold": 1.0, "domain_content_threshold": 1.0}
    return {
        "version": 0.0,
        "features": features,
        "monitoring_config": {**config, "distribution_constraints": dict(DISTRIBUTION)},
    }


def _table(job: Job) -> tuple[list[Row], Row | None]:
    """All rows, and the names of their columns if the data has them.

    A captured answer stands before its request: "the prediction/output columns are assumed to be
    the first columns in the training dataset"
    (https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-create-baseline.html).
    """
    names = job.capture_names
    table, header = transforms.inputs(job) if not names else (_exchanges(job, names), None)
    widths = {len(row) for row in table}
    if len(widths) != 1:
        raise JobError(f"Rows have different numbers of columns: {sorted(widths)}.")
    left_out = {int(i) for i in job.variables.get("exclude_features_attribute", "").split(",") if i}
    kept = [[cell for n, cell in enumerate(row) if n not in left_out] for row in table]
    return kept, header


def _exchanges(job: Job, names: Sequence[str]) -> list[Row]:
    ordered = [name for name in ("endpointOutput", "endpointInput") if name in names]
    attributes = {
        "endpointInput": job.variables.get("features_attribute"),
        "endpointOutput": job.variables.get("inference_attribute"),
    }
    table = []
    for record in captured(job):
        sides = [rows(side(record, name), attributes[name]) for name in ordered]
        if len({len(each) for each in sides}) != 1:
            raise JobError("A request and its answer have different numbers of rows.")
        table += [list(chain(*parts)) for parts in zip(*sides, strict=True)]
    return table


def _names(table: Sequence[Row], header: Row | None, expected: Sequence[str]) -> list[str]:
    """The columns' names: those of the baseline, in its order, and `_c<n>` for what is beyond."""
    if header:
        return header
    return [*expected, *(f"_c{n}" for n in range(len(expected), len(table[0])))][: len(table[0])]
