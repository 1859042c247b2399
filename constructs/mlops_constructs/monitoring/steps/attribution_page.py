"""The report of the attribution monitor as one page for a person, in the style of page.py."""

from collections.abc import Iterator
from html import escape

import attribution_pictures
from attribution_files import Known
from attribution_judging import USUAL
from attribution_metrics import Interval
from attribution_verdict import Ranks
from page import document, head, traffic


def html(verdict: Ranks, known: Known) -> str:
    """The page."""
    parts = (
        head(verdict), _likeness(verdict, known), _picture(verdict), _figures(verdict),
        traffic(verdict), _reading(verdict, known),
    )  # fmt: skip
    return document(verdict, "".join(parts))


def _likeness(verdict: Ranks, known: Known) -> str:
    finding = verdict.finding
    if finding is None:
        return ""
    found = finding.estimate
    since = f"<p class=since>{escape(verdict.since(finding))}</p>" if finding.violated else ""
    wanted = (
        "what the baseline's own windows reach"
        if finding.threshold == known.reached
        else ("what was asked for")
    )
    return (
        f'<section class="two"><div><h2>How alike the two rankings are</h2>'
        f"{attribution_pictures.likeness(finding, verdict.least)}{since}</div>"
        f"<div><h2>NDCG {found.value:.3f}</h2><p>{found.lower:.3f} to {found.upper:.3f} with 95 % "
        f"confidence</p><p>limit {finding.threshold:.3f}, {wanted}</p>"
        f"<p class=dim>{verdict.explained:,} of {verdict.records:,} records were explained</p>"
        f"</div></section>"
    )


def _picture(verdict: Ranks) -> str:
    key = '<span class="key then"></span>baseline <span class="key now"></span>now'
    more = len(verdict.features) - attribution_pictures.MOST
    rest = f"<p class=dim>{more} more features lie beneath.</p>" if more > 0 else ""
    return (
        f"<section><h2>What answers rest on <small>mean absolute SHAP value {key}</small></h2>"
        f'<div class="wide">{attribution_pictures.ranks(verdict.features)}{rest}</div></section>'
    )


def _figures(verdict: Ranks) -> str:
    return (
        "<section><h2>The figures</h2><div class=wide><table class=figures><thead><tr>"
        "<th>feature</th><th class=num>place then</th><th class=num>place now</th>"
        "<th class=num>baseline</th><th class=num>now</th></tr></thead><tbody>"
        f"{''.join(_rows(verdict))}</tbody></table></div></section>"
    )


def _rows(verdict: Ranks) -> Iterator[str]:
    for of in verdict.features:
        moved = (
            "" if not of.moved else f" <small>{'▲' if of.moved > 0 else '▼'}{abs(of.moved)}</small>"
        )
        yield (
            f"<tr><td>{escape(of.name)}</td><td class=num>{of.place_then}</td>"
            f"<td class=num>{of.place_now or ''}{moved}</td><td class=num>{_told(of.then)}</td>"
            f"<td class=num>{_told(of.now) if of.now else ''}</td></tr>"
        )


def _told(at: Interval) -> str:
    return f"{at.value:.3g} <small>({at.lower:.3g} to {at.upper:.3g})</small>"


def _reading(verdict: Ranks, known: Known) -> str:
    blind = ""
    if verdict.finding is not None and verdict.least >= verdict.finding.threshold:
        blind = (
            f"<p><b>This limit can't be crossed:</b> even the reversed order has an NDCG of "
            f"{verdict.least:.3f}. Ask for more by <code>minimum_ndcg</code>.</p>"
        )
    return (
        "<section class=reading><h2>How to read this</h2>"
        "<p><b>What answers rest on</b> is the mean absolute SHAP value of each feature: by how "
        "much it moves an answer, on the model's own scale (for a classifier of XGBoost, "
        "log-odds).</p><p><b>NDCG</b>, the normalized discounted cumulative gain, is 1 if features "
        "are ranked as in the baseline, and less the more a feature fell that answers rested on "
        "much. It is mild: two neighbours that change places hardly move it, and the reversed "
        f"order still has {verdict.least:.2f} here.</p>"
        "<p><b>Whiskers</b> are intervals with 95 % confidence, from bootstrap samples of the "
        "explained records. It is a violation when the whole interval of the NDCG lies below the "
        "limit.</p><p><b>The limit</b> is the smaller of what was asked for "
        f"(<code>minimum_ndcg</code>, or {USUAL}) and {known.reached:.3f}, which nearly all "
        "windows of the held-out rows reach.</p>"
        f"{blind}</section>"
    )
