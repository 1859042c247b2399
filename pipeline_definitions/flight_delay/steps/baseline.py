"""What requests looked like in training, in the file formats of Model Monitor.

Formats: SageMaker developer guide, "Schema for Statistics (statistics.json file)" and "Schema for
Constraints (constraints.json file)". They describe what the endpoint captures: FEATURES.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from failing import exit_code
from features import CATEGORY, FEATURES
from sketch import buckets, kll_levels
from tables import read_table

MONITORING = {
    "evaluate_constraints": "Enabled",
    "emit_metrics": "Enabled",
    "datatype_check_threshold": 0.1,
    "domain_content_threshold": 0.1,
    "distribution_constraints": {
        "perform_comparison": "Enabled",
        "comparison_threshold": 0.1,
        "comparison_method": "Robust",
        "categorical_comparison_threshold": 0.1,
        "categorical_drift_method": "LInfinity",
    },
}
"""The documentation's own values."""

KLL = {"c": 0.64, "k": 2048.0}
"""Parameters of the quantile sketch: shrinking factor, and the most values a level holds."""


def main(argv: list[str] | None = None) -> int:
    """The processing job; its exit code."""
    options = _options(argv)
    return exit_code(partial(run, options), options.message)


def run(options: argparse.Namespace) -> None:
    """Read, describe, write."""
    rows = read_table(options.train).rows
    columns = zip(FEATURES, zip(*rows, strict=True), strict=True)
    described = [feature_statistics(name, values) for name, values in columns]
    files = {
        "statistics.json": {
            "version": 0,
            "dataset": {"item_count": len(rows)},
            "features": described,
        },
        "constraints.json": {
            "version": 0,
            "features": [feature_constraints(statistics) for statistics in described],
            "monitoring_config": MONITORING,
        },
    }
    options.baseline.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        text = json.dumps(content) + "\n"
        (options.baseline / name).write_text(text, encoding="utf-8")


def feature_statistics(name: str, values: Sequence[str]) -> dict[str, Any]:
    """A feature's entry in statistics.json."""
    present = [value for value in values if value]
    common = {"num_present": len(present), "num_missing": len(values) - len(present)}
    if FEATURES[name] == CATEGORY:
        return {
            "name": name,
            "inferred_type": "String",
            "string_statistics": _text(present, common),
        }
    numbers = np.sort(np.array(present, dtype=np.float64))
    return {
        "name": name,
        "inferred_type": _inferred_type(numbers),
        "numerical_statistics": _numbers(numbers, common),
    }


def _text(present: Sequence[str], common: dict[str, int]) -> dict[str, Any]:
    counts = sorted(Counter(present).items())
    found = [{"value": value, "count": count} for value, count in counts]
    return {
        "common": common,
        "distinct_count": len(counts),
        "distribution": {"categorical": {"buckets": found}},
    }


def _inferred_type(numbers: np.ndarray) -> str:
    if not numbers.size:
        return "Unknown"
    return "Integral" if bool(np.all(numbers == np.round(numbers))) else "Fractional"


def _numbers(numbers: np.ndarray, common: dict[str, int]) -> dict[str, Any]:
    if not numbers.size:
        return {"common": common}
    sketch = {"parameters": KLL, "data": kll_levels(numbers, most=int(KLL["k"]))}
    return {
        "common": common,
        "mean": float(numbers.mean()),
        "sum": float(numbers.sum()),
        "std_dev": float(numbers.std()),
        "min": float(numbers[0]),
        "max": float(numbers[-1]),
        "distribution": {"kll": {"buckets": buckets(numbers), "sketch": sketch}},
    }


def feature_constraints(statistics: dict[str, Any]) -> dict[str, Any]:
    """A feature's entry in constraints.json, from its statistics."""
    of_type = "string" if "string_statistics" in statistics else "numerical"
    found = statistics[f"{of_type}_statistics"]
    present, missing = found["common"]["num_present"], found["common"]["num_missing"]
    constraints: dict[str, Any] = {
        "name": statistics["name"],
        "inferred_type": statistics["inferred_type"],
        "completeness": present / (present + missing),
    }
    if of_type == "string":
        values = [bucket["value"] for bucket in found["distribution"]["categorical"]["buckets"]]
        constraints["string_constraints"] = {"domains": values}
    elif present:
        constraints["num_constraints"] = {"is_non_negative": found["min"] >= 0}
    return constraints


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    processing = Path("/opt/ml/processing")
    parser.add_argument("--train", type=Path, default=processing / "input/train")
    parser.add_argument("--baseline", type=Path, default=processing / "output/baseline")
    parser.add_argument("--message", type=Path, default=Path("/opt/ml/output/message"))
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
