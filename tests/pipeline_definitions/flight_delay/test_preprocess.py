"""Raw files become labelled flights in three tables, or one sentence says why not."""

import csv
import datetime
import hashlib
import json
from pathlib import Path

import pytest

from tests.pipeline_definitions.running import Prepared

from .conftest import PLANES, deliver, features, flight, prepare, weather, winter

FEATURES, FLIGHT_ID, LABEL = features.FEATURES, features.ROW_ID, features.LABEL
SCHEDULED = features.SCHEMA["time"]

AFTER_DEPARTURE = {"dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"}
DAY = datetime.date(2013, 1, 1)
SOME_DAYS = [DAY + datetime.timedelta(days=n) for n in range(20)]


def both_outcomes(**differing: object) -> list[dict[str, object]]:
    """A late and a punctual flight on each of some days."""
    return [
        flight(day, "UA", number, arr_delay=delay, **differing)
        for day in SOME_DAYS
        for number, delay in ((1, 60), (2, 0))
    ]


def examples_of(tmp_path: Path, flights: list[dict[str, object]]) -> list[dict[str, str]]:
    """All rows that preprocessing makes of these flights, the oldest first."""
    days = [weather(day) for day in SOME_DAYS]
    tables = {"flights": flights, "weather": days, "planes": PLANES}
    assert prepare(deliver(tmp_path / "data", tables), tmp_path / "out") == 0
    written = Prepared(tmp_path / "out")
    return [row for name in ("train", "validation", "test") for row in written.rows(name)]


def test_a_flight_more_than_15_minutes_behind_is_late(tmp_path: Path):
    flights = [
        flight(day, "UA", n, arr_delay=delay)
        for day in SOME_DAYS
        for n, delay in enumerate((-10, 0, 15, 16, 300))
    ]
    labels = [row[LABEL] for row in examples_of(tmp_path, flights)]
    assert labels == ["0", "0", "0", "1", "1"] * len(SOME_DAYS)


def test_nothing_known_only_after_departure_is_asked(prepared: Prepared):
    columns = set(prepared.rows("train")[0])
    assert columns == {FLIGHT_ID, SCHEDULED, LABEL, *FEATURES}
    assert not AFTER_DEPARTURE & columns


def test_what_happened_after_departure_changes_nothing_but_labels(tmp_path: Path):
    happened = {"dep_delay": 99, "arr_time": 1, "air_time": 999, "dep_time": 2359}
    as_it_was = examples_of(tmp_path / "a", both_outcomes())
    otherwise = examples_of(tmp_path / "b", both_outcomes(**happened))
    assert as_it_was == otherwise


def test_schedule_weather_and_plane_describe_a_flight(tmp_path: Path):
    row = examples_of(tmp_path, both_outcomes())[0]
    assert row[FLIGHT_ID] == "2013-01-01 UA1 JFK 0945"
    assert (row["sched_dep_minute"], row["sched_arr_minute"]) == ("585", "735")
    assert row["day_of_week"] == "2"  # the first of January 2013 was a Tuesday
    assert (row["temp"], row["wind_gust"]) == ("39.02", "")
    assert (float(row["plane_year"]), float(row["plane_seats"])) == (2004, 55)


def test_a_row_says_when_its_flight_should_have_departed(tmp_path: Path):
    evening = both_outcomes(sched_dep_time=2359)
    rows = examples_of(tmp_path, evening)
    times = [datetime.datetime.fromisoformat(row[SCHEDULED]) for row in rows]
    assert times[0] == datetime.datetime(2013, 1, 1, 23, 59)
    assert times == sorted(times)


def test_monitors_learn_the_columns_of_a_request_in_its_order(prepared: Prepared):
    [found] = prepared.folder.rglob("schema.json")
    schema = json.loads(found.read_text())
    assert list(schema["features"]) == list(FEATURES)
    assert schema["features"]["carrier"] == "category"
    assert schema["features"]["temp"] == "number"
    assert schema["time"] in prepared.rows("train")[0]


def test_a_plane_or_an_hour_that_nobody_knows_is_missing_and_the_flight_stays(tmp_path: Path):
    unknown = both_outcomes(tailnum="N999", time_hour="2013-07-01T00:00:00Z")
    rows = examples_of(tmp_path, unknown)
    assert len(rows) == len(unknown)
    assert {row["plane_year"] + row["plane_seats"] + row["temp"] for row in rows} == {""}


def test_each_part_is_newer_than_the_one_before_and_no_day_is_split(prepared: Prepared):
    days = {
        name: [row[FLIGHT_ID][:10] for row in prepared.rows(name)]
        for name in ("train", "validation", "test")
    }
    assert max(days["train"]) < min(days["validation"])
    assert max(days["validation"]) < min(days["test"])
    assert [len(set(found)) for found in days.values()] == [28, 6, 6]
    assert all(found == sorted(found) for found in days.values())


def test_the_report_says_what_was_left_out_and_why(tmp_path: Path):
    cancelled = [flight(DAY, "UA", 7, dep_time="NA", arr_delay="NA")] * 3
    diverted = [flight(DAY, "UA", 8, arr_delay="NA")] * 2
    examples_of(tmp_path, both_outcomes() + cancelled + diverted)
    report = json.loads((tmp_path / "out/report/data_report.json").read_text())
    assert list(report["dropped_flights"].values()) == [3, 2]
    assert sum(part["rows"] for part in report["parts"].values()) == len(both_outcomes())
    assert report["parts"]["train"]["from"] == "2013-01-01"
    content = (tmp_path / "data/flights/delivered.csv").read_bytes()
    assert report["inputs"]["flights/delivered.csv"] == hashlib.sha256(content).hexdigest()


def test_files_of_several_months_are_one_table(tmp_path: Path):
    tables = winter()
    flights = tables.pop("flights")
    data = deliver(tmp_path / "data", tables)
    for part in (0, 1):
        deliver(tmp_path / str(part), {"flights": flights[part::2]})
        target = data / "flights" / f"{part}.csv"
        target.parent.mkdir(exist_ok=True)
        (tmp_path / str(part) / "flights/delivered.csv").rename(target)
    assert prepare(data, tmp_path / "out") == 0
    written = Prepared(tmp_path / "out")
    assert sum(len(written.rows(n)) for n in ("train", "validation", "test")) == len(flights)


def spoilt(tmp_path: Path, table: str, rows: list[dict[str, object]]) -> Path:
    return deliver(tmp_path / "data", {**winter(days=10, flights_a_day=4), table: rows})


def refusal(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    """The sentence on stderr, which is also the job's message."""
    assert prepare(data, tmp_path / "out", *more) == 1
    said = capsys.readouterr().err.strip()
    assert (tmp_path / "out/message").read_text() == said
    assert not list((tmp_path / "out").glob("*/*.csv"))
    return said


def test_a_missing_column_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    rows = [{k: v for k, v in r.items() if k not in ("origin", "dest")} for r in both_outcomes()]
    said = refusal(spoilt(tmp_path, "flights", rows), tmp_path, capsys)
    assert said == "flights/delivered.csv lacks the columns origin, dest"


def test_a_table_without_rows_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    data = spoilt(tmp_path, "weather", [])
    columns = list(weather(DAY))
    (data / "weather/delivered.csv").write_text(",".join(columns) + "\n")
    assert refusal(data, tmp_path, capsys) == "weather/delivered.csv holds no rows"


@pytest.mark.parametrize("content", ["", "year,month\n"], ids=["no bytes", "a header alone"])
def test_a_month_without_rows_beside_good_ones_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
):
    data = deliver(tmp_path / "data", winter())
    (data / "flights/2013-02.csv").write_text(content)
    assert refusal(data, tmp_path, capsys).startswith("flights/2013-02.csv holds no rows")


def test_a_bad_file_after_an_empty_one_is_called_by_its_own_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    data = deliver(tmp_path / "data", winter())
    (data / "planes/a.csv").write_text("")
    (data / "planes/b.csv").write_text("tailnum,year\nN1,2004\n")
    assert refusal(data, tmp_path, capsys) == (
        "planes/a.csv holds no rows; planes/b.csv lacks the columns seats"
    )


def test_a_table_without_files_and_an_empty_file_are_named_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    data = spoilt(tmp_path, "flights", both_outcomes())
    (data / "planes/delivered.csv").unlink()
    (data / "weather/delivered.csv").write_text("")
    assert refusal(data, tmp_path, capsys) == (
        "weather/delivered.csv holds no rows; planes/ holds no CSV file"
    )


def test_a_number_that_is_none_is_quoted(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    rows = [dict(row, distance="far") for row in both_outcomes()]
    said = refusal(spoilt(tmp_path, "flights", rows), tmp_path, capsys)
    assert said == (
        "flights/delivered.csv holds 'far' in its column of numbers distance, "
        f"and {len(rows) - 1} more such values"
    )


def test_flights_that_never_arrive_teach_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    rows = [dict(row, arr_delay="NA") for row in both_outcomes()]
    said = refusal(spoilt(tmp_path, "flights", rows), tmp_path, capsys)
    assert said == f"none of the {len(rows)} flights has an arrival delay to learn from"


def test_too_few_days_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    rows = [flight(DAY, "UA", n, arr_delay=n) for n in range(60)]
    said = refusal(spoilt(tmp_path, "flights", rows), tmp_path, capsys)
    assert said.startswith("1 days of flights leave no flight")
    assert said.endswith("deliver more days")


def test_a_reason_the_registry_would_refuse_is_refused_before_any_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    data = tmp_path / "nothing-was-delivered"
    said = refusal(data, tmp_path, capsys, "--reason", "it's time")
    assert said == (
        'the pipeline parameter Reason is "it\'s time"; the registry takes 1 to 256 letters, '
        "digits, spaces and _.:/=+-@"
    )


def test_tables_can_be_read_by_any_reader_of_csv(prepared: Prepared):
    with (prepared.path("test") / "test.csv").open(newline="") as lines:
        widths = {len(row) for row in csv.reader(lines)}
    assert widths == {3 + len(FEATURES)}
