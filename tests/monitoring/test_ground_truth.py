"""Answers meet their labels by id; every label that is in trouble is counted by its kind."""

import base64
import json
import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.monitoring.conftest import exchange, label, script

ground_truth, capture = script("ground_truth"), script("capture")
Window = script("verdict").Window
START, END = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 12, tzinfo=UTC)
AT = START + timedelta(hours=30, minutes=20)
DAY = timedelta(hours=24)
ASKED = END + DAY

Told = tuple[datetime, Any]


def asked(event: str, answer: str = "0.7", at: datetime = AT, **more: Any) -> Told:
    """A captured request of one row, in the file of its hour."""
    return at, exchange(at, "a,1", answer, event=event, **more)


def said(of: str, text: str = "1", at: datetime = AT, **more: Any) -> Told:
    """A label, collected at some time."""
    return at, label(of, text, **more)


def files(told: Iterable[Told]) -> list[tuple[datetime, list[bytes]]]:
    """A file for each line."""
    return [
        (at.replace(minute=0), [line if isinstance(line, bytes) else json.dumps(line).encode()])
        for at, line in told
    ]


def join(captured: Iterable[Told], labels: Iterable[Told], columns: tuple[int, ...] = ()) -> Any:
    return ground_truth.join(
        files(captured), files(labels), Window(START, END), ASKED, columns, DAY
    )


def test_a_label_belongs_to_the_request_whose_event_id_it_names():
    joined = join([asked("e1", "0.7"), asked("e2", "0.2")], [said("e2", "0"), said("e1", "1")])
    assert joined.answers.tolist() == ["0.7", "0.2"]
    assert joined.labels.tolist() == ["1", "0"]
    assert (joined.records, joined.rows, joined.labelled, joined.coverage) == (2, 2, 2, 1.0)
    assert joined.troubles == {}


def test_the_inference_id_wins_over_the_event_id():
    captured = [asked("e1", inference="mine")]
    assert join(captured, [said("mine", "1")]).labels.tolist() == ["1"]
    by_event = join(captured, [said("e1", "1")])
    assert by_event.labels.tolist() == [None]
    assert by_event.troubles == {ground_truth.UNKNOWN: 1}


def test_a_request_of_several_rows_has_a_label_of_as_many_lines():
    at, told = AT, exchange(AT, "a,1\nb,2\r\nc,3", "0.1\n0.2\n0.3\n", event="e1")
    joined = join([(at, told), asked("e2")], [said("e1", "0\n1\r\n0\n")], columns=(1,))
    assert joined.answers.tolist() == ["0.1", "0.2", "0.3", "0.7"]
    assert joined.labels.tolist() == ["0", "1", "0", None]
    assert joined.columns[1].tolist() == ["1", "2", "3", "1"]
    assert (joined.records, joined.rows, joined.coverage) == (2, 4, 0.75)


def test_rows_know_their_day_of_the_window():
    captured = [asked("e1", at=START), asked("e2", at=END - timedelta(seconds=1))]
    assert join(captured, []).days.tolist() == [0, 6]


def test_only_the_windows_own_records_have_rows():
    captured = [
        asked("before", at=START - timedelta(seconds=1)), asked("in"), asked("after", at=END),
    ]  # fmt: skip
    joined = join(captured, [said("before"), said("in"), said("after", at=END)])
    assert joined.rows == 1
    assert joined.troubles == {}, "labels of records beside the window are no trouble of this one"


def test_a_window_without_rows_has_no_coverage():
    assert join([], []).coverage == 0.0


TORN = json.dumps(label("e1", "1"))[:-9].encode()
NO_ID: dict[str, Any] = {**label("e1", "1"), "eventMetadata": {}}
EMPTY_ID, NUMBER_ID = label("", "1"), label(17, "1")  # type: ignore[arg-type]
NUMBER = label("e1", 1)  # type: ignore[arg-type]
FOREIGN_LIST: Any = {**label("e1", "1"), "groundTruthData": ["1"]}
BASE64 = label("e1", base64.b64encode(b"1").decode(), encoding="BASE64")
NO_ENCODING = {**label("e1", "1"), "groundTruthData": {"data": "1"}}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        pytest.param(TORN, "TORN", id="torn"),
        pytest.param(b"", "TORN", id="empty line"),
        pytest.param(b"\xff\xfe", "TORN", id="not UTF-8"),
        pytest.param(b"null", "FOREIGN", id="null"),
        pytest.param(exchange(AT, "a,1", "1", event="e1"), "FOREIGN", id="a capture record"),
        pytest.param(NO_ID, "FOREIGN", id="no id"),
        pytest.param(EMPTY_ID, "FOREIGN", id="an empty id"),
        pytest.param(NUMBER_ID, "FOREIGN", id="a number for an id"),
        pytest.param(NUMBER, "FOREIGN", id="a number for a label"),
        pytest.param(FOREIGN_LIST, "FOREIGN", id="a list of labels"),
        pytest.param(BASE64, "ENCODING", id="base64"),
        pytest.param(NO_ENCODING, "ENCODING", id="no encoding"),
        pytest.param(label("e1", " \n"), "EMPTY", id="empty"),
        pytest.param(label("e1", "1\n0"), "NUMBER", id="two labels of one row"),
        pytest.param(label("e9", "1"), "UNKNOWN", id="unknown id"),
    ],
)
def test_a_label_that_can_not_be_used_is_counted_by_its_kind(line: Any, kind: str):
    joined = join([asked("e1"), asked("e2")], [(AT, line), said("e2", "0")])
    assert joined.labels.tolist() == [None, "0"]
    assert joined.troubles == {getattr(ground_truth, kind): 1}


def test_a_label_said_again_is_used_once_and_counted():
    joined = join([asked("e1")], [said("e1", "1"), said("e1", " 1\n"), said("e1", "1")])
    assert joined.labels.tolist() == ["1"]
    assert joined.troubles == {ground_truth.DUPLICATE: 2}


def test_labels_that_contradict_each_other_are_all_left_out():
    labels = [said("e1", "1"), said("e1", "0"), said("e1", "1"), said("e2", "0")]
    joined = join([asked("e1"), asked("e2")], labels)
    assert joined.labels.tolist() == [None, "0"]
    assert joined.troubles == {ground_truth.CONTRADICTORY: 3}


def test_a_label_of_the_wrong_number_contradicts_nobody():
    joined = join([asked("e1")], [said("e1", "1"), said("e1", "0\n0")])
    assert joined.labels.tolist() == ["1"]
    assert joined.troubles == {ground_truth.NUMBER: 1}


@pytest.mark.parametrize(
    ("collected", "trouble"),
    [
        pytest.param(timedelta(hours=-1), "EARLY", id="in the hour before"),
        pytest.param(timedelta(0), None, id="in its own hour"),
        pytest.param(timedelta(hours=24), None, id="in the last hour that is in time"),
        pytest.param(timedelta(hours=25), "LATE", id="an hour later"),
    ],
)
def test_a_label_that_is_early_or_late_is_used_and_counted(
    collected: timedelta, trouble: str | None
):
    joined = join([asked("e1")], [said("e1", at=AT + collected)])
    assert joined.labels.tolist() == ["1"]
    assert joined.troubles == ({getattr(ground_truth, trouble): 1} if trouble else {})


def test_a_label_said_again_late_was_in_time():
    joined = join([asked("e1")], [said("e1", at=AT + 3 * DAY), said("e1", at=AT)])
    assert joined.troubles == {ground_truth.DUPLICATE: 1}


def test_what_was_collected_after_the_run_is_not_known_to_it():
    joined = join([asked("e1"), asked("e2", at=ASKED)], [said("e1", at=ASKED), said("e2")])
    assert joined.labels.tolist() == [None]
    assert joined.troubles == {ground_truth.UNKNOWN: 1}


def test_the_same_record_captured_twice_counts_once():
    joined = join([asked("e1"), asked("e2"), asked("e1")], [said("e1")])
    assert joined.answers.tolist() == ["0.7", "0.7"]
    assert joined.labels.tolist() == ["1", None]
    assert (joined.records, joined.repeated) == (2, 1)


def test_an_id_that_several_requests_bear_has_no_label():
    captured = [asked("e1", "0.1", inference="x"), asked("e2", "0.9", inference="x"), asked("e3")]
    joined = join(captured, [said("x", "1"), said("e3", "0")])
    assert joined.labels.tolist() == [None, None, "0"]
    assert joined.troubles == {ground_truth.SHARED: 1}


def test_base64_answers_are_decoded_if_they_are_text():
    text = base64.b64encode(b"0.25\n").decode()
    assert join([asked("e1", text, encoding="BASE64")], []).answers.tolist() == ["0.25"]


def without_answer() -> Told:
    told = exchange(AT, "a,1", "1", event="bad")
    del told["captureData"]["endpointOutput"]
    return AT, told


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        pytest.param((AT, b"{"), capture.TORN, id="torn"),
        pytest.param((AT, label("bad", "1")), capture.FOREIGN, id="a label"),
        pytest.param(without_answer(), capture.NO_OUTPUT, id="no answer"),
        pytest.param(asked("bad", "\n"), capture.EMPTY, id="empty answer"),
        pytest.param(asked("bad", "%", encoding="BASE64"), capture.BINARY, id="no base64"),
        pytest.param(
            asked("bad", observedContentType="application/json"), capture.OTHER_TYPE, id="JSON"
        ),
        pytest.param(asked("bad", "1\n0"), ground_truth.ANSWERS, id="more answers than rows"),
        pytest.param(
            (AT, exchange(AT, "a", "1", event="bad")), capture.FEWER, id="without the column"
        ),
    ],
)
def test_a_record_that_can_not_be_read_is_counted_by_its_kind(told: Told, kind: str):
    joined = join([asked("e1"), told, asked("e2")], [], columns=(1,))
    assert joined.rows == 2
    assert joined.unreadable == {kind: 1}


def test_the_label_of_a_record_that_can_not_be_read_is_of_a_known_id():
    assert join([asked("bad", "")], [said("bad")]).troubles == {}


def test_torn_records_of_other_hours_are_not_this_windows():
    joined = join([(START - timedelta(hours=1), b"{"), (END, b"{")], [])
    assert joined.unreadable == {}


def test_the_order_of_lines_and_files_changes_nothing_but_the_order_of_rows():
    chance = random.Random(4)

    def some_time() -> datetime:
        return START + timedelta(minutes=chance.randrange(10080))

    captured = [asked(f"e{i}", f"0.{chance.randrange(9)}", at=some_time()) for i in range(200)]
    labels = [
        said(f"e{chance.randrange(220)}", str(chance.randrange(2)), at=some_time())
        for _ in range(400)
    ]
    labels += [(AT, b"{"), (AT, BASE64), said("e1", "1\n1")]
    one = join(captured, labels)
    assert len(one.troubles) == 8
    other = join(chance.sample(captured, 200), chance.sample(labels, 403))
    assert one.troubles == other.troubles
    assert sorted(map(str, zip(one.answers, one.labels, one.days, strict=True))) == sorted(
        map(str, zip(other.answers, other.labels, other.days, strict=True))
    )


def test_labels_that_are_not_there_are_told():
    with pytest.raises(script("failure").Failure, match=r"^there is no ground truth at /nowhere$"):
        list(capture.files("/nowhere", START, END, "ground truth"))
