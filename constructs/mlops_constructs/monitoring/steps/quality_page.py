"""The report of model quality as one page: no script, nothing from elsewhere, light and dark."""

from collections.abc import Mapping
from html import escape

import quality_pictures
from page import document, head
from quality_files import QualityBaseline
from quality_judging import Finding
from quality_verdict import SAYS, QualityVerdict, level, usual

KEY = (
    '<small><span class="key now"></span>each day, with 95 % <span class="key then"></span>'
    'baseline <span class="key limit"></span>threshold</small>'
)


def html(verdict: QualityVerdict, baseline: QualityBaseline) -> str:
    """The page."""
    return document(
        verdict,
        f"{head(verdict)}{_over_time(verdict)}{_labels(verdict)}{_metrics(verdict)}"
        f"{_reading(verdict, baseline)}",
    )


def _days(verdict: QualityVerdict) -> list[str]:
    number = len(verdict.by_day)
    return [f"{verdict.window.day(day, number):%a %d %b}" for day in range(number)]


def _over_time(verdict: QualityVerdict) -> str:
    if not verdict.findings:
        return ""
    shown = verdict.foremost or verdict.worst
    picture = quality_pictures.over_time(shown, verdict.daily, _days(verdict))
    return (
        f"<section><h2>{escape(_capital(SAYS[shown.name]))} over time {KEY}</h2>"
        f'<div class="wide">{picture}</div></section>'
    )


def _labels(verdict: QualityVerdict) -> str:
    picture = quality_pictures.coverage(verdict.by_day, verdict.labelled_by_day, _days(verdict))
    share = f"{verdict.coverage:.1%}" if verdict.records else "none"
    return (
        '<section class="two"><div><h2>Labels by day <small><span class="key now"></span>with a '
        'label <span class="key then"></span>without</small></h2>'
        f"{picture}<p class=dim>{verdict.labelled:,} of {verdict.records:,} records have a label "
        f"that can be used: {share}.</p></div>"
        f"<div><h2>Trouble with labels</h2>{_counted(verdict.troubles, 'None.')}"
        f"<h2 class=next>What could not be read</h2>"
        f"{_counted(verdict.unreadable, 'All of it could be.')}{_repeated(verdict)}</div></section>"
    )


def _counted(kinds: Mapping[str, int], nothing: str) -> str:
    rows = "".join(
        f"<tr><td>{escape(kind)}</td><td class=num>{count:,}</td></tr>"
        for kind, count in sorted(kinds.items())
    )
    return f"<table>{rows}</table>" if rows else f"<p>{nothing}</p>"


def _repeated(verdict: QualityVerdict) -> str:
    if not verdict.repeated:
        return ""
    return f"<p class=dim>{verdict.repeated:,} records were captured again and count once.</p>"


def _metrics(verdict: QualityVerdict) -> str:
    if not verdict.findings:
        return ""
    rows = "".join(_metric(f, verdict) for f in verdict.told_apart(verdict.findings))
    return (
        f"<section><h2>Metrics, the most changed first {KEY}</h2>"
        f'<div class="features">{rows}</div></section>'
    )


def _metric(finding: Finding, verdict: QualityVerdict) -> str:
    since = f"<p class=since>{verdict.since(finding)}</p>" if finding.violated else ""
    found = finding.estimate
    then = "not in the baseline"
    if finding.usual is not None:
        then = (
            f"baseline {level(finding.usual.value)} "
            f"({level(finding.usual.lower)} to {level(finding.usual.upper)})"
        )
    whose = ", set by a person" if finding.by_person else ""
    return (
        f'<article class="{"over" if finding.violated else "fine"}">'
        f"<div><h3>{escape(_capital(SAYS[finding.name]))}</h3>"
        f"<p class=dim><code>{finding.name}</code></p>{since}</div>"
        f"<div>{quality_pictures.spark(finding, verdict.daily)}</div>"
        f"<div><p class=big>{level(found.value)} <small>({level(found.lower)} to "
        f"{level(found.upper)})</small></p><p class=dim>{then}</p>"
        f"<p class=dim>{usual(finding)} is usual{whose}; {_ratio(finding)}</p></div></article>"
    )


def _ratio(finding: Finding) -> str:
    if finding.ratio == 0:
        return "surely lost: nothing"
    if finding.ratio < 2:
        return f"surely lost: {finding.ratio:.0%} of what may be"
    return f"surely lost: {finding.ratio:.2g} times what may be"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _reading(verdict: QualityVerdict, baseline: QualityBaseline) -> str:
    return (
        "<section class=reading><h2>How to read this</h2>"
        "<p><b>Labels</b> are what truly happened. A run waits for them as long as its settings "
        "say, so this window ended before the run began. Early and late ones are used; of an id "
        "with contradicting labels none is.</p>"
        "<p><b>Whiskers</b> are intervals with 95 % confidence. A metric is violated when the "
        "whole interval of the <i>window</i> lies beyond the threshold, so that few records do not "
        "cry wolf; single days are shown to tell when it began, and do not ring.</p>"
        f"<p><b>Thresholds</b> come from {baseline.rows:,} held-out rows, on "
        f"{baseline.made:%d %B %Y}: all metrics together ring on 2 of 100 windows like them, with "
        "room for what so few rows leave uncertain. To overrule one, name it in the monitor's "
        f"settings, for example <code>thresholds={{{escape(repr(verdict.headline_name))}: "
        "...}</code>.</p></section>"
    )
