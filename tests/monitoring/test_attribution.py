"""The attribution monitor: quiet stays quiet, and a feature that trades places is found."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.monitoring.conftest import BEGAN, Report, capture, record, script, traffic
from tests.monitoring.linear_model import (
    INFERENCE,
    REQUEST,
    WEIGHTS,
    archive,
    held_out,
    requests,
)

SETTINGS = {
    "window_hours": 168, "minimum_records": 200, "minimum_ndcg": None, "explained_records": 10_000,
}  # fmt: skip
END = BEGAN + timedelta(weeks=1)
INCOME, DEBT, AGE = (REQUEST.index(name) for name in ("income", "debt", "age"))

Rows = Sequence[Sequence[str]]


def baseline(folder: Path, rows: Rows, code: str = INFERENCE, **settings: object) -> Path:
    """The folder that the pipeline's step writes."""
    data = held_out(folder / "data", rows)
    model = archive(folder / "model", code)
    assert script("model_baseline").main([
        "--model", str(model), "--test", str(data / "test"), "--data", str(data),
        "--attribution", str(folder / "known"),
        "--attribution-settings", json.dumps({**SETTINGS, **settings}),
        "--message", str(folder / "message"),
    ]) == 0  # fmt: skip
    return folder / "known"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return baseline(tmp_path_factory.mktemp("baseline"), requests(3_000))


def week(folder: Path, rows: Rows) -> Path:
    """Rows as a week's captured requests, at equal distances."""
    step = timedelta(weeks=1) / len(rows)
    return traffic(folder, [(BEGAN + step * at, [*row]) for at, row in enumerate(rows)])


def swapped(rows: Rows, first: int, second: int, since: int = 0) -> list[list[str]]:
    """What two features that took each other's place, and each other's spread, look like."""
    found = []
    for at, row in enumerate(rows):
        row = [*row]
        if at >= since:
            row[first] = f"{float(row[first]) / 50:.5f}"
            row[second] = f"{float(row[second]) * 50:.5f}"
        found.append(row)
    return found


Monitor = Callable[..., Report]


@pytest.fixture
def monitor(known: Path, tmp_path: Path) -> Monitor:
    """Runs attribution.py on a capture."""

    def run(captured: Path, *arguments: str, known: Path = known, **settings: object) -> Report:
        said = {name: SETTINGS[name] for name in ("minimum_ndcg", "explained_records")}
        code = script("attribution").main([
            "--capture", str(captured), "--baseline", str(known), "--minimum-records", "200",
            "--report", str(tmp_path / "report"), "--endpoint", "loans",
            "--window-end", END.isoformat(), "--message", str(tmp_path / "message"),
            "--settings", json.dumps({**said, **settings}), *arguments,
        ])  # fmt: skip
        return Report(code, tmp_path / "report")

    return run


def test_a_week_like_the_held_out_rows_is_quiet(monitor: Monitor, tmp_path: Path, capsys):
    report = monitor(week(tmp_path / "c", requests(900, seed=2)))
    said = report.read()
    assert (report.code, said["outcome"], said["violations"]) == (0, "quiet", 0)
    assert said["records"] == said["explained"] == 900
    headline = said["headline"]
    assert headline["name"] == "ndcg"
    assert headline["lower"] <= headline["value"] <= headline["upper"] <= 1
    assert headline["threshold"] == 0.98
    assert said["drift_ratio"] < 1
    assert [of["place_now"] for of in said["features"]] == [1, 2, 3, 4, 5]
    assert report.read("constraint_violations.json") == {"version": "1.0", "violations": []}
    printed = capsys.readouterr()
    assert printed.out == said["sentence"] + "\n"
    assert "loading" in printed.err  # by the model's own code
    (path,) = report.folder.rglob("report.html")
    assert path.parent.relative_to(report.folder).as_posix() == "2026/01/12/00"


def test_features_that_traded_places_are_a_violation(monitor: Monitor, tmp_path: Path):
    report = monitor(week(tmp_path / "c", swapped(requests(900, seed=2), INCOME, AGE)))
    said = report.read()
    assert (report.code, said["outcome"], said["violations"]) == (0, "drift", 1)
    assert said["headline"]["upper"] < said["headline"]["threshold"]
    assert said["drift_ratio"] > 1
    assert "income fell from place 1 to 5" in said["sentence"]
    assert "age rose from place 3 to 1" in said["sentence"]
    by_name = {of["feature"]: (of["place_then"], of["place_now"]) for of in said["features"]}
    assert by_name["income"] == (1, 5)


def test_the_violation_is_in_the_documented_format(monitor: Monitor, tmp_path: Path):
    """Schema and example of the page on model feature attribution drift violations.

    https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-model-attribution-drift-violations.html
    """
    report = monitor(week(tmp_path / "c", swapped(requests(900, seed=2), INCOME, AGE)))
    said = report.read("constraint_violations.json")
    (violation,) = said.pop("violations")
    assert said == {"version": "1.0"}
    assert violation.pop("description").startswith("answers rest on features in another order")
    assert violation == {
        "label": "label0", "metric_name": "shap",
        "constraint_check_type": "feature_attribution_drift_check",
    }  # fmt: skip


def test_both_analyses_are_in_the_documented_format(monitor: Monitor, known: Path, tmp_path: Path):
    """The SHAP section of the page on analysis results.

    https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-analysis-results.html
    """
    rows = requests(900, seed=2)
    analyses = [json.loads((known / "analysis.json").read_text())]
    analyses.append(monitor(week(tmp_path / "c", rows)).read("analysis.json"))
    for analysis in analyses:
        assert analysis["version"] == "1.0"
        assert [*analysis["explanations"]] == ["kernel_shap"]
        assert [*analysis["explanations"]["kernel_shap"]] == ["label0"]
    now = analyses[1]["explanations"]["kernel_shap"]["label0"]["global_shap_values"]
    numbers = np.array([[float(value) for value in row[:-1]] for row in rows])
    expected = np.abs(numbers).mean(axis=0) * [*WEIGHTS.values()]
    assert now == pytest.approx(dict(zip(WEIGHTS, expected, strict=True)), rel=1e-4)


def test_it_is_told_since_when(monitor: Monitor, tmp_path: Path):
    rows = swapped(requests(1_400, seed=3), INCOME, AGE, since=800)
    report = monitor(week(tmp_path / "c", rows)).read()
    (check,) = report["checks"]
    assert check["since"] == "2026-01-09T00:00:00Z"  # four days of seven
    assert "since Friday 09 January" in report["sentence"]


def test_a_constant_feature_loses_its_place(monitor: Monitor, tmp_path: Path):
    rows = [["0.01", *row[1:]] for row in requests(900, seed=2)]
    report = monitor(week(tmp_path / "c", rows)).read()
    assert report["outcome"] == "drift"
    assert "income fell from place 1 to 5" in report["sentence"]


def test_at_most_so_many_records_are_explained_and_always_the_same(
    monitor: Monitor, tmp_path: Path
):
    captured = week(tmp_path / "c", requests(2_000, seed=4))
    first = monitor(captured, explained_records=300).read()
    again = monitor(captured, explained_records=300).read()
    assert (first["records"], first["explained"]) == (2_000, 300)
    assert first == again
    assert "(300 of 2,000 records)" in first["sentence"]


def test_records_are_drawn_from_the_whole_window_alike():
    draw = script("attribution").draw
    stream = ((at // 1_000, [str(at)]) for at in range(7_000))
    drawn = draw(stream, 7, 700, END)
    assert drawn.by_day == [1_000] * 7
    days = np.bincount([day for day, _ in drawn.rows])
    assert len(days) == 7
    assert days.min() > 60  # binomial, 100 with a deviation of 9.3
    assert days.max() < 140
    numbers = [int(row[0]) for _, row in drawn.rows]
    assert numbers == sorted(set(numbers))


def test_another_window_draws_others():
    draw = script("attribution").draw
    rows = [(0, [str(at)]) for at in range(1_000)]
    first, second = draw(rows, 1, 100, END), draw(rows, 1, 100, END + timedelta(days=1))
    assert first.rows != second.rows
    assert draw(rows, 1, 100, END) == first


def test_too_few_records_are_said_and_not_judged(monitor: Monitor, tmp_path: Path):
    report = monitor(week(tmp_path / "c", requests(150)))
    said = report.read()
    assert (report.code, said["outcome"]) == (0, "too-few-records")
    assert said["sentence"] == "Not judged: 150 records, and at least 200 are needed."
    assert said["headline"] is None
    assert said["explained"] == 0
    assert said["checks"] == []
    assert "Not judged" in report.read("report.html")


def test_rows_that_the_models_code_refuses_are_counted(monitor: Monitor, tmp_path: Path):
    rows = [[*row] for row in requests(900, seed=2)]
    for at in (3, 500, 501):
        rows[at][DEBT] = "plenty"
    said = monitor(week(tmp_path / "c", rows)).read()
    assert said["outcome"] == "quiet"
    assert said["unreadable"] == {"row that the model's code refuses": 3}
    assert said["records"] == 900


def test_what_cannot_be_read_is_counted_as_in_other_monitors(monitor: Monitor, tmp_path: Path):
    captured = week(tmp_path / "c", requests(300))
    capture(captured, [(BEGAN, "{"), (BEGAN, json.dumps(record(BEGAN, "1,2\n")))])
    said = monitor(captured).read()
    assert said["unreadable"] == {"torn line": 1, "row with fewer columns": 1}
    assert said["records_by_day"][0] == pytest.approx(300 / 7 + 1, abs=4)


def test_a_limit_is_never_above_what_the_baselines_own_windows_reach(tmp_path: Path):
    """Features of equal weight change places by chance alone."""
    known = baseline(tmp_path, alike(600), minimum_records=50)
    said = json.loads((known / "attribution.json").read_text())
    assert said["calibration"]["windows"] == "50 records"
    assert 0.5 < said["calibration"]["reached"] < 0.999
    assert said["calibration"]["least"] <= said["calibration"]["reached"]


def alike(rows: int) -> list[list[str]]:
    """Values whose contributions are nearly alike."""
    weights = [*WEIGHTS.values()]
    return [
        [*(f"{float(v) / w:.5f}" for v, w in zip(row, weights, strict=False)), row[-1]]
        for row in requests(rows, seed=8)
    ]


def test_the_limit_is_the_smaller_one(monitor: Monitor, known: Path, tmp_path: Path):
    reached = json.loads((known / "attribution.json").read_text())["calibration"]["reached"]
    captured = week(tmp_path / "c", requests(300))
    said = [
        monitor(captured, minimum_ndcg=asked).read()["headline"]["threshold"]
        for asked in (0.8, 1, None)
    ]
    assert 0.98 < reached < 1
    assert said == [0.8, reached, 0.98]


def test_a_limit_that_nothing_can_cross_is_said(monitor: Monitor, known: Path, tmp_path: Path):
    least = json.loads((known / "attribution.json").read_text())["least_ndcg"]
    rows = [[str(-at) for at in range(5)] + ["a"], *requests(299)]
    report = monitor(week(tmp_path / "c", rows), minimum_ndcg=least - 0.01)
    assert "which even the reversed order would not have" in report.read()["sentence"]
    assert "This limit can't be crossed" in report.read("report.html")


def test_metrics_are_those_of_every_monitor_and_the_headline(
    monitor: Monitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    put: dict[str, float] = {}

    class Cloudwatch:
        def put_metric_data(self, Namespace: str, MetricData: list[Any]) -> None:
            for point in MetricData:
                assert [d["Value"] for d in point["Dimensions"]] == ["loans", "attribution"]
                put[point["MetricName"]] = point["Value"]

    monkeypatch.setattr("boto3.client", lambda _: Cloudwatch())
    rows = requests(900, seed=2)
    said = monitor(week(tmp_path / "c", rows), "--namespace", "Perennial/Monitoring").read()
    assert put["Heartbeat"] == 1
    assert put["RecordCount"] == 900
    assert put["ViolationCount"] == 0
    assert put["HeadlineValue"] == said["headline"]["value"]
    assert put["HeadlineThreshold"] == 0.98
    assert put["BaselineAge"] == pytest.approx(0, abs=0.05)
    put.clear()
    monitor(week(tmp_path / "d", rows[:9]), "--namespace", "Perennial/Monitoring")
    assert put["TooFewRecords"] == 1
    assert "HeadlineValue" not in put
    assert "BaselineAge" in put


def test_the_baselines_age_is_counted_from_when_it_was_made(known: Path, tmp_path: Path):
    folder = tmp_path / "old"
    folder.mkdir()
    said = json.loads((known / "attribution.json").read_text())
    made = datetime.now(UTC) - timedelta(days=40)
    said["made"] = f"{made:%Y-%m-%dT%H:%M:%SZ}"
    (folder / "attribution.json").write_text(json.dumps(said))
    old = script("attribution_files").read(folder)
    measured = dict(script("attribution").measured(NotJudged(), old))
    assert measured == {"BaselineAge": pytest.approx(40, abs=0.01)}


class NotJudged:
    """A verdict of too few records."""

    finding = None


def refusal(monitor: Monitor, tmp_path: Path, captured: Path, *arguments: str, **more: Any) -> str:
    assert monitor(captured, *arguments, **more).code == 1
    said = (tmp_path / "message").read_text()
    assert "\n" not in said
    assert not (tmp_path / "report").exists()
    return said


def test_a_folder_that_is_no_baseline_is_refused(monitor: Monitor, tmp_path: Path):
    captured = week(tmp_path / "c", requests(300))
    said = refusal(monitor, tmp_path, captured, known=tmp_path)
    assert said.startswith("the baseline lacks attribution.json; it must come from ")
    (tmp_path / "attribution.json").write_text('{"made": "2026-01-01T00:00:00Z"}')
    said = refusal(monitor, tmp_path, captured, known=tmp_path)
    assert said.startswith("attribution.json can't be read: KeyError")


def test_an_archive_of_another_version_is_refused(monitor: Monitor, known: Path, tmp_path: Path):
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "attribution.json").write_bytes((known / "attribution.json").read_bytes())
    other = archive(tmp_path / "other", INFERENCE.replace("list(model), _", "[*'abcde'], _"))
    (folder / "model.tar.gz").write_bytes((other / "model.tar.gz").read_bytes())
    said = refusal(monitor, tmp_path, week(tmp_path / "c", requests(300)), known=folder)
    assert said == (
        "the model explains a, b, c, d, e, and its baseline ranks age, debt, floor, income, "
        "rooms; they are not of the same version"
    )


def test_features_are_known_by_their_names_and_not_by_their_place(known: Path):
    aligned, read = script("attribution_judging").aligned, script("attribution_files").read
    backwards = [*WEIGHTS][::-1]
    found = aligned(read(known), backwards, np.array([[1.0, 2.0, 3.0, 4.0, 5.0]]))
    assert found.tolist() == [[5.0, 4.0, 3.0, 2.0, 1.0]]  # the baseline's order is that of WEIGHTS


def test_a_missing_archive_is_refused(monitor: Monitor, known: Path, tmp_path: Path):
    folder = tmp_path / "half"
    folder.mkdir()
    (folder / "attribution.json").write_bytes((known / "attribution.json").read_bytes())
    said = refusal(monitor, tmp_path, week(tmp_path / "c", requests(300)), known=folder)
    assert said.startswith("model.tar.gz is no archive of a model: ")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--settings", "{"], "--settings must be a JSON object, got '{'"),
        (["--settings", "[]"], "--settings must be a JSON object, got '[]'"),
        (["--settings", "{}"], "--settings lacks explained_records, minimum_ndcg"),
        (["--window-end", "soon"], "--window-end must be a time in ISO 8601, UTC, or now"),
        (["--window-hours", "0"], "--window-hours must be at least 1, got 0"),
        (["--capture", "nowhere"], "there is no capture at nowhere"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    monitor: Monitor, tmp_path: Path, arguments: list[str], says: str
):
    assert says in refusal(monitor, tmp_path, tmp_path, *arguments)


def test_a_ranking_needs_two_features_and_two_rows():
    describe = script("attribution_baseline").describe
    with pytest.raises(script("failure").Failure, match="of 1 features in 5 rows have no ranking"):
        describe(["a"], np.ones((5, 1)), None, SETTINGS, datetime.now(UTC), columns=["a"])


def in_hours(weeks: int, *scales: float) -> tuple[np.ndarray, np.ndarray]:
    """Contributions of features of such scales that drift apart and together, and their hours."""
    chance = np.random.default_rng(11)
    hours = np.repeat(np.arange(weeks * 168), 4)
    drifting = chance.normal(size=(weeks * 7 + 1, len(scales))).cumsum(axis=0) * 0.1
    sizes = np.exp(drifting - drifting.mean(axis=0))[hours // 24] * scales
    return chance.normal(size=sizes.shape) * sizes, hours


@pytest.mark.parametrize("timed", [True, False], ids=["weeks", "records"])
def test_windows_of_the_baseline_ring_in_at_most_5_of_100(timed: bool, tmp_path: Path):
    """Of features that change places all the time, if no limit is asked for but theirs."""
    contributions, hours = in_hours(12, 1.0, 1.1, 1.2, 0.9)
    names = [*"abcd"]
    files = script("attribution_baseline").describe(
        names, contributions, hours if timed else None, SETTINGS, datetime.now(UTC), columns=names
    )
    (tmp_path / "attribution.json").write_text(json.dumps(files["attribution.json"]))
    known = script("attribution_files").read(tmp_path)
    judging, chance, rings = script("attribution_judging"), np.random.default_rng(1), 0
    for _ in range(100):
        start = chance.integers(11 * 168)
        inside = (hours >= start) & (hours < start + 168)
        rows = inside if timed else chance.choice(len(hours), 200, replace=False)
        window = judging.aligned(known, names, contributions[rows])
        if judging.ndcg(known.attributions, judging.mean_absolute(window)) >= known.reached:
            continue  # the interval holds the value, so that it does not lie below
        days = np.zeros(len(window), dtype=int)
        finding, _ = judging.judge(known, window, days, limit=known.reached)
        rings += finding.violated
    assert rings <= 5
    assert known.reached < 0.9995  # so that it could have rung


def test_a_value_below_its_limit_is_no_violation_while_the_interval_is_not(tmp_path: Path):
    """Few records whose ranking by chance alone is another one."""
    judging, files = script("attribution_judging"), script("attribution_files")
    metrics = script("attribution_metrics")
    then = {name: metrics.Interval(value, value, value) for name, value in (("a", 3.0), ("b", 1.0))}
    known = files.Known(BEGAN, ["a", "b"], then, 0.97, 0.7)
    sizes = np.random.default_rng(2).exponential(size=(40, 2)) + np.array([0.0, 0.1])
    finding, features = judging.judge(known, sizes, np.zeros(40, dtype=int), limit=0.95)
    assert [of.place_now for of in features] == [2, 1]
    assert finding.estimate.value < 0.95 < finding.estimate.upper
    assert not finding.violated
    sure, _ = judging.judge(known, np.tile(sizes, (50, 1)), np.zeros(2_000, int), limit=0.95)
    assert sure.estimate.upper < 0.95
    assert sure.violated
    assert sure.since == 0


@pytest.mark.parametrize("day", range(1, 7))
def test_the_day_is_found_though_a_few_days_turn_the_ranking_of_the_whole_window(day: int):
    """After a rise that large, one day of six makes the ranking of all six the new one."""
    judging, files = script("attribution_judging"), script("attribution_files")
    metrics = script("attribution_metrics")
    then = {name: metrics.Interval(value, value, value) for name, value in (("a", 4.0), ("b", 1.0))}
    known = files.Known(BEGAN, ["a", "b"], then, 0.97, 0.7)
    days = np.repeat(np.arange(7), [90, 40, 60, 50, 80, 30, 70])
    usual, since = np.array([4.0, 1.0]), np.array([1.0, 60.0])
    sizes = np.random.default_rng(day).exponential(size=(len(days), 2))
    sizes *= np.where((days < day)[:, None], usual, since)
    finding, _ = judging.judge(known, sizes, days, limit=0.95)
    assert finding.violated
    assert finding.since == day


def test_windows_of_rows_in_time_are_as_long_as_the_monitors():
    windows = script("attribution_baseline").windows
    hours = np.repeat(np.arange(24 * 28), 4)
    sizes = np.random.default_rng(3).normal(size=(len(hours), 3)) * [3, 2, 1]
    assert windows(sizes, hours, SETTINGS)[0] == "168 hours"
    short = hours < 100
    assert windows(sizes[short], hours[short], SETTINGS)[0] == "50 hours"
    described, values = windows(sizes[:4], hours[:4], SETTINGS)
    assert described == "2 records"
    assert len(values) == 1_000


def test_rows_that_change_with_the_season_lower_what_is_reached():
    windows = script("attribution_baseline").windows
    hours = np.repeat(np.arange(24 * 28), 4)
    sizes = np.random.default_rng(3).normal(size=(len(hours), 3)) * [3, 2, 1]
    seasonal = np.where((hours < 24 * 14)[:, None], sizes, sizes[:, ::-1])
    assert windows(seasonal, hours, SETTINGS)[1].min() < windows(sizes, hours, SETTINGS)[1].min()


def test_a_page_shows_both_rankings_and_what_was_sent_as_text(monitor: Monitor, tmp_path: Path):
    report = monitor(week(tmp_path / "c", swapped(requests(900, seed=2), INCOME, AGE)))
    page = report.read("report.html")
    assert page.index("Answers rest on features in another order") < page.index("The figures")
    picture = page[page.index('<svg class="ranks"') :].split("</svg>")[0]
    names = [
        re.sub(r"[\d\u2002]", "", text)
        for text in re.findall(r"<text class=\"name[^>]*>([^<]*)", picture)
    ]
    assert names[:5] == [*WEIGHTS]
    assert sorted(names[5:]) == sorted(WEIGHTS)
    assert picture.count('class="slope fell"') + picture.count('class="slope rose"') >= 2
    assert picture.count('class="whisker"') == 10
