"""The page of bias by facet: whole by itself, and it says each metric's fair value and limit."""

import re
from pathlib import Path

import numpy as np
import pytest

from tests.monitoring.conftest import script
from tests.monitoring.loans import Loans, baseline, loans, refusing, reported, run
from tests.monitoring.test_page import HOSTILE, Page, look, needs_chromium

OUTCOMES = ("quiet", "drift", "too-few-labels", "too-few-records")


def renamed(asked: Loans) -> Loans:
    """The group bears a name that someone hostile would choose."""
    black = np.where(asked.black, HOSTILE, "0").astype(object)
    return Loans({**asked.columns, "black": black}, asked.approved, asked.answers)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Outcome to page."""
    folder = tmp_path_factory.mktemp("pages")
    facets = [{"name": "black", "values": [HOSTILE.replace(",", "")]}]
    known = baseline(folder / "known", renamed(loans(2_000)), facets=facets, group_variable="city")
    week = loans(1_500, seed=2)
    weeks = {
        "quiet": (week, 1.0), "drift": (refusing(week, 0.5), 1.0), "too-few-labels": (week, 0.2),
        "too-few-records": (loans(300, seed=2), 1.0),
    }  # fmt: skip
    found = {}
    for outcome, (asked, coverage) in weeks.items():
        assert run(
            folder / outcome, known, named(asked), coverage=coverage, facets=facets,
            group_variable="city",
        ) == 0  # fmt: skip
        assert reported(folder / outcome)["outcome"] == outcome
        (found[outcome],) = (folder / outcome / "report").rglob("report.html")
    return found


def named(asked: Loans) -> Loans:
    """The same in a CSV row."""
    hostile = renamed(asked)
    quoted = ['"' + text.replace('"', '""') + '"' for text in hostile.columns["black"]]
    columns = {**hostile.columns, "black": np.array(quoted, dtype=object)}
    return Loans(columns, asked.approved, asked.answers)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_page_refers_to_nothing_elsewhere_and_holds_no_script(pages, outcome: str):
    html = pages[outcome].read_text()
    page = Page(html)
    assert page.open == []
    assert page.references == ["data:,"]
    assert not {"script", "img"} & page.tags
    assert not re.search(r"url\(|@import|https?://", html)


def test_the_verdict_comes_first_and_names_the_group_as_text(pages):
    html = pages["drift"].read_text()
    assert HOSTILE not in html
    text = Page(html).text
    assert text.index("Drift") < text.index(f"of black={HOSTILE} is") < text.index("Traffic by day")
    for outcome in ("too-few-labels", "too-few-records"):
        assert "Not judged" in Page(pages[outcome].read_text()).text


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_each_metric_is_there_with_its_sentence(pages, outcome: str):
    text = Page(pages[outcome].read_text()).text
    for name, sentence in script("bias_words").SAYS.items():
        assert name in text
        assert sentence in text


def test_every_metric_has_its_sentence():
    assert set(script("bias_words").SAYS) == set(script("bias_metrics").BY_NAME)


def test_a_judged_metric_shows_now_then_fair_and_limits(pages):
    html = pages["quiet"].read_text()
    (article,) = re.findall(r"<article[^>]*>(?:(?!</article>).)*>DPPL<.*?</article>", html)
    for kind in ("span now", "span then", "fair", "limit", "track"):
        assert f'class="{kind}"' in article
    text = Page(article).text
    assert re.search(r"\(-?\d\.\d\d to \d\.\d\d\) · baseline -?\d\.\d\d \(", text)
    assert re.search(r"fair 0 · limit \d\.\d\d from fair", text)


def test_the_most_unfair_metric_is_first_and_stands_out(pages):
    report = reported(pages["drift"].parents[5])
    worst = max(report["checks"], key=lambda check: check["ratio"])["metric"]
    articles = re.findall(
        r'<article class="(\w+)"><div><h3[^>]*>(\w+)<', pages["drift"].read_text()
    )
    assert articles[0] == ("over", worst)
    assert {kind for kind, _ in articles} == {"over", "fine"}


def test_what_is_not_judged_says_why(pages):
    assert "class=numbers" in pages["too-few-records"].read_text()
    text = Page(pages["quiet"].read_text()).text
    assert "favourable answers with an unfavourable label, and at least 10 are needed" in text


def test_group_sizes_are_told_now_and_in_the_baseline(pages):
    text = Page(pages["quiet"].read_text()).text
    black, known = int(loans(1_500, seed=2).black.sum()), int(loans(2_000).black.sum())
    assert f"black={HOSTILE}{black}{known}" in text.replace(" ", "").replace(",", "").replace(
        HOSTILE.replace(" ", ""), HOSTILE
    )


@needs_chromium
@pytest.mark.parametrize(
    "outcome", ["drift", pytest.param("too-few-labels", marks=pytest.mark.nightly)]
)
def test_a_browser_logs_no_error_and_asks_for_nothing(pages, tmp_path: Path, outcome: str):
    errors, hosts = look(pages[outcome], tmp_path)
    assert "CONSOLE" not in errors
    assert hosts == set()


def test_an_interval_without_end_reaches_the_edge_of_the_picture():
    judging, pictures = script("bias_judging"), script("bias_pictures")
    settings, metrics = script("bias_settings"), script("bias_metrics")
    finding = judging.Finding(
        settings.Facet("black", ["1"]), metrics.BY_NAME["DI"],
        judging.Measure(4.0, 2.0, None), None, 0.5, 2.0, "",
    )  # fmt: skip
    assert f"H{pictures.WIDTH}M" in pictures.scale(finding)
