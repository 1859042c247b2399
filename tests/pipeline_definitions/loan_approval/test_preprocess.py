"""Delivered applications become labelled ones in three tables, or one sentence says why not."""

import json
from collections import Counter
from pathlib import Path

import pytest

from pipeline_definitions.loan_approval import MODEL
from tests.pipeline_definitions.running import PARTS, Prepared

from .conftest import Row, deliver, delivered_rows, features, prepare

AFTER_DECISION = {"action", "reject", "typur", "inson", "gdlin"}
"""What became of it, who bought the loan, and what the lender judged on the way."""

ABOUT_THE_PERSON = {"black", "hispan", "white", "male", "married", "dep", "old"}
ABOUT_THE_PLACE = {"min30", "suffolk", "bd", "mi", "vr"}


def everything(prepared: Prepared) -> dict[str, Row]:
    """The rows of all parts, by number."""
    return {row["application"]: row for name in PARTS for row in prepared.rows(name)}


def of(rows: list[Row], tmp_path: Path) -> Prepared:
    assert prepare(deliver(tmp_path / "data", rows), tmp_path / "out") == 0
    return Prepared(tmp_path / "out")


def report(prepared: Prepared) -> dict[str, object]:
    found: dict[str, object] = json.loads(prepared.path("report/data_report.json").read_text())
    return found


def test_every_application_is_in_one_part_and_a_third_is_held_out(prepared: Prepared):
    numbers = [row["application"] for name in PARTS for row in prepared.rows(name)]
    assert Counter(numbers) == Counter(str(n) for n in range(1, 1990))
    shares = [len(prepared.rows(name)) / 1989 for name in PARTS]
    assert shares == pytest.approx([0.5, 0.15, 0.35], abs=0.03)


def test_an_application_stays_in_its_part_whatever_is_delivered_with_it(
    prepared: Prepared, tmp_path: Path
):
    some = of(delivered_rows()[::-3], tmp_path)
    for name in PARTS:
        before = {row["application"] for row in prepared.rows(name)}
        assert {row["application"] for row in some.rows(name)} < before


def test_race_and_sex_are_words_and_nothing_where_they_are_not_known(prepared: Prepared):
    source, written = delivered_rows(), everything(prepared)
    races = Counter(row["race"] for row in written.values())
    assert races == {"white": 1681, "black": 197, "hispanic": 111}
    assert Counter(row["sex"] for row in written.values()) == {"male": 1605, "female": 369, "": 15}
    for row in source:
        found = written[row["application"]]
        said = {"black": row["black"], "hispanic": row["hispan"], "white": row["white"]}
        assert [race for race, flag in said.items() if flag == "1"] == [found["race"]]


def test_a_number_that_is_a_code_for_a_missing_one_is_missing_and_counted(prepared: Prepared):
    assert report(prepared)["coded_as_missing"] == {"liq": 9, "lines": 1, "term": 4}
    rows = everything(prepared).values()
    assert {n: sum(row[n] == "" for row in rows) for n in ("liq", "lines", "term", "unit")} == {
        "liq": 9, "lines": 1, "term": 4, "unit": 4,
    }  # fmt: skip
    assert max(float(row["liq"] or 0) for row in rows) == 8650


def test_all_else_is_as_it_was_delivered(prepared: Prepared):
    written = everything(prepared)
    for row in delivered_rows():
        found = written[row["application"]]
        for name in features.USED:
            if found[name]:
                assert float(found[name]) == float(row[name]), (name, row["application"])


def test_the_model_is_asked_nothing_that_is_known_only_after_the_decision():
    assert not AFTER_DECISION & set(features.FEATURES)


def test_the_model_uses_nothing_that_the_law_forbids_or_that_stands_for_it():
    assert not (ABOUT_THE_PERSON | ABOUT_THE_PLACE) & set(features.FEATURES)
    assert set(features.FEATURES) - set(features.USED) == {"race", "sex"}


def test_monitors_learn_columns_and_label_from_the_one_schema(prepared: Prepared):
    schema = json.loads(prepared.path("report/schema.json").read_text())
    assert schema == json.loads((MODEL.steps_folder / "schema.json").read_text())
    assert schema["time"] is None
    assert set(schema["features"]) | {schema["id"], schema["label"]} == set(schema["meaning"])
    assert list(prepared.rows("test")[0]) == ["application", "approve", *schema["features"]]


def test_one_that_is_not_decided_yet_teaches_nothing_and_is_counted(tmp_path: Path):
    rows = delivered_rows()
    waiting = [dict(row, approve="") for row in rows[:7]]
    found = of(waiting + rows[7:], tmp_path)
    assert report(found)["dropped_applications"] == {"not decided": 7}
    assert len(everything(found)) == 1989 - 7


def test_the_report_says_how_many_of_each_group_are_in_each_part(prepared: Prepared):
    parts = json.loads(prepared.path("report/data_report.json").read_text())["parts"]
    for name in PARTS:
        rows = prepared.rows(name)
        assert parts[name]["groups"]["race"] == Counter(row["race"] for row in rows)
        assert parts[name]["groups"]["sex"] == Counter(row["sex"] for row in rows)
        approved = sum(row["approve"] == "1" for row in rows)
        assert parts[name]["share_approved"] == pytest.approx(approved / len(rows), abs=5e-5)


def refusal(rows: list[Row], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The sentence on stderr, which is also the job's message."""
    assert prepare(deliver(tmp_path / "data", rows), tmp_path / "out") == 1
    said = capsys.readouterr().err.strip()
    assert (tmp_path / "out/message").read_text() == said
    assert not list((tmp_path / "out").glob("*/*.csv"))
    return said


def test_an_application_that_comes_twice_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    rows = delivered_rows()
    assert refusal([*rows, rows[41], rows[41], rows[99]], tmp_path, capsys) == (
        "application 42 was delivered more than once, and so were 1 others; a decision is learned "
        "from once"
    )


def test_applications_without_a_number_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    rows = [dict(row, application="") if n < 3 else row for n, row in enumerate(delivered_rows())]
    assert refusal(rows, tmp_path, capsys) == "3 applications have no number in application"


def test_a_decision_that_is_neither_is_quoted(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    rows = [*delivered_rows()[1:], dict(delivered_rows()[0], approve="3")]
    said = refusal(rows, tmp_path, capsys)
    assert said == "approve must be 1 or 0, or nothing if undecided, got 3"


def test_a_column_that_was_not_delivered_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    rows = [{k: v for k, v in row.items() if k != "obrat"} for row in delivered_rows()]
    assert refusal(rows, tmp_path, capsys) == "applications/some.csv lacks the columns obrat"


def test_a_number_that_is_none_is_quoted(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    rows = [dict(row, netw="much") if n == 5 else row for n, row in enumerate(delivered_rows())]
    said = refusal(rows, tmp_path, capsys)
    assert "'much' in its column of numbers netw" in said


def test_decisions_that_are_all_alike_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    rows = [row for row in delivered_rows() if row["approve"] == "1"]
    said = refusal(rows, tmp_path, capsys)
    assert said == (
        "1745 decided applications leave none, or only approved or only denied ones, for train, "
        "validation, test; deliver more"
    )
