"""The baseline is in Model Monitor's formats, its numbers are true, and it takes few seconds."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest

from tests.monitoring.conftest import FEATURES, Row, calibrate, deliver, script, world

documented, baseline_script = script("documented"), script("baseline")
NUMBER, TEXT, SHARE = {"type": "number"}, {"type": "string"}, {"minimum": 0, "maximum": 1}


def closed(optional: tuple[str, ...] = (), **properties: object) -> dict[str, object]:
    """An object with these members and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def every(items: object) -> dict[str, object]:
    return {"type": "array", "items": items}


COMMON = closed(num_present=NUMBER, num_missing=NUMBER)
SKETCH = closed(parameters=closed(c=NUMBER, k=NUMBER), data=every(every(NUMBER)))
BUCKET = closed(lower_bound=NUMBER, upper_bound=NUMBER, count=NUMBER)
FIGURES = {name: NUMBER for name in ("mean", "sum", "std_dev", "min", "max")}
CATEGORICAL = closed(buckets=every(closed(value=TEXT, count=NUMBER)))
# https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-statistics.html
STATISTICS = closed(
    version={"const": 0},
    dataset=closed(item_count=NUMBER),
    features=every({"oneOf": [
        closed(
            name=TEXT, inferred_type={"enum": ["Fractional", "Integral"]},
            numerical_statistics=closed(
                common=COMMON, **FIGURES,
                distribution=closed(kll=closed(buckets=every(BUCKET), sketch=SKETCH)),
            ),
        ),
        closed(
            name=TEXT, inferred_type={"const": "String"},
            string_statistics=closed(
                common=COMMON, distinct_count=NUMBER, distribution=closed(categorical=CATEGORICAL),
            ),
        ),
    ]}),
)  # fmt: skip
# https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-constraints.html
SWITCH = {"enum": ["Enabled", "Disabled"]}
DISTRIBUTION = dict(
    perform_comparison=SWITCH, comparison_threshold=SHARE,
    comparison_method={"enum": ["Simple", "Robust"]}, categorical_comparison_threshold=SHARE,
    categorical_drift_method={"enum": ["LInfinity", "ChiSquared"]},
)  # fmt: skip
CONFIG = dict(
    evaluate_constraints=SWITCH, emit_metrics=SWITCH, datatype_check_threshold=SHARE,
    domain_content_threshold=SHARE, distribution_constraints=closed(**DISTRIBUTION),
)  # fmt: skip
OVERRIDES = closed(
    tuple(CONFIG),
    **{**CONFIG, "distribution_constraints": closed(tuple(DISTRIBUTION), **DISTRIBUTION)},
)
FEATURE = dict(
    name=TEXT, inferred_type={"enum": ["Integral", "Fractional", "String", "Unknown"]},
    completeness=SHARE, num_constraints=closed(is_non_negative={"type": "boolean"}),
    string_constraints=closed(domains=every(TEXT)), monitoringConfigOverrides=OVERRIDES,
)  # fmt: skip
OPTIONAL = ("num_constraints", "string_constraints", "monitoringConfigOverrides", "perennial")


def constraints(*, ours: bool) -> dict[str, object]:
    extra = {"perennial": {"type": "object"}} if ours else {}
    features = every(closed(OPTIONAL, **FEATURE, **extra))
    return closed(
        version={"const": 0}, features=features, monitoring_config=closed(**CONFIG), **extra
    )


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text())


def features(folder: Path, name: str) -> dict[str, Any]:
    return {feature["name"]: feature for feature in read(folder, name)["features"]}


@pytest.fixture(scope="module")
def frame(rows: list[Row]) -> pd.DataFrame:
    frame = pd.DataFrame([values for _, values in rows], columns=list(FEATURES))
    numbers = [name for name, kind in FEATURES.items() if kind == "number"]
    return frame.assign(**{n: pd.to_numeric(frame[n].replace("", np.nan)) for n in numbers})


def test_the_files_are_in_the_documented_formats(baseline: Path):
    jsonschema.validate(read(baseline, "statistics.json"), STATISTICS)
    jsonschema.validate(read(baseline, "constraints.json"), constraints(ours=True))
    jsonschema.validate(read(baseline, "constraints_of_one_run.json"), constraints(ours=False))


def test_the_features_are_in_the_order_of_a_request(baseline: Path):
    for name in ("statistics.json", "constraints.json", "constraints_of_one_run.json"):
        assert list(features(baseline, name)) == list(FEATURES)


def test_numbers_are_those_of_pandas(baseline: Path, frame: pd.DataFrame):
    statistics = features(baseline, "statistics.json")
    for name in ("outside", "inside", "queue", "scanned"):
        found, column = statistics[name]["numerical_statistics"], frame[name]
        assert found["common"] == {
            "num_present": column.count(), "num_missing": column.isna().sum(),
        }  # fmt: skip
        expected = {
            "mean": column.mean(), "sum": column.sum(), "std_dev": column.std(ddof=0),
            "min": column.min(), "max": column.max(),
        }  # fmt: skip
        assert {key: found[key] for key in expected} == pytest.approx(expected)
    assert statistics["queue"]["inferred_type"] == "Integral"
    assert statistics["outside"]["inferred_type"] == "Fractional"


def test_categories_are_counted_as_pandas_counts_them(baseline: Path, frame: pd.DataFrame):
    counts = frame["shop"].value_counts().to_dict()
    found = features(baseline, "statistics.json")["shop"]["string_statistics"]
    buckets = found["distribution"]["categorical"]["buckets"]
    assert {bucket["value"]: bucket["count"] for bucket in buckets} == counts
    domains = features(baseline, "constraints.json")["shop"]["string_constraints"]["domains"]
    assert set(domains) == set(counts)


def test_ten_buckets_hold_every_number(baseline: Path, frame: pd.DataFrame):
    found = features(baseline, "statistics.json")["queue"]["numerical_statistics"]
    buckets = found["distribution"]["kll"]["buckets"]
    assert len(buckets) == 10
    assert sum(bucket["count"] for bucket in buckets) == len(frame)
    assert (buckets[0]["lower_bound"], buckets[-1]["upper_bound"]) == (0, 9)


def test_thresholds_follow_how_a_column_varies(baseline: Path):
    found = features(baseline, "constraints.json")

    def threshold(name: str) -> float:
        overrides = found[name]["monitoringConfigOverrides"]["distribution_constraints"]
        return float(overrides["comparison_threshold"])

    assert threshold("queue") < 0.1 < 0.5 < threshold("outside")
    assert found["inside"]["perennial"]["adjusted_threshold"] < 0.5
    assert "adjusted_threshold" not in found["queue"]["perennial"]
    assert 0.8 < found["scanned"]["completeness"] < 0.9
    assert found["queue"]["perennial"]["minimum"] > -1


def test_a_single_run_sees_less_and_may_vary_more(baseline: Path):
    week, run = (
        features(baseline, name)["queue"]["monitoringConfigOverrides"]["distribution_constraints"]
        for name in ("constraints.json", "constraints_of_one_run.json")
    )
    assert run["comparison_threshold"] > 1.5 * week["comparison_threshold"]


def test_calibration_tells_how_far_the_baselines_own_windows_were(baseline: Path):
    told = read(baseline, "calibration.json")
    assert (told["draws"], told["window_hours"], told["hours"]) == (1000, 168, 8 * 168)
    limits = features(baseline, "constraints.json")
    for check in told["checks"]:
        assert check["median"] <= check["q95"] <= check["q99"] <= check["largest"]
        if check["check"] == "adjusted":
            ours = limits[check["feature"]]["perennial"]
            assert check["threshold"] == ours["adjusted_threshold"]


def test_the_same_data_make_the_same_files(rows: list[Row], baseline: Path, tmp_path: Path):
    shuffled = [rows[index] for index in np.random.default_rng(1).permutation(len(rows))]
    assert calibrate(deliver(tmp_path / "data", shuffled), tmp_path) == 0
    for name in ("statistics.json", "constraints.json"):
        a, b = (features(folder, name) for folder in (baseline, tmp_path))
        assert json.dumps(a)[:200] == json.dumps(b)[:200]
    assert calibrate(deliver(tmp_path / "again", rows), tmp_path) == 0
    for path in set(baseline.glob("*.json")) - {baseline / "made.json"}:
        assert path.read_bytes() == (tmp_path / path.name).read_bytes()


def test_odd_columns_are_described_and_not_compared(tmp_path: Path):
    features_ = {"a": "number", "empty": "number", "same": "number", "dirty": "number",
                 "blank": "category"}  # fmt: skip
    chance = np.random.default_rng(9)
    rows = [
        (at, [f"{chance.normal():.3f}", "", "7", "n/a" if chance.random() < 0.02 else "1", ""])
        for at, _ in world(weeks=3, rows_an_hour=2)
    ]
    assert calibrate(deliver(tmp_path / "data", rows, features_), tmp_path / "out") == 0
    statistics = features(tmp_path / "out", "statistics.json")
    assert statistics["empty"] == {
        "name": "empty",
        "inferred_type": "Unknown",
        "numerical_statistics": {"common": {"num_present": 0, "num_missing": len(rows)}},
    }
    dirty = features(tmp_path / "out", "constraints.json")["dirty"]
    assert dirty["monitoringConfigOverrides"]["datatype_check_threshold"] > 0.02


@pytest.mark.parametrize("size", [1, 9, 2048, 2049, 5000, 100_001])
def test_a_sketch_weighs_as_much_as_what_it_stands_for(size: int):
    levels = documented.kll_levels(np.sort(np.random.default_rng(1).normal(size=size)), most=2048)
    assert sum(len(kept) * 2**level for level, kept in enumerate(levels)) == size
    assert all(len(kept) <= 2048 for kept in levels)


def test_quantiles_of_a_sketch_are_those_of_numpy():
    numbers = np.sort(np.random.default_rng(2).gamma(2.0, size=100_001))
    levels = documented.kll_levels(numbers, most=2048)
    weighted = sorted((value, 2**level) for level, kept in enumerate(levels) for value in kept)
    values, weights = (np.array(part) for part in zip(*weighted, strict=True))
    ranks = np.cumsum(weights) / numbers.size
    for quantile in (0.01, 0.25, 0.5, 0.75, 0.99):
        sketched = values[np.searchsorted(ranks, quantile)]
        exact = np.quantile(numbers, [quantile - 0.002, quantile + 0.002])
        assert exact[0] <= sketched <= exact[1]


def test_a_sketch_of_counts_holds_each_value_as_often_as_it_was_counted():
    levels = documented.levels_of_counts(np.array([1.5, 2.5, 3.5]), np.array([5.0, 0.0, 1024.0]))
    weights = {1.5: 0, 2.5: 0, 3.5: 0}
    for level, kept in enumerate(levels):
        for value in kept:
            weights[value] += 2**level
    assert weights == {1.5: 5, 2.5: 0, 3.5: 1024}


def test_it_says_when_it_was_made(tmp_path: Path, rows: list[Row]):
    before = datetime.now(UTC).replace(microsecond=0)
    assert calibrate(deliver(tmp_path / "data", rows), tmp_path / "out") == 0
    made = datetime.fromisoformat(read(tmp_path / "out", "made.json")["made"])
    assert before <= made <= datetime.now(UTC)


def refusal(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert calibrate(data, tmp_path / "out") == 1
    said = capsys.readouterr().err.strip()
    assert (tmp_path / "out" / "message").read_text() == said
    return said


def test_a_folder_without_a_schema_is_refused(tmp_path: Path, capsys):
    said = refusal(tmp_path, tmp_path, capsys)
    assert said == f"{tmp_path} must hold one schema.json, got 0"


def test_a_folder_without_rows_is_refused(tmp_path: Path, capsys):
    data = deliver(tmp_path / "data", [])
    assert refusal(data, tmp_path, capsys) == f"no rows in the CSV files of {data}"


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ("{", "is no schema (JSONDecodeError"),
        ("[]", "is no schema (AttributeError"),
        ('{"time": "at"}', "is no schema (KeyError"),
        ('{"features": {"a": "number"}}', "names no column of times, which data quality needs"),
        ('{"time": "at", "features": {"a": "text"}}', "each feature is a number or a category"),
        ('{"time": "at", "features": {}}', "each feature is a number or a category, got none"),
    ],
)
def test_a_schema_that_makes_no_sense_is_refused(tmp_path: Path, capsys, schema: str, says: str):
    (tmp_path / "schema.json").write_text(schema)
    assert says in refusal(tmp_path, tmp_path, capsys)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("at,a\n2026-01-01,1\n", "rows.csv lacks the columns b"),
        ("at,a,b\n2026-01-01,1\n", "rows.csv: line 2 has 2 of 3 columns"),
        ("at,a,b\nsoon,1,2\n", "'soon'; expected a time in ISO 8601"),
        ("at,a,b\n2026-01-01,1,2\n", "the baseline spans 1 hours; thresholds for windows of 168"),
    ],
)
def test_rows_that_make_no_sense_are_refused(tmp_path: Path, capsys, text: str, says: str):
    data = deliver(tmp_path / "data", [], {"a": "number", "b": "category"})
    (data / "rows.csv").write_text(text)
    assert says in refusal(data, tmp_path, capsys)
