"""The page of attributions is whole by itself, as the one of data quality is."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.monitoring.conftest import BEGAN, script
from tests.monitoring.test_page import HOSTILE, Page, look, needs_chromium

metrics, verdicts, judging = map(script, ("attribution_metrics", "attribution_verdict", "judging"))
NAMES = ["income", "debt", HOSTILE, *(f"feature {at}" for at in range(4, 26))]


def interval(value: float) -> Any:
    return metrics.Interval(value, value * 0.9, value * 1.1)


def ranks(ndcg: float | None, *, least: float = 0.5, limit: float = 0.9) -> Any:
    """A verdict on many features, the first of which fell beneath what is drawn."""
    judged = ndcg is not None
    last = len(NAMES)
    features = [
        verdicts.Feature(
            name, interval(1 / place), place,
            interval(1 / ((place - 2) % last + 1)) if judged else None,
            (place - 2) % last + 1 if judged else None,
        )
        for place, name in enumerate(NAMES, start=1)
    ]  # fmt: skip
    findings = []
    if judged:
        estimate = judging.Estimate(ndcg, ndcg - 0.02, ndcg + 0.02)
        ratio = (1 - ndcg - 0.02) / (1 - limit)
        findings = [judging.Finding("label0", "ndcg", estimate, limit, ratio, 2)]
    window = script("verdict").Window(BEGAN, BEGAN + timedelta(weeks=1))
    too_little = "" if judged else "9 records, and at least 500 are needed"
    return verdicts.Ranks(
        "loans", "attribution", window, 700, [100] * 7, {"torn line": 2}, findings, too_little,
        features, 500, least,
    )  # fmt: skip


def page(verdict: Any) -> str:
    known = script("attribution_files").Known(BEGAN, ["a"], {}, 0.97, verdict.least)
    html: str = script("attribution_page").html(verdict, known)
    return html


OUTCOMES = {"quiet": 0.95, "drift": 0.6, "too-few-records": None}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_page_refers_to_nothing_elsewhere_and_holds_no_script(outcome: str):
    verdict = ranks(OUTCOMES[outcome])
    assert verdict.outcome == outcome
    html = page(verdict)
    said = Page(html)
    assert said.open == []
    assert said.references == ["data:,"]
    assert not {"script", "img"} & said.tags
    assert not re.search(r"url\(|@import|https?://", html)


def test_names_of_features_are_shown_as_text():
    html = page(ranks(0.6))
    assert HOSTILE not in html
    assert HOSTILE in Page(html).text


def test_the_verdict_comes_first_and_tells_of_what_moved_most():
    text = Page(page(ranks(0.6))).text
    assert text.index("income fell from place 1 to 25") < text.index("What answers rest on")
    assert "since Wednesday 07 January, 00:00 UTC" in text
    assert "0.600 (0.580 to 0.620 with 95 % confidence)" in text
    assert "500 of 700 records were explained" in text


def test_a_line_to_a_place_that_is_not_drawn_ends_beneath_the_others():
    html = page(ranks(0.6))
    picture = html[html.index('<svg class="ranks"') :].split("</svg>")[0]
    assert picture.count('class="name') == 40  # twenty on each side
    (fell,) = re.findall(r'class="slope fell" d="M\d+ (\d+)C.* (\d+)"', picture)
    pictures = script("attribution_pictures")
    assert int(fell[1]) - int(fell[0]) == pictures.MOST * pictures.ROW
    assert "5 more features lie beneath" in html


def test_a_window_that_was_not_judged_shows_the_baseline_alone():
    html = page(ranks(None))
    picture = html[html.index('<svg class="ranks"') :].split("</svg>")[0]
    assert picture.count('class="name') == 20
    assert "slope" not in picture
    assert "How alike" not in html


def test_a_limit_that_nothing_can_cross_is_told():
    assert "This limit can't be crossed" in page(ranks(0.95, least=0.91))
    assert "This limit can't be crossed" not in page(ranks(0.95, least=0.89))


@needs_chromium
def test_a_browser_logs_no_error_and_asks_for_nothing(tmp_path: Path):
    path = tmp_path / "page.html"
    path.write_text(page(ranks(0.6)))
    errors, hosts = look(path, tmp_path)
    assert "CONSOLE" not in errors
    assert hosts == set()
