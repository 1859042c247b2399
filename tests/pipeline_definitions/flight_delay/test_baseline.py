"""The baseline is in Model Monitor's formats, and its numbers are true."""

import json
from pathlib import Path

import baseline
import jsonschema
import numpy as np
import pandas as pd
import pytest
from features import CATEGORY, FEATURES, FLIGHT_ID, LABEL
from sketch import kll_levels

from .conftest import Prepared

NUMBER = {"type": "number"}
TEXT = {"type": "string"}


def closed(**properties: object) -> dict[str, object]:
    """An object with these members and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def every(items: object) -> dict[str, object]:
    return {"type": "array", "items": items}


COMMON = closed(num_present=NUMBER, num_missing=NUMBER)
SKETCH = closed(parameters=closed(c=NUMBER, k=NUMBER), data=every(every(NUMBER)))
BUCKET = closed(lower_bound=NUMBER, upper_bound=NUMBER, count=NUMBER)
# https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-statistics.html
STATISTICS = closed(
    version={"const": 0},
    dataset=closed(item_count=NUMBER),
    features=every(
        {
            "oneOf": [
                closed(
                    name=TEXT,
                    inferred_type={"enum": ["Fractional", "Integral"]},
                    numerical_statistics=closed(
                        common=COMMON,
                        mean=NUMBER,
                        sum=NUMBER,
                        std_dev=NUMBER,
                        min=NUMBER,
                        max=NUMBER,
                        distribution=closed(kll=closed(buckets=every(BUCKET), sketch=SKETCH)),
                    ),
                ),
                closed(
                    name=TEXT,
                    inferred_type={"const": "String"},
                    string_statistics=closed(
                        common=COMMON,
                        distinct_count=NUMBER,
                        distribution=closed(
                            categorical=closed(buckets=every(closed(value=TEXT, count=NUMBER)))
                        ),
                    ),
                ),
            ]
        }
    ),
)
# https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-constraints.html
SWITCH = {"enum": ["Enabled", "Disabled"]}
CONSTRAINTS = closed(
    version={"const": 0},
    features=every(
        {
            "type": "object",
            "properties": {
                "name": TEXT,
                "inferred_type": {"enum": ["Integral", "Fractional", "String", "Unknown"]},
                "completeness": {"type": "number", "minimum": 0, "maximum": 1},
                "num_constraints": closed(is_non_negative={"type": "boolean"}),
                "string_constraints": closed(domains=every(TEXT)),
            },
            "required": ["name", "inferred_type", "completeness"],
            "additionalProperties": False,
        }
    ),
    monitoring_config=closed(
        evaluate_constraints=SWITCH,
        emit_metrics=SWITCH,
        datatype_check_threshold=NUMBER,
        domain_content_threshold=NUMBER,
        distribution_constraints=closed(
            perform_comparison=SWITCH,
            comparison_threshold=NUMBER,
            comparison_method={"enum": ["Simple", "Robust"]},
            categorical_comparison_threshold=NUMBER,
            categorical_drift_method={"enum": ["LInfinity", "ChiSquared"]},
        ),
    ),
)


def described(tables: Path, out: Path) -> tuple[dict, dict]:
    """Statistics and constraints of the tables in a folder."""
    arguments = ["--train", str(tables), "--baseline", str(out), "--message", str(out / "message")]
    assert baseline.main(arguments) == 0
    statistics, constraints = (
        json.loads((out / name).read_text()) for name in ("statistics.json", "constraints.json")
    )
    return statistics, constraints


@pytest.fixture(scope="module")
def files(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, dict]:
    return described(prepared.path("train"), tmp_path_factory.mktemp("baseline"))


@pytest.fixture(scope="module")
def frame(prepared: Prepared) -> pd.DataFrame:
    return pd.read_csv(prepared.path("train") / "train.csv")


def test_both_files_are_in_the_documented_format_but_for_a_column_without_values(
    files: tuple[dict, dict],
):
    statistics, constraints = files
    gust = next(f for f in statistics["features"] if f["name"] == "wind_gust")
    assert gust == {
        "name": "wind_gust",
        "inferred_type": "Unknown",
        "numerical_statistics": {"common": {"num_present": 0, "num_missing": 840}},
    }
    known = [f for f in statistics["features"] if f["name"] != "wind_gust"]
    jsonschema.validate({**statistics, "features": known}, STATISTICS)
    jsonschema.validate(constraints, CONSTRAINTS)


def test_the_features_are_what_the_endpoint_captures_in_its_order(files: tuple[dict, dict]):
    for file in files:
        assert [feature["name"] for feature in file["features"]] == list(FEATURES)


def test_numbers_are_those_of_pandas(files: tuple[dict, dict], frame: pd.DataFrame):
    statistics, _ = files
    assert statistics["dataset"]["item_count"] == len(frame)
    for feature in statistics["features"]:
        column = frame[feature["name"]]
        if FEATURES[feature["name"]] == CATEGORY or not column.count():
            continue
        found = feature["numerical_statistics"]
        assert found["common"] == {
            "num_present": column.count(),
            "num_missing": column.isna().sum(),
        }
        for name, value in (
            ("mean", column.mean()), ("sum", column.sum()), ("std_dev", column.std(ddof=0)),
            ("min", column.min()), ("max", column.max()),
        ):  # fmt: skip
            assert found[name] == pytest.approx(value), (feature["name"], name)


def test_categories_are_counted_as_pandas_counts_them(
    files: tuple[dict, dict], frame: pd.DataFrame
):
    statistics, constraints = files
    counts = frame["carrier"].value_counts()
    carrier = statistics["features"][0]["string_statistics"]
    buckets = carrier["distribution"]["categorical"]["buckets"]
    assert {bucket["value"]: bucket["count"] for bucket in buckets} == counts.to_dict()
    assert carrier["distinct_count"] == len(counts)
    assert set(constraints["features"][0]["string_constraints"]["domains"]) == set(counts.index)


def test_ten_buckets_hold_every_number(files: tuple[dict, dict], frame: pd.DataFrame):
    feature = next(f for f in files[0]["features"] if f["name"] == "day_of_week")
    buckets = feature["numerical_statistics"]["distribution"]["kll"]["buckets"]
    assert len(buckets) == 10
    assert sum(bucket["count"] for bucket in buckets) == len(frame)
    assert (buckets[0]["lower_bound"], buckets[-1]["upper_bound"]) == (1, 7)


def test_types_completeness_and_signs_become_constraints(tmp_path: Path):
    values = {name: "A" if kind == CATEGORY else "1" for name, kind in FEATURES.items()}
    rows = [{FLIGHT_ID: "x", LABEL: 0, **values} for _ in range(4)]
    rows[0] |= {"temp": "-3", "plane_year": "", "humid": "0.5", "dest": "", "precip": "0"}
    pd.DataFrame(rows).to_csv(tmp_path / "train.csv", index=False)
    _, constraints = described(tmp_path, tmp_path / "out")
    found = {feature["name"]: feature for feature in constraints["features"]}
    assert found["temp"]["num_constraints"] == {"is_non_negative": False}
    assert found["precip"]["num_constraints"] == {"is_non_negative": True}
    assert found["plane_year"]["completeness"] == 0.75
    assert found["dest"]["completeness"] == 0.75
    assert found["humid"]["inferred_type"] == "Fractional"
    assert found["temp"]["inferred_type"] == "Integral"


@pytest.mark.parametrize("size", [1, 9, 2048, 2049, 5000, 100_001])
def test_a_sketch_weighs_as_much_as_what_it_stands_for(size: int):
    levels = kll_levels(np.sort(np.random.default_rng(1).normal(size=size)), most=2048)
    assert sum(len(kept) * 2**level for level, kept in enumerate(levels)) == size
    assert all(len(kept) <= 2048 for kept in levels)


def test_quantiles_of_a_sketch_are_those_of_numpy():
    numbers = np.sort(np.random.default_rng(2).gamma(2.0, size=100_001))
    levels = kll_levels(numbers, most=2048)
    weighted = sorted((value, 2**level) for level, kept in enumerate(levels) for value in kept)
    values, weights = (np.array(part) for part in zip(*weighted, strict=True))
    ranks = np.cumsum(weights) / numbers.size
    for quantile in (0.01, 0.25, 0.5, 0.75, 0.99):
        sketched = values[np.searchsorted(ranks, quantile)]
        exact = np.quantile(numbers, [quantile - 0.002, quantile + 0.002])
        assert exact[0] <= sketched <= exact[1]


def test_a_folder_without_rows_has_no_baseline(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    arguments = ["--train", str(tmp_path), "--baseline", str(tmp_path / "out")]
    assert baseline.main([*arguments, "--message", str(tmp_path / "message")]) == 1
    assert capsys.readouterr().err.strip() == f"no rows in the CSV files of {tmp_path}"
