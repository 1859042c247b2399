"""The bias report as one page for a person: no script, nothing from elsewhere, light and dark."""

from collections.abc import Mapping
from html import escape

import bias_pictures
from bias_file import BiasBaseline
from bias_judging import Finding, Measure
from bias_settings import Facet
from bias_verdict import BiasVerdict, Group, level
from bias_words import SAYS
from page import document, head, traffic


def html(verdict: BiasVerdict, baseline: BiasBaseline) -> str:
    """The page."""
    facets = "".join(
        _facet(facet, groups, unknown, records, verdict)
        for (facet, groups, unknown), records in zip(verdict.groups, baseline.records, strict=True)
    )
    return document(
        verdict, f"{head(verdict)}{traffic(verdict)}{_labels(verdict)}{facets}{_reading(baseline)}"
    )


def _labels(verdict: BiasVerdict) -> str:
    share = f"{verdict.coverage:.1%}" if verdict.records else "none"
    troubles = _counted(verdict.troubles) or "<p>Nothing was wrong with them.</p>"
    return (
        f'<section class="two"><div><h2>Labels</h2><p>{verdict.labelled:,} of '
        f"{verdict.records:,} records have one ({share}). Metrics of answers alone are of all "
        f"records, the others of those with a label.</p></div>"
        f"<div><h2>What was wrong with labels</h2>{troubles}</div></section>"
    )


def _counted(kinds: Mapping[str, int]) -> str:
    rows = "".join(
        f"<tr><td>{escape(kind)}</td><td class=num>{count:,}</td></tr>"
        for kind, count in sorted(kinds.items())
        if count
    )
    return f"<table>{rows}</table>" if rows else ""


def _facet(
    facet: Facet, groups: tuple[Group, Group], unknown: int, records: tuple[int, int],
    verdict: BiasVerdict,
) -> str:  # fmt: skip
    found = [finding for finding in verdict.findings if finding.facet == facet]
    shown = [finding for finding in found if finding.wanted]
    articles = "".join(_metric(finding, verdict) for finding in shown)
    key = (
        '<small><span class="key now"></span>now <span class="key was"></span>baseline '
        '<span class="key limit"></span>limit</small>'
    )
    return (
        f"<section><h2>{escape(facet.groups[1])} {key}</h2>"
        f"{_sizes(groups, records, unknown, facet)}"
        f'<div class="features">{articles}</div>'
        f"{_shown_only([f for f in found if f not in shown])}</section>"
    )


def _sizes(
    groups: tuple[Group, Group], records: tuple[int, int], unknown: int, facet: Facet
) -> str:
    rows = "".join(
        f"<tr><td>{escape(group.name)}</td><td class=num>{group.records:,}</td>"
        f"<td class=num>{then:,}</td><td class=num>{_share(group.answered, group.records)}</td>"
        f"<td class=num>{group.labelled:,}</td>"
        f"<td class=num>{_share(group.favourable, group.labelled)}</td></tr>"
        for group, then in zip(reversed(groups), reversed(records), strict=True)
    )
    lost = (
        f"<p class=dim>{unknown:,} records tell no {escape(facet.name)}, or have no answer, and "
        "are in neither.</p>"
        if unknown
        else ""
    )
    return (
        '<div class="sizes"><table><tr><th>group</th><th class=num>records</th>'
        "<th class=num>in the baseline</th><th class=num>answered favourably</th>"
        "<th class=num>with a label</th><th class=num>label favourable</th></tr>"
        f"{rows}</table>{lost}</div>"
    )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "none"


def _metric(finding: Finding, verdict: BiasVerdict) -> str:
    metric, measure = finding.metric, finding.measure
    judged = not finding.why and not verdict.too_little
    return (
        f'<article class="{"over" if finding.violated and judged else "fine"}">'
        f'<div><h3 title="{escape(metric.title)}">{metric.name}</h3>'
        f"<p class=dim>{_ratio(finding) if judged else 'not judged'}</p></div>"
        f"<div>{bias_pictures.scale(finding) if measure.value is not None else ''}</div>"
        f"<div><p>{escape(metric.title.rpartition(' (')[0])}: "
        f"<span class=dim>{escape(SAYS[metric.name])}</span></p>"
        f"<p class=numbers>{_numbers(finding)}</p></div></article>"
    )


def _ratio(finding: Finding) -> str:
    """How near its limit a metric surely is."""
    if finding.ratio < 2:
        return f"{finding.ratio:.0%} of its limit"
    return f"{finding.ratio:.3g} times its limit"


def _numbers(finding: Finding) -> str:
    then = finding.usual
    parts = [f"<b>{_told(finding.measure)}</b>"]
    if then is not None and then.value is not None:
        parts.append(f"baseline {_told(then)}")
    parts.append(f"fair {finding.metric.fair:g}")
    if finding.threshold is not None:
        parts.append(f"limit {level(finding.threshold)} from fair")
    if finding.why:
        parts.append(escape(finding.why))
    return " · ".join(parts)


def _told(measure: Measure) -> str:
    if measure.value is None:
        return "no value"
    return (
        f"{level(measure.value)} <small>({level(measure.lower)} to {level(measure.upper)})</small>"
    )


def _shown_only(findings: list[Finding]) -> str:
    rows = "".join(
        f"<tr><td><b>{f.metric.name}</b></td><td>{escape(SAYS[f.metric.name])}</td>"
        f"<td class=num>{_told(f.measure)}</td>"
        f"<td class=num>{_told(f.usual) if f.usual else ''}</td></tr>"
        for f in findings
    )
    if not rows:
        return ""
    return (
        '<div class="sizes"><table><tr><th colspan=2>shown without a limit</th>'
        f"<th class=num>now</th><th class=num>baseline</th></tr>{rows}</table></div>"
    )


def _reading(baseline: BiasBaseline) -> str:
    return (
        "<section class=reading><h2>How to read this</h2>"
        "<p><b>The group</b> is the one that may be disadvantaged; <b>the others</b> are all "
        "records with another value. A metric is 0 (of <b>DI</b>: 1) when both fare alike. Most "
        "have such signs that above 0 (DI: below 1) the group is worse off.</p>"
        "<p><b>Whiskers</b> are intervals with 95 % confidence. A metric is violated when its "
        "whole interval is farther from fair than the limit, on either side, so that a window with "
        "few records does not cry wolf.</p>"
        f"<p><b>Limits</b> come from the held-out rows that the baseline of "
        f"{baseline.made:%d %B %Y} was made of: they are how far from fair the truth behind those "
        "rows may be, for all metrics together with 95 %. A small group in the baseline makes wide "
        "limits. A limit is not a judgement of what is fair: that is a person's, who says it in "
        "<code>thresholds</code> of the settings, for example "
        '<code>thresholds={"DPPL": 0.1}</code>, which wins.</p>'
        "<p>These definitions can't all be met at once, and which of them matters depends on what "
        "is decided. A difference is no proof of its cause.</p></section>"
    )
