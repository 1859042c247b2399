"""The ranking of features then and now, and how alike they are, as inline SVG without a script."""

from collections.abc import Sequence
from html import escape

from attribution_metrics import Interval
from attribution_verdict import Feature
from judging import Finding

ROW, TOP = 30, 30
"""Height of a place, and of the head."""

BAR, NAME, SLOPE = 200, 160, 230
"""Widths: of the longest bar, of a place with its name, of the lines between the two sides."""

WIDTH = 2 * (BAR + NAME) + SLOPE
MOST = 20
"""Places that are drawn on each side."""


def ranks(features: Sequence[Feature]) -> str:
    """Both rankings with their attributions and intervals; lines join what is the same feature.

    A line to a place that is not drawn ends beneath the last one.
    """
    drawn = [of for of in features if min(of.place_then, of.place_now or MOST + 1) <= MOST]
    known = [at.upper for of in drawn for at in (of.then, of.now) if at]
    scale = (BAR - 12) / (max(known, default=0.0) or 1.0)
    lines = [_line(of) for of in sorted(drawn, key=lambda of: abs(of.moved))]
    then = [_side(of, of.then, of.place_then, scale, now=False) for of in drawn]
    now = [
        _side(of, of.now, of.place_now, scale, now=True) for of in drawn if of.now and of.place_now
    ]
    beneath = any(max(of.place_then, of.place_now or 0) > MOST for of in drawn)
    height = TOP + (min(len(features), MOST) + beneath) * ROW
    heads = (
        f'<text x="{BAR + NAME - 8}" y="16" text-anchor="end">baseline</text>'
        f'<text x="{BAR + NAME + SLOPE + 8}" y="16">now</text>'
    )
    return (
        f'<svg class="ranks" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="ranking of features in the baseline and now">'
        f"{heads}{''.join([*lines, *then, *now])}</svg>"
    )


def _middle(place: int) -> float:
    return TOP + (min(place, MOST + 1) - 0.5) * ROW


def _line(of: Feature) -> str:
    if of.place_now is None:
        return ""
    left, right = BAR + NAME, BAR + NAME + SLOPE
    start, end = _middle(of.place_then), _middle(of.place_now)
    return (
        f'<path class="slope {_way(of)}" d="M{left} {start:.0f}C{left + SLOPE / 2:.0f} {start:.0f} '
        f'{left + SLOPE / 2:.0f} {end:.0f} {right} {end:.0f}">'
        f"<title>{escape(of.name)}</title></path>"
        f'<circle class="{_way(of)}" cx="{left}" cy="{start:.0f}" r="3.5"/>'
        f'<circle class="{_way(of)}" cx="{right}" cy="{end:.0f}" r="3.5"/>'
    )


def _way(of: Feature) -> str:
    return "rose" if of.moved > 0 else "fell" if of.moved < 0 else "stayed"


def _side(of: Feature, at: Interval, place: int, scale: float, *, now: bool) -> str:
    """Place, name and bar of a feature; the bar grows away from the middle."""
    if place > MOST:
        return ""
    inner, sign = (BAR + NAME + SLOPE, 1) if now else (BAR + NAME, -1)
    start, y = inner + sign * NAME, _middle(place)
    value, lower, upper = (
        start + sign * max(v, 0.0) * scale for v in (at.value, at.lower, at.upper)
    )
    words = f"{place}\u2002{_short(of.name)}" if now else f"{_short(of.name)}\u2002{place}"
    anchor = "start" if now else "end"
    return (
        f'<text class="name {_way(of)}" x="{inner + sign * 10}" y="{y + 4:.0f}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
        f'<rect class="{"now" if now else "then"}" x="{min(start, value):.1f}" y="{y - 5:.0f}" '
        f'width="{abs(value - start):.1f}" height="10" rx="1.5"/>'
        f'<path class="whisker" d="M{lower:.1f} {y:.0f}H{upper:.1f}M{lower:.1f} {y - 4:.0f}v8'
        f'M{upper:.1f} {y - 4:.0f}v8"/>'
    )


def _short(name: str) -> str:
    return name if len(name) <= 18 else f"{name[:17]}…"


def likeness(finding: Finding, least: float) -> str:
    """The NDCG with its interval and limit, between the reversed order and the same one."""
    width, height = 420, 50
    low = min(least, finding.estimate.lower, finding.threshold)
    room = (1 - low) or 1.0
    value, lower, upper, limit, reverse = (
        round((level - low) / room * (width - 12) + 6, 1)
        for level in (
            finding.estimate.value, finding.estimate.lower, finding.estimate.upper,
            finding.threshold, least,
        )
    )  # fmt: skip
    state = "over" if finding.violated else "fine"
    return (
        f'<svg class="gauge {state}" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="NDCG {finding.estimate.value:.3f}, limit '
        f'{finding.threshold:.3f}"><rect class="track" x="6" y="22" width="{width - 12}" '
        f'height="4" rx="2"/><rect class="fill" x="6" y="22" width="{value - 6:.1f}" height="4" '
        f'rx="2"/><path class="whisker" d="M{lower} 24H{upper}M{lower} 20V28M{upper} 20V28"/>'
        f'<path class="limit" d="M{limit} 15V33"/>'
        f'<text x="{max(reverse, 6):.1f}" y="47">{least:.2f} reversed</text>'
        f'<text x="{min(limit, width - 16):.1f}" y="10" text-anchor="middle">limit</text>'
        f'<text x="{width - 6}" y="47" text-anchor="end">1 the same</text></svg>'
    )
