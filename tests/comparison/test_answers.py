"""Which captured answers belong together, and which say the same."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.comparison.trials import SINCE, script
from tests.monitoring.conftest import capture, exchange

answers, captured = script("answers"), script("capture")
WINDOW = script("verdict").Window(SINCE, SINCE + timedelta(hours=1))


def line(answer: str, event: str, inference: str = "", minute: int = 5, **differing: Any) -> str:
    at = SINCE + timedelta(minutes=minute)
    return json.dumps(exchange(at, "a", answer, event=event, inference=inference, **differing))


def paired(tmp_path: Path, champion: list[str], challenger: list[str]) -> Any:
    sides = []
    for name, lines in (("AllTraffic", champion), ("Challenger", challenger)):
        capture(tmp_path / name, [(SINCE, text) for text in lines])
        sides.append(captured.files(str(tmp_path / name), WINDOW.start, WINDOW.end))
    return answers.pair(*sides, WINDOW, 0.05)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("0.50", "0.549", True),
        ("0.50", "0.551", False),
        ("0.5\n", "0.5", True),
        ("0.5,yes", "0.51,yes", True),
        ("0.5,yes", "0.51,no", False),
        ("0.5,yes", "0.5", False),
        ("0.5\n0.6\n", "0.5\n", False),
        ("yes", "yes ", True),
        ("nan", "nan", True),
        ("nan", "0.5", False),
        ('{"score": 0.5, "by": ["a"]}', '{"by":["a"],"score":0.52}', True),
        ('{"score": 0.5}', '{"score": 0.6}', False),
        ('{"score": 0.5}', '{"score": 0.5, "by": []}', False),
        ('{"ok": true}', '{"ok": null}', False),
        ("[0.5, 0.6]", "[0.51, 0.61]", True),
        ("{torn", "{torn too", False),
    ],
)
def test_numbers_are_the_same_up_to_the_tolerance_and_all_else_to_the_letter(one, other, same):
    assert answers.same(one, other, 0.05) == answers.same(other, one, 0.05) == same


def test_pairs_share_the_inference_id_or_without_one_the_event_id(tmp_path: Path):
    found = paired(
        tmp_path,
        [line("0.5", "e1", "mine"), line("0.5", "e2")],
        [line("0.5", "other", "mine", minute=7), line("0.9", "e2", minute=8)],
    )
    assert (found.pairs[7], found.pairs[8]) == (1, 1)
    assert (found.pairs.sum(), found.agreeing.sum()) == (2, 1)


def test_who_was_captured_alone_is_counted(tmp_path: Path):
    found = paired(tmp_path, [line("1", "a"), line("1", "b")], [line("1", "b"), line("1", "c")])
    assert found.pairs.sum() == 1
    assert found.alone == {"champion": 1, "challenger": 1}


@pytest.mark.parametrize("side", [0, 1])
def test_of_an_id_that_several_requests_bear_none_is_paired(tmp_path: Path, side: int):
    lines = [[line("1", "a"), line("1", "b")], [line("1", "a"), line("1", "b")]]
    lines[side].append(line("2", "a", minute=9))
    found = paired(tmp_path, *lines)
    assert found.pairs.sum() == 1
    assert found.repeated == 1


def test_what_can_not_be_read_is_counted_by_kind(tmp_path: Path):
    found = paired(
        tmp_path,
        [line("1", "a"), "{", json.dumps({"captureData": {}, "eventMetadata": {}})],
        [line("1", "a"), line("1", ""), line("x", "b", observedContentType="image/png")],
    )
    assert found.pairs.sum() == 1
    assert found.unreadable == {
        "torn line": 1,
        "no time of inference": 1,
        answers.NO_ID: 1,
        captured.OTHER_TYPE: 1,
    }


def test_json_answers_are_read(tmp_path: Path):
    told = {"observedContentType": "application/json", "encoding": "JSON"}
    found = paired(tmp_path, [line('{"p": 0.5}', "a", **told)], [line('{"p": 0.51}', "a", **told)])
    assert found.agreeing.sum() == 1


def test_what_lies_beside_the_window_is_left_out(tmp_path: Path):
    late = [line("1", "a", minute=60)]
    found = paired(tmp_path, late, late)
    assert found.pairs.sum() == 0
    assert found.alone == {"champion": 0}
