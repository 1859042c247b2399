"""A bias metric now and in the baseline, on one scale with its fair value and its limits."""

from html import escape

from bias_judging import Finding, Measure
from bias_verdict import level

WIDTH, HEIGHT = 260, 46
NOW, THEN, AXIS = 11, 23, 32


def scale(finding: Finding) -> str:
    """Intervals as whiskers, the values as dots; within the band is usual."""
    fair, threshold = finding.metric.fair, finding.threshold
    limits = [] if threshold is None else [fair - threshold, fair + threshold]
    ends = [
        end
        for measure in (finding.measure, finding.usual)
        if measure is not None
        for end in (measure.value, measure.lower, measure.upper)
        if end is not None
    ]
    low, high = min([fair, *limits, *ends]), max([fair, *limits, *ends])
    room = (high - low) * 0.06 or 0.1
    place = _Scale(low - room, high + room)
    band = _band(place, limits, finding)
    then = _whisker(finding.usual, place, THEN, "then")
    now = _whisker(finding.measure, place, NOW, "over" if finding.violated else "now")
    zero = f'<path class="fair" d="M{place.of(fair)} 2V{AXIS}"/>'
    label = escape(f"{finding.metric.name} {level(finding.measure.value)}, fair is {fair:g}")
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{label}">{band}{zero}{then}{now}'
        f"{_names(place, fair, limits)}</svg>"
    )


class _Scale:
    def __init__(self, low: float, high: float) -> None:
        self._low, self._length = low, high - low

    def of(self, value: float) -> float:
        """Where a value stands; those beyond the picture stand at its edge."""
        share = (value - self._low) / self._length
        return round(min(max(share, 0.0), 1.0) * WIDTH, 1)


def _band(place: _Scale, limits: list[float], finding: Finding) -> str:
    if not limits:
        return ""
    left, right = (place.of(limit) for limit in limits)
    marks = "".join(f'<path class="limit" d="M{x} 3V{AXIS}"/>' for x in (left, right))
    return (
        f'<rect class="track" x="{left}" y="3" width="{right - left:.1f}" height="{AXIS - 3}"/>'
        f"{marks}"
    )


def _whisker(measure: Measure | None, place: _Scale, y: int, kind: str) -> str:
    if measure is None or measure.value is None or measure.lower is None:
        return ""
    left = place.of(measure.lower)
    right = WIDTH if measure.upper is None else place.of(measure.upper)
    ends = "".join(f"M{x} {y - 3}V{y + 3}" for x in (left, right))
    return (
        f'<path class="span {kind}" d="M{left} {y}H{right}{ends}"/>'
        f'<circle class="dot {kind}" cx="{place.of(measure.value)}" cy="{y}" r="3.4"/>'
    )


def _names(place: _Scale, fair: float, limits: list[float]) -> str:
    """The fair value, and the limits where there is room beside it."""
    middle = place.of(fair)
    named = [(middle, f"{fair:g}")]
    named += [
        (place.of(limit), level(limit)) for limit in limits if abs(place.of(limit) - middle) > 34
    ]
    return "".join(
        f'<text x="{min(max(x, 13.0), WIDTH - 13.0)}" y="{HEIGHT - 2}" text-anchor="middle">'
        f"{text}</text>"
        for x, text in named
    )
