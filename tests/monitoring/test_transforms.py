"""What batch transforms captured is read as the documentation shows it, by every monitor."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.monitoring import answered, linear_model, loans
from tests.monitoring.conftest import (
    BEGAN,
    Monitor,
    Report,
    Row,
    label,
    script,
    world,
)
from tests.monitoring.conftest import capture as collect
from tests.monitoring.scored import identified, scored, write
from tests.monitoring.test_attribution import SETTINGS as ATTRIBUTION
from tests.monitoring.test_attribution import baseline as explained_baseline
from tests.monitoring.test_capture import Bucket

capture, transforms, ground_truth = (
    script(name) for name in ("capture", "transforms", "ground_truth")
)
BOTH = (capture.INPUT, capture.OUTPUT)
START, END = datetime(2022, 8, 24, tzinfo=UTC), datetime(2022, 8, 31, tzinfo=UTC)
JOB = datetime(2022, 8, 30, 0, 49, 15, tzinfo=UTC)

# The example of https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-batch.html
ONE, TWO = "1f1d57b1-2e6f-488c-8c30-db4e6d757861", "22445434-0c67-45e9-bb4d-bd1bf26561e6"
DOCUMENTED = f"0, {ONE},2022-08-30T00:49:15Z\n1, {TWO},2022-08-30T00:49:15Z\n"


def rows_in(place: str) -> tuple[list[tuple[int, list[str]]], dict[str, int]]:
    """The rows of the window with their days, and what is unreadable."""
    reader = capture.Reader(2, START, END)
    found = list(reader.rows(transforms.files(place, START, END, capture.INPUT)))
    return found, dict(reader.unreadable)


def records_in(place: str, *sides: str) -> tuple[list[Any], dict[str, int]]:
    """The records of the window, and what is unreadable."""
    unreadable: Any = capture.Counter()
    files = transforms.files(place, START, END, *sides)
    return list(capture.records(files, START, END, unreadable)), dict(unreadable)


def test_the_documented_answers_have_their_ids_and_times(tmp_path: Path):
    place = scored(tmp_path, JOB, {"dummy_0.csv": "1,2\n3,4\n"}, {"dummy_0.csv": DOCUMENTED})
    found, unreadable = records_in(place, capture.OUTPUT)
    assert [(r.text(capture.OUTPUT), r.inference_id, r.moment) for r in found] == [
        ("0", ONE, JOB), ("1", TWO, JOB),
    ]  # fmt: skip
    assert unreadable == {}


def test_an_answer_may_have_several_columns(tmp_path: Path):
    answer = f"0.2,0.8,{ONE},2022-08-30T00:49:15Z\n"
    [found], _ = records_in(scored(tmp_path, JOB, {}, {"a.csv": answer}), capture.OUTPUT)
    assert (found.text(capture.OUTPUT), found.inference_id) == ("0.2,0.8", ONE)


def test_rows_and_answers_are_brought_together_line_by_line(tmp_path: Path):
    place = scored(tmp_path, JOB, {"dummy_0.csv": "1,2\n3,4\n"}, {"dummy_0.csv": DOCUMENTED})
    found, _ = records_in(place, *BOTH)
    assert [tuple(r.text(side) for side in BOTH) for r in found] == [("1,2", "0"), ("3,4", "1")]


def test_rows_alone_are_of_the_hour_in_which_their_job_began(tmp_path: Path):
    asked = {"dummy_0.csv": "1,2\n3,4\n", "dummy_1.csv": '"5,5",6\n'}
    scored(tmp_path, JOB, asked, None)
    place = scored(tmp_path, JOB - timedelta(days=1), {"dummy_2.csv": "7,8"}, None)
    found, unreadable = rows_in(place)
    assert found == [(5, ["7", "8"]), (6, ["1", "2"]), (6, ["3", "4"]), (6, ["5,5", "6"])]
    assert unreadable == {}


@pytest.mark.parametrize(
    ("began", "rows"),
    [(START - timedelta(minutes=1), 0), (START, 1), (END - timedelta(minutes=1), 1), (END, 0)],
)
def test_a_job_belongs_to_the_window_in_which_it_began(tmp_path: Path, began: datetime, rows: int):
    (tmp_path / "capture/input").mkdir(parents=True)
    found, _ = rows_in(scored(tmp_path, began, {"a.csv": "1,2"}, None))
    assert len(found) == rows


@pytest.mark.parametrize("sides", [BOTH[:1], BOTH[1:], BOTH], ids=["rows", "answers", "both"])
def test_what_was_scored_again_counts_once_with_its_last_answers(
    tmp_path: Path, sides: Sequence[str]
):
    for began, said in ((JOB, "0"), (JOB + timedelta(hours=3), "1")):
        answers = identified([said], [said], began)
        place = scored(tmp_path, began, {"a.csv": "1,2\n"}, {"a.csv": answers})
    [found], _ = records_in(place, *sides)
    assert f"{found.moment:%H}" == "03"
    if capture.OUTPUT in sides:
        assert (found.text(capture.OUTPUT), found.inference_id) == ("1", "1")


def test_empty_lines_are_no_records(tmp_path: Path):
    place = scored(tmp_path, JOB, {"a.csv": "\n1,2\r\n\n3,4\n\n"}, {"a.csv": f"\n{DOCUMENTED}\n"})
    found, _ = records_in(place, *BOTH)
    assert [r.text(capture.INPUT) for r in found] == ["1,2", "3,4"]


def join(place: str, columns: Sequence[int] = (0,)) -> Any:
    window = script("verdict").Window(START, END)
    files = transforms.files(place, START, END, *BOTH)
    return ground_truth.join(files, [], window, END, columns, timedelta(0))


def test_rows_that_lack_answers_belong_to_none_of_them(tmp_path: Path):
    place = scored(tmp_path, JOB, {"a.csv": "1,2\n3,4\n5,6\n"}, {"a.csv": DOCUMENTED})
    joined = join(place)
    assert (joined.rows, joined.unreadable) == (0, {ground_truth.ANSWERS: 1})


def test_answers_to_what_no_manifest_names_have_no_request(tmp_path: Path):
    place = scored(tmp_path, JOB, {"a.csv": "1,2\n"}, {"b.csv": DOCUMENTED})
    joined = join(place)
    assert (joined.rows, joined.unreadable) == (0, {capture.NO_INPUT: 2})


def test_answers_without_ids_have_no_time_and_are_counted(tmp_path: Path):
    place = scored(tmp_path, JOB, {"a.csv": "1,2\n"}, {"a.csv": "0\n0.5,0.5\n"})
    assert records_in(place, capture.OUTPUT) == ([], {capture.TIMELESS: 2})


def test_a_time_that_is_none_is_counted(tmp_path: Path):
    place = scored(tmp_path, JOB, {"a.csv": "1,2\n"}, {"a.csv": f"0,{ONE},soon\n"})
    assert records_in(place, capture.OUTPUT) == ([], {capture.TIMELESS: 1})


def test_bytes_that_are_no_text_are_a_torn_line(tmp_path: Path):
    place = scored(tmp_path, JOB, {"a.csv": "1,2\n"}, None)
    (tmp_path / "requests/a.csv").write_bytes(b"1,2\n\xff\xfe,2\n")
    assert rows_in(place) == ([(6, ["1", "2"])], {capture.TORN: 1})


@pytest.mark.parametrize("spoilt", ['"1,2', "\xe9,2"], ids=["a quote", "no ASCII"])
def test_a_row_does_not_spoil_those_around_it(tmp_path: Path, spoilt: str):
    place = scored(tmp_path, JOB, {"a.csv": f"1,2\n{spoilt}\n3,4\n"}, None)
    found, unreadable = rows_in(place)
    assert [row for _, row in found if row != ["\xe9", "2"]] == [["1", "2"], ["3", "4"]]
    assert unreadable == ({capture.TORN: 1} if '"' in spoilt else {})


def test_no_row_is_lost_between_requests(tmp_path: Path):
    rows = [f"{n},{n}" for n in range(2 * transforms.ROWS + 1)]
    found, _ = rows_in(scored(tmp_path, JOB, {"a.csv": "\n".join(rows)}, None))
    assert [",".join(row) for _, row in found] == rows


def test_rows_of_another_width_are_counted(tmp_path: Path):
    place = scored(tmp_path, JOB, {"a.csv": "1,2\n1\n1,2,3\n"}, None)
    assert rows_in(place) == ([(6, ["1", "2"])], {capture.FEWER: 1, capture.MORE: 1})


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '["a.csv"]', '[{"prefix": 1}]', '[{"prefix": "s3://a/"}, 7]']
)
def test_a_manifest_that_is_none_is_told(tmp_path: Path, text: str):
    write(tmp_path, {"capture/input/2022/08/30/00/odd.json": text})
    with pytest.raises(script("failure").Failure) as told:
        rows_in(f"{tmp_path}/capture")
    place = f"{tmp_path}/capture/input, 2022/08/30/00"
    assert (
        str(told.value) == f"a file of the capture of batch transforms at {place}, is no manifest"
    )


def test_rows_that_are_gone_are_told(tmp_path: Path):
    place = scored(tmp_path, JOB, {"a.csv": "1,2\n"}, None)
    (tmp_path / "requests/a.csv").unlink()
    with pytest.raises(script("failure").Failure) as told:
        rows_in(place)
    assert str(told.value).startswith(
        f"what a batch transform read or wrote at {tmp_path}/requests/a.csv can't be read: "
    )


def test_they_are_read_from_s3_through_one_client(monkeypatch: pytest.MonkeyPatch):
    places = [f"shop/input/2022/08/30/{hour}/a" for hour in ("00", "06")]
    named = [json.dumps([{"prefix": "s3://rows/in/"}, name]).encode() for name in ("a", "b")]
    rows = {"in/a": b"1,2\n3,4", "in/b": b"5,6"}
    bucket = Bucket({**dict(zip(places, named, strict=True)), **rows})
    made: list[str] = []
    monkeypatch.setattr(boto3, "client", lambda service: made.append(service) or bucket)
    found, _ = rows_in("s3://captures/shop/")
    assert [row for _, row in found] == [["1", "2"], ["3", "4"], ["5", "6"]]
    assert made == ["s3", "s3"]  # for the manifests, and for what they name


def daily(folder: Path, rows: Sequence[Row], change: Callable[[list[str]], list[str]]) -> str:
    """A batch of each day, scored ten minutes after its end."""
    days: dict[datetime, list[str]] = {}
    for at, values in rows:
        days.setdefault(at.replace(hour=0), []).append(",".join(change(values)))
    place = ""
    for day, lines in days.items():
        asked = {f"{day:%Y/%m/%d}/23/rows.csv": "\n".join(lines)}
        place = scored(folder, day + timedelta(days=1, minutes=10), asked, None)
    return place


def hotter(values: list[str]) -> list[str]:
    return [values[0], f"{float(values[1]) + 25:.2f}", *values[2:]]


WINDOW = (
    "--captured-by", "transforms",
    "--window-end", (BEGAN + timedelta(weeks=8, hours=2)).isoformat(),
)  # fmt: skip


def test_a_week_of_ordinary_batches_is_quiet(monitor: Monitor, rows: list[Row], tmp_path: Path):
    week = [row for row in rows if row[0] >= BEGAN + timedelta(weeks=7)]
    report = monitor(daily(tmp_path / "b", week, list), *WINDOW)
    found = report.read()
    assert (report.code, found["outcome"], found["violations"]) == (0, "quiet", 0)
    assert found["records"] == len(week)
    assert found["records_by_day"] == [144] * 7


def test_a_week_of_shifted_batches_is_drift(monitor: Monitor, rows: list[Row], tmp_path: Path):
    week = [row for row in rows if row[0] >= BEGAN + timedelta(weeks=7)]
    found = monitor(daily(tmp_path / "b", week, hotter), *WINDOW).read()
    assert found["outcome"] == "drift"
    assert {check["feature"] for check in found["checks"] if check["violated"]} >= {"outside"}


def test_a_window_without_batches_is_not_judged(monitor: Monitor, tmp_path: Path):
    before = world(1, since=2)
    report = monitor(daily(tmp_path / "b", before, list), *WINDOW)
    found = report.read()
    assert (report.code, found["outcome"], found["records"]) == (0, "too-few-records", 0)


@pytest.fixture(scope="module")
def skilled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return answered.baseline(tmp_path_factory.mktemp("known"), answered.rows(seed=10))


@pytest.mark.parametrize(("skill", "outcome"), [(1.5, "quiet"), (0.5, "drift")])
def test_labels_find_their_answers_by_the_inference_id(
    skilled: Path, tmp_path: Path, skill: float, outcome: str
):
    week = answered.rows(seed=2, skill=skill)
    for number in range(7):
        day = answered.ENDS - timedelta(days=7 - number)
        held, began = week[number * 300 : number * 300 + 300], day + timedelta(minutes=10)
        told = identified([r.answer for r in held], [r.id for r in held], began)
        place = scored(tmp_path, began, {"a.csv": "a,1\n" * 300}, {f"{number}.csv": told})
    labels = answered.labelled(tmp_path / "labels", week, after=timedelta(hours=24))
    code = script("model_quality").main([
        "--capture", place, "--captured-by", "transforms", "--ground-truth", str(labels),
        "--baseline", str(skilled), "--report", str(tmp_path / "report"), "--endpoint", "shop",
        "--window-end", answered.ASKED_AT.isoformat(), "--message", str(tmp_path / "message"),
        "--settings", json.dumps(answered.SETTINGS),
    ])  # fmt: skip
    found = Report(code, tmp_path / "report").read()
    assert (code, found["outcome"], found["coverage"]) == (0, outcome, 1.0)
    assert found["records"] == found["labels"]["used"] == len(week)


def test_groups_are_columns_of_the_rows_whose_answers_are_labelled(tmp_path: Path):
    known = loans.baseline(tmp_path / "known", loans.loans(2_000))
    asked = loans.refusing(loans.loans(1_500, seed=2), 0.4)
    ids, began = [f"row-{n}" for n in range(1_500)], loans.BEGAN + timedelta(days=3)
    rows = "\n".join(",".join(row) for row in zip(*asked.columns.values(), strict=True))
    told = identified([f"{answer:.2f}" for answer in asked.answers], ids, began)
    truths = zip(ids, asked.approved, strict=True)
    code = script("bias").main([
        "--capture", scored(tmp_path, began, {"a.csv": rows}, {"a.csv": told}),
        "--captured-by", "transforms", "--ground-truth", str(collect(
            tmp_path / "labels",
            [(began + timedelta(hours=1), json.dumps(label(of, str(said)))) for of, said in truths],
        )),
        "--baseline", str(known), "--report", str(tmp_path / "report"), "--endpoint", "loans",
        "--settings", json.dumps(dict(loans.SETTINGS)), "--window-end", loans.ASKED.isoformat(),
        "--message", str(tmp_path / "message"),
    ])  # fmt: skip
    found = loans.reported(tmp_path)
    assert (code, found["outcome"], found["records"]) == (0, "drift", 1_500)
    violated = {check["metric"] for check in found["checks"] if check["violated"]}
    # As of an endpoint that answers them so (test_bias.py).
    assert violated >= {"DPPL", "DI", "RD"}
    assert not violated & {"DPL", "KL", "CI"}


def test_the_archive_explains_rows_without_their_answers(tmp_path: Path):
    known = explained_baseline(tmp_path / "known", linear_model.requests(3_000))
    asked = "\n".join(",".join(row) for row in linear_model.requests(900, seed=2))
    began = BEGAN + timedelta(days=3)
    code = script("attribution").main([
        "--capture", scored(tmp_path, began, {"a.csv": asked}, None),
        "--captured-by", "transforms", "--baseline", str(known), "--minimum-records", "200",
        "--report", str(tmp_path / "report"), "--endpoint", "loans",
        "--window-end", (BEGAN + timedelta(weeks=1)).isoformat(),
        "--message", str(tmp_path / "message"), "--settings", json.dumps(ATTRIBUTION),
    ])  # fmt: skip
    found = Report(code, tmp_path / "report").read()
    assert (code, found["outcome"], found["explained"]) == (0, "quiet", 900)
    assert [of["place_now"] for of in found["features"]] == [1, 2, 3, 4, 5]
