"""The page of model quality is whole by itself, and a browser has nothing to complain about."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.monitoring.answered import ENDS
from tests.monitoring.conftest import script
from tests.monitoring.test_page import HOSTILE, Page, look, needs_chromium

verdicts, judging, files, page = map(
    script, ("quality_verdict", "quality_judging", "quality_files", "quality_page")
)
Estimate = script("judging").Estimate
LESS, GREATER = "LessThanThreshold", "GreaterThanThreshold"


def finding(name: str, worse: str, value: float, ratio: float, **differing: Any) -> Any:
    known = {
        "usual": Estimate(0.8, 0.78, 0.82), "threshold": 0.77 if worse == LESS else 0.83,
        "by_person": False, "since": 3 if ratio > 1 else None, **differing,
    }  # fmt: skip
    return judging.Finding(
        name, worse, Estimate(value, value - 0.02, value + 0.02), ratio=ratio, **known
    )


def html(outcome: str) -> str:
    """A page; the one with drift holds what someone hostile would send."""
    findings = {
        "quiet": [finding("auc", LESS, 0.8, 0.2), finding("recall", LESS, 0.79, 0.0)],
        "drift": [
            finding("auc", LESS, 0.7, 2.5),
            finding("false_positive_rate", GREATER, 0.9, 1.5, by_person=True),
            finding("true_negative_rate", LESS, 0.7, 1.4, usual=None),
            finding("true_positive_rate", LESS, 0.7, 1.3),
            finding("recall", LESS, 0.7, 1.3),
        ],
    }.get(outcome, [])
    daily = [{f.name: f.estimate for f in findings} if day else {} for day in range(7)]
    lacking = "9 records" if outcome == "too-few-records" else "1 of 9 records have a label"
    verdict = verdicts.QualityVerdict(
        endpoint="shop", monitor=HOSTILE if outcome == "drift" else "model-quality",
        window=script("verdict").Window(ENDS - timedelta(days=7), ENDS),
        records=2100 if findings else 9, by_day=[0, 350, 350, 350, 350, 350, 350],
        labelled=1680 if findings else 1, labelled_by_day=[0, 280, 280, 280, 280, 280, 280],
        unreadable={"torn line": 1} if outcome == "drift" else {},
        troubles={"collected late": 7} if outcome == "drift" else {},
        repeated=2, findings=findings, daily=daily, headline_name="auc",
        too_little="" if findings else lacking, lacks_labels=outcome == "too-few-labels",
        baseline_age=3.0,
    )  # fmt: skip
    assert verdict.outcome == outcome
    made = files.QualityBaseline(ENDS, 5000, {}, {})
    shown: str = page.html(verdict, made)
    return shown


OUTCOMES = ["quiet", "drift", "too-few-records", "too-few-labels"]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_page_refers_to_nothing_elsewhere_and_holds_no_script(outcome: str):
    shown = html(outcome)
    read = Page(shown)
    assert read.open == []
    assert read.references == ["data:,"]
    assert not {"script", "img"} & read.tags
    assert not re.search(r"url\(|@import|https?://", shown)


def test_what_others_sent_is_shown_as_text():
    assert HOSTILE not in html("drift")
    assert HOSTILE in Page(html("drift")).text


def test_the_headline_is_drawn_day_by_day_with_baseline_and_threshold():
    shown = html("drift")
    picture = shown[shown.index('class="days"') :].split("</svg>")[0]
    assert picture.count("<circle") == 6 + 1  # a day without labels has none; and the window
    assert picture.count('class="usual"') == picture.count('class="limit"') == 1
    assert "baseline 0.800" in picture and "threshold 0.770" in picture
    assert picture.count('<g class="over">') == 7
    assert "0.700 (0.680 to 0.720)" in picture


def test_metrics_that_say_the_same_are_shown_once_unless_a_person_named_them():
    names = re.findall(r"<p class=dim><code>(\w+)</code>", html("drift"))
    assert names == ["auc", "false_positive_rate", "true_negative_rate", "recall"]
    text = Page(html("drift")).text
    assert "at most 0.830 is usual, set by a person" in text
    assert "not in the baseline" in text


def test_troubles_and_coverage_are_shown():
    text = Page(html("drift")).text
    assert "collected late" in text and "torn line" in text
    assert "1,680 of 2,100 records have a label that can be used: 80.0%." in text
    assert "80% of 350" in text
    assert "2 records were captured again" in text


def test_a_window_that_is_not_judged_shows_its_labels_and_no_metric():
    text = Page(html("too-few-labels")).text
    assert "Not judged" in text and "Labels by day" in text
    assert "over time" not in text


def test_many_days_are_not_all_named():
    names = [f"day {number}" for number in range(60)]
    auc = finding("auc", LESS, 0.8, 0.2)
    drawn = script("quality_pictures").over_time(auc, [{"auc": auc.estimate}] * 60, names)
    assert drawn.count("<circle") == 61
    assert len(re.findall(r">day \d+<", drawn)) <= 14


def test_an_interval_beyond_the_picture_has_no_end_there():
    auc, wide = finding("auc", LESS, 0.8, 0.2), Estimate(0.8, 0.1, 1.0)
    pictures = script("quality_pictures")
    inside, beyond = (pictures.spark(auc, [{"auc": of}]) for of in (auc.estimate, wide))
    assert inside.count("h5") == 2
    assert beyond.count("h5") == 0


@needs_chromium
@pytest.mark.parametrize(
    "outcome", ["drift", pytest.param("too-few-labels", marks=pytest.mark.nightly)]
)
def test_a_browser_logs_no_error_and_asks_for_nothing(tmp_path: Path, outcome: str):
    path = tmp_path / "page.html"
    path.write_text(html(outcome))
    errors, hosts = look(path, tmp_path)
    assert "CONSOLE" not in errors
    assert hosts == set()
