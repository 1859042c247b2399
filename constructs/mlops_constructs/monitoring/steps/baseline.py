"""What requests looked like in training, and how far from that is too far.

Writes into one folder: statistics.json and constraints.json in Model Monitor's formats, the second
with thresholds for the monitor's window; constraints_of_one_run.json with those for what Model
Monitor itself would judge, the data between two runs; expectations.json, which the open monitor
compares with; calibration.json, how far the baseline's own windows are from the rest of it;
made.json, when this was done.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import arithmetic  # noqa: F401 - before numpy
import calibration
import constraints
import documented
import evidence
import fitting
import made
import numpy as np
import reference
from columns import CATEGORY, Batch, Schema, from_columns
from evidence import ADJUSTED, LOST, OUTSIDE
from expectations import GRID
from failure import Failure, exit_code
from tables import columns_of, hours_of, schema_of


def main(argv: list[str] | None = None) -> int:
    """The processing job; its exit code."""
    options = _options(argv)
    return exit_code(partial(run, options), options.message)


def run(options: argparse.Namespace) -> None:
    """Read, describe, calibrate, write."""
    schema, batch = read(options.data)
    files = describe(schema, batch, options.window_hours, options.every_hours)
    files[made.FILE] = made.stamp()
    options.baseline.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        text = json.dumps(content, allow_nan=False) + "\n"
        (options.baseline / name).write_text(text, encoding="utf-8")


def read(folder: Path) -> tuple[Schema, Batch]:
    """All rows below a folder, in the order of time, each with the hour that it belongs to.

    Raises:
        Failure: If there is not one schema, or no row, or a column or a time is missing.
    """
    schema = schema_of(folder)
    if schema.time is None:
        raise Failure("schema.json names no column of times, which data quality needs")
    texts: dict[str, list[str]] = {name: [] for name in schema.features}
    hours: list[int] = []
    for path in sorted(folder.rglob("*.csv")):
        columns = columns_of(path, {schema.time, *schema.features})
        hours += hours_of(columns[schema.time], path.name)
        for name, values in texts.items():
            values += columns[name]
    if not hours:
        raise Failure(f"no rows in the CSV files of {folder}")
    batch = from_columns(schema, texts, np.array(hours) - min(hours))
    return schema, batch.take(np.argsort(batch.slots, kind="stable"))


def describe(
    schema: Schema, batch: Batch, window_hours: int, every_hours: int
) -> dict[str, dict[str, Any]]:
    """The baseline's files, by name.

    Args:
        schema: Of the rows.
        batch: The rows, in the order of time; slots are hours.
        window_hours: What the monitor looks at.
        every_hours: How often it does.

    Raises:
        Failure: If the baseline is too short.
    """
    hourly = np.bincount(batch.slots)
    windows = calibration.draw(hourly, length=window_hours)
    of_one_run = calibration.draw(hourly, length=every_hours)
    fit = fitting.fit(schema, batch, slots_in_a_fold=window_hours)
    columns, left, drawn, drawn_of_one_run = {}, {}, {}, {}
    for name in schema.features:
        columns[name] = _reference(batch, name)
        if name in fit.residuals:
            left[name] = reference.of_numbers(fit.residuals[name], GRID)
        expected = evidence.Expected(fit.residuals.get(name), left.get(name), fit.chances.get(name))
        kept = evidence.of_column(
            batch, name, len(hourly), reference=columns[name], expected=expected
        )
        for check, values in calibration.in_windows(kept, windows, columns[name]).items():
            drawn[name, check] = values
        plain = {check: kept[check] for check in kept if check not in (ADJUSTED, LOST)}
        for check, values in calibration.in_windows(plain, of_one_run, columns[name]).items():
            drawn_of_one_run[name, check] = values
    limits = _limits(schema, batch, calibration.thresholds(drawn))
    limits_of_one_run = _limits(schema, batch, calibration.thresholds(drawn_of_one_run))
    statistics = {name: _statistics(batch, name) for name in schema.features}
    return {
        "statistics.json": documented.document(len(batch.slots), [*statistics.values()]),
        "constraints.json": _constraints(schema, statistics, limits, windows.usual_days),
        "constraints_of_one_run.json": _constraints(schema, statistics, limits_of_one_run, None),
        "expectations.json": {
            "version": 0,
            "time": schema.time,
            "features": dict(schema.features),
            "columns": {name: column.as_json() for name, column in columns.items()},
            "left": {name: column.as_json() for name, column in left.items()},
            "missing": {name: float(batch.missing(name).mean()) for name in schema.features},
            "regressions": fit.expectations.as_json(),
        },
        "calibration.json": {
            "version": 0,
            "window_hours": window_hours,
            "rows": len(batch.slots),
            "hours": len(hourly),
            "draws": len(windows.begins),
            "alpha": calibration.ALPHA,
            "explained": fit.explained,
            "checks": [_calibrated(key, values, limits) for key, values in drawn.items()],
        },
    }  # fmt: skip


def _reference(batch: Batch, name: str) -> reference.Column:
    if name in batch.categories:
        return reference.of_categories(batch.categories[name])
    return reference.of_numbers(batch.numbers[name])


def _limits(
    schema: Schema, batch: Batch, thresholds: Mapping[calibration.Key, float]
) -> dict[str, constraints.Limits]:
    """Thresholds by feature; how far windows go beyond each other becomes room for the range."""
    found: dict[str, dict[str, float]] = {name: {} for name in schema.features}
    for (name, check), level in thresholds.items():
        found[name][check] = level
    limits = {}
    for name, kind in schema.features.items():
        if kind == CATEGORY or not np.isfinite(batch.numbers[name]).any():
            limits[name] = constraints.Limits(found[name], 0.0, 0.0)
            continue
        room = found[name][OUTSIDE]
        found[name][OUTSIDE] = calibration.OUTSIDE_SHARE
        low, high = np.nanmin(batch.numbers[name]), np.nanmax(batch.numbers[name])
        room *= high - low
        limits[name] = constraints.Limits(found[name], float(low - room), float(high + room))
    return limits


def _statistics(batch: Batch, name: str) -> dict[str, Any]:
    missing = int(batch.missing(name).sum())
    if name in batch.categories:
        values, counts = np.unique(
            batch.categories[name][batch.categories[name] != ""].astype(str), return_counts=True
        )
        counted = zip(values.tolist(), counts.tolist(), strict=True)
        return documented.text_feature(name, dict(counted), missing)
    numbers = np.sort(batch.numbers[name][~np.isnan(batch.numbers[name])])
    if not numbers.size:
        return documented.number_feature(name, documented.summarize(numbers, missing), [], [])
    return documented.number_feature(
        name, documented.summarize(numbers, missing), documented.buckets(numbers),
        documented.kll_levels(numbers, most=int(documented.KLL["k"])),
    )  # fmt: skip


def _constraints(
    schema: Schema,
    described: Mapping[str, dict[str, Any]],
    limits: Mapping[str, constraints.Limits],
    usual_days: int | None,
) -> dict[str, Any]:
    features = []
    for name, kind in schema.features.items():
        statistics = described[name]
        observed: dict[str, Any] = {}
        if kind == CATEGORY:
            found = statistics["string_statistics"]["distribution"]["categorical"]["buckets"]
            observed["string_constraints"] = {"domains": [bucket["value"] for bucket in found]}
        elif "min" in statistics["numerical_statistics"]:
            sign = statistics["numerical_statistics"]["min"] >= 0
            observed["num_constraints"] = {"is_non_negative": sign}
        features.append(
            constraints.feature(
                name, kind, statistics["inferred_type"], observed, limits[name],
                ours=usual_days is not None,
            )
        )  # fmt: skip
    general = {"usual_days": usual_days, "misfits_threshold": calibration.MISFITS_SHARE}
    ours = {} if usual_days is None else {constraints.OURS: general}
    return {
        "version": 0, "features": features, "monitoring_config": constraints.MONITORING, **ours,
    }  # fmt: skip


def _calibrated(
    key: calibration.Key, values: np.ndarray, limits: Mapping[str, constraints.Limits]
) -> dict[str, Any]:
    name, check = key
    quantiles = np.quantile(values, [0.5, 0.95, 0.99, 1.0]).tolist()
    return {
        "feature": name, "check": check, "threshold": limits[name].thresholds[check],
        "median": quantiles[0], "q95": quantiles[1], "q99": quantiles[2], "largest": quantiles[3],
    }  # fmt: skip


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    processing = Path("/opt/ml/processing")
    parser.add_argument("--data", type=Path, default=processing / "input/data")
    parser.add_argument("--baseline", type=Path, default=processing / "output/baseline")
    parser.add_argument("--window-hours", type=int, default=168)
    parser.add_argument("--every-hours", type=int, default=24)
    parser.add_argument("--message", type=Path, default=Path("/opt/ml/output/message"))
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
