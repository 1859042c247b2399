"""The page of a comparison is whole by itself, and a browser has nothing to complain about."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.comparison.test_decision import AGREES, FINE, comparison, effect
from tests.comparison.trials import SINCE, minutes, script
from tests.monitoring.test_page import HOSTILE, Page, look, needs_chromium

page, pictures, verdict = map(script, ("comparison_page", "comparison_pictures", "verdict"))

FOUND = {
    "no worse": comparison(effect("errors", -0.5, 0.5), FINE, AGREES, release="shadow"),
    "worse": replace(
        comparison(effect("errors", 3, 4), effect("latency", 90, 400, bound=20)),
        endpoint=HOSTILE, versions={"champion": f"x/{HOSTILE}", "challenger": "x/8"},
    ),
    "better": comparison(effect("errors", -0.5, -0.1), FINE),
    "undecided": comparison(effect("errors", -0.5, 1.1), FINE),
    "not enough traffic": replace(comparison(), challenger=minutes(60, rate=0)),
}  # fmt: skip
VERDICTS = pytest.mark.parametrize("word", list(FOUND))


def html(word: str) -> str:
    assert FOUND[word].verdict == word
    shown: str = page.html(FOUND[word])
    return shown


@VERDICTS
def test_a_page_refers_to_nothing_elsewhere_and_holds_no_script(word: str):
    shown = html(word)
    read = Page(shown)
    assert read.open == []
    assert read.references == ["data:,"]
    assert not {"script", "img"} & read.tags
    assert not re.search(r"url\(|@import|https?://", shown)
    assert "nan" not in shown.lower().replace("finance", "")


@VERDICTS
def test_the_verdict_comes_first(word: str):
    text = Page(html(word)).text
    assert text.index(word.capitalize()) < text.index("What was counted")
    assert FOUND[word].why in text


def test_what_others_named_is_shown_as_text():
    assert HOSTILE not in html("worse")
    assert HOSTILE in Page(html("worse")).text


def test_what_is_too_bad_is_marked_and_only_that():
    assert html("worse").count('<article class="over">') == 2
    assert html("no worse").count('<article class="fine">') == 3
    assert "can't be told" in html("undecided")
    assert "surely better" in html("better")


def test_answers_that_could_not_be_compared_are_counted():
    pairs = replace(FOUND["no worse"].pairs, repeated=3)
    pairs.alone.update({"champion": 12, "challenger": 5})
    pairs.unreadable.update({"torn line": 2})
    text = Page(page.html(replace(FOUND["no worse"], pairs=pairs))).text
    for said in ("champion alone12", "challenger alone5", "not compared3", "torn line2"):
        assert said in text


def test_a_split_says_why_answers_are_not_compared():
    assert "Each request is answered by one of the two" in html("better")


def test_an_interval_beyond_the_picture_ends_at_its_edge():
    drawn = pictures.difference(effect("latency", 90, 4000, bound=20), "at most 20 % more")
    places = [float(x) for x in re.findall(r"[MH](-?[\d.]+)", drawn)]
    assert max(places) <= 260 and min(places) >= 0


@pytest.mark.parametrize("hours", [1, 24, 168])
def test_a_line_has_few_points_and_gaps_where_nothing_was_asked(hours: int):
    of = np.ones(hours * 60)
    of[hours * 20 : hours * 40] = 0
    window: Any = verdict.Window(SINCE, SINCE + timedelta(hours=hours))
    drawn = pictures.over_time((of, of), (of, of), window, "requests")
    lines = re.findall(r'points="([^"]*)"', drawn)
    assert len(lines) == 4
    assert sum(len(line.split()) for line in lines) <= 2 * 144


@needs_chromium
@pytest.mark.parametrize("word", ["worse", "no worse"])
def test_a_browser_logs_no_error_and_asks_for_nothing(tmp_path: Path, word: str):
    path = tmp_path / "page.html"
    path.write_text(html(word))
    errors, hosts = look(path, tmp_path)
    assert "CONSOLE" not in errors
    assert hosts == set()
