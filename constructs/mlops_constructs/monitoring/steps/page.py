"""The report as one page for a person: no script, nothing from elsewhere, light and dark."""

from collections.abc import Iterator
from html import escape

import pictures
from baseline_files import Baseline
from constraints import PLACES, Constraints
from evidence import ADJUSTED, DISTANCE, WRONG
from judging import Finding
from page_style import STYLE
from reference import Categories
from tally import Tally
from verdict import DRIFT, QUIET, SAYS, TOO_FEW, TOO_FEW_LABELS, Outcome, Verdict, told

BADGES = {
    DRIFT: "Drift", QUIET: "Quiet", TOO_FEW: "Not judged", TOO_FEW_LABELS: "Not judged",
}  # fmt: skip
SHORT = {
    "distance": "distance", "adjusted": "given the others", "missing": "missing",
    "lost": "lost", "outside": "outside range", "unseen": "never seen",
    "wrong": "no number", "fewer": "fewer columns", "more": "more columns",
}  # fmt: skip


def html(verdict: Verdict, tally: Tally, baseline: Baseline, limits: Constraints) -> str:
    """The page."""
    columns = _columns(verdict, tally, baseline, limits)
    return document(
        verdict, f"{head(verdict)}{traffic(verdict)}{columns}{_reading(verdict, baseline)}"
    )


def document(verdict: Outcome, content: str) -> str:
    """A page that holds such content."""
    title = f"{verdict.endpoint}: {verdict.monitor}, {verdict.window.end:%Y-%m-%d %H:%M} UTC"
    return titled(title, content)


def titled(title: str, content: str) -> str:
    """A page under such a title."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>"
        f"{content}</main></body></html>\n"
    )


def head(verdict: Outcome) -> str:
    """The verdict, and what it is about."""
    window = verdict.window
    rest = verdict.sentence().partition(": ")[2]
    facts = [
        f"<b>{escape(verdict.endpoint)}</b>", escape(verdict.monitor),
        f"{window.start:%d %B %Y, %H:%M} to {window.end:%d %B %Y, %H:%M} UTC",
        f"{verdict.records:,} records",
    ]  # fmt: skip
    return (
        f'<header class="{verdict.outcome}"><span class="badge">{BADGES[verdict.outcome]}</span>'
        f"<h1>{escape(rest[:1].upper() + rest[1:])}</h1>"
        f'<p class="facts">{" · ".join(facts)}</p></header>'
    )


def traffic(verdict: Outcome) -> str:
    """What was sent, day by day, and what of it could not be read."""
    days = len(verdict.by_day)
    names = [f"{verdict.window.day(day, days):%a %d %b}" for day in range(days)]
    unreadable = "".join(
        f"<tr><td>{escape(kind)}</td><td class=num>{count:,}</td></tr>"
        for kind, count in sorted(verdict.unreadable.items())
        if count
    )
    trouble = f"<table>{unreadable}</table>" if unreadable else "<p>All of it could be read.</p>"
    return (
        f'<section class="two"><div><h2>Traffic by day</h2>'
        f"{pictures.days(verdict.by_day, names)}</div>"
        f"<div><h2>What could not be read</h2>{trouble}</div></section>"
    )


def _columns(verdict: Verdict, tally: Tally, baseline: Baseline, limits: Constraints) -> str:
    by_feature: dict[str, list[Finding]] = {}
    for finding in verdict.findings:
        by_feature.setdefault(finding.feature, []).append(finding)
    for name in baseline.columns:
        by_feature.setdefault(name, [])
    rows = "".join(
        _row(name, findings, verdict, tally, baseline, limits)
        for name, findings in by_feature.items()
        if name in baseline.columns or any(finding.violated for finding in findings)
    )
    title = "Features, the most changed first" if verdict.findings else "Features"
    key = '<span class="key now"></span>now <span class="key then"></span>baseline'
    return (
        f"<section><h2>{title} <small>{key} "
        '<span class="key limit"></span>threshold</small></h2>'
        f'<div class="features">{rows}</div></section>'
    )


def _row(
    name: str, findings: list[Finding], verdict: Verdict, tally: Tally, baseline: Baseline,
    limits: Constraints,
) -> str:  # fmt: skip
    crossed = [finding for finding in findings if finding.violated]
    ratio = _ratio(findings[0]) if findings else _why_not(name, limits)
    since = "".join(
        f"<p class=since>{SHORT[finding.check]}: {verdict.since(finding)}</p>"
        for finding in crossed
    )
    return (
        f'<article class="{"over" if crossed else "fine"}"><div><h3>{escape(name)}</h3>'
        f"<p class=dim>{ratio}</p>{since}</div>"
        f"<div>{_picture(name, tally, baseline)}</div>"
        f"<div>{''.join(_checks(findings))}{_facts(name, tally, baseline)}</div></article>"
    )


def _ratio(finding: Finding) -> str:
    """How near its threshold a feature surely is."""
    if finding.ratio < 2:
        return f"{finding.ratio:.0%} of its threshold"
    return f"{finding.ratio:.3g} times its threshold"


def _why_not(name: str, limits: Constraints) -> str:
    return "switched off" if limits.features.get(name, 0) is None else "not judged"


def _picture(name: str, tally: Tally, baseline: Baseline) -> str:
    found, column = tally.found.get(name), baseline.columns.get(name)
    if found is None or column is None:
        return ""
    now = found[DISTANCE].sum(axis=0)
    if isinstance(column, Categories):
        return pictures.bars(now, column)
    return pictures.distribution(now, column, tally.figures[name])


def _checks(findings: list[Finding]) -> Iterator[str]:
    """Gauges of the distances and of what was crossed; the rest in words below."""
    drawn = [f for f in findings if f.violated or f.check in (DISTANCE, ADJUSTED)]
    for finding in drawn:
        found = finding.estimate
        value, lower, upper, limit = (
            told(finding.check, level)
            for level in (found.value, found.lower, found.upper, finding.threshold)
        )
        yield (
            f'<div class="check {"over" if finding.violated else ""}" '
            f'title="{escape(SAYS[finding.check])}"><span>{SHORT[finding.check]}</span>'
            f"{pictures.gauge(finding)}<span class=num>{value} "
            f"<small>({lower} to {upper}), limit {limit}</small></span></div>"
        )
    rest = [
        f"{SHORT[f.check]} {told(f.check, f.estimate.value)} (limit {told(f.check, f.threshold)})"
        for f in findings
        if f not in drawn
    ]
    if rest:
        yield f"<p class=dim>{' · '.join(rest)}</p>"


def _facts(name: str, tally: Tally, baseline: Baseline) -> str:
    found = tally.found.get(name)
    if found is None:
        return ""
    facts = []
    if usual := baseline.missing[name]:
        facts.append(f"missing in the baseline {usual:.1%}")
    if WRONG in found and (wrong := found[WRONG][:, 0].sum()):
        facts.append(f"{int(wrong):,} values are no numbers")
    if tally.new_values.get(name):
        facts.append(f"never seen: {pictures.new_values(tally.new_values[name])}")
    return f"<p class=dim>{' · '.join(facts)}</p>" if facts else ""


def _reading(verdict: Verdict, baseline: Baseline) -> str:
    worst = next((f for f in verdict.findings if f.feature in baseline.columns), None)
    name = worst.feature if worst else next(iter(baseline.columns))
    place = PLACES[baseline.schema.features[name]][worst.check if worst else DISTANCE]
    return (
        "<section class=reading><h2>How to read this</h2>"
        "<p><b>Distance</b> is the largest difference between the two distribution functions (of a "
        "category: between its two shares), from 0 to 1. <b>Given the others</b> is the same for "
        "what is left of a column after regression on all the others: it finds a change that hides "
        "in a column's own seasons. <b>Lost</b> is the share of values that are missing though the "
        "others lead one to expect them.</p>"
        "<p><b>Whiskers</b> are intervals with 95 % confidence. A check is violated when its whole "
        "interval lies beyond the threshold, so that a window with few records does not cry wolf."
        "</p><p><b>Thresholds</b> come from the training data's own windows: "
        "<code>calibration.json</code> tells how far those were from the rest, and together they "
        "ring on 2 of 100 of them. They stand in <code>constraints.json</code> of the baseline; to "
        f"overrule one, change it there, for example <code>{escape(place)}</code> of "
        f"<code>{escape(name)}</code>, or switch a feature off with "
        '<code>"monitoringConfigOverrides": {"evaluate_constraints": "Disabled"}</code>; the next '
        "run reads it.</p></section>"
    )
