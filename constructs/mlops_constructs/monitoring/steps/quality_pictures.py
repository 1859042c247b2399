"""A metric day by day with its intervals, and how many records had labels, as inline SVG."""

from collections.abc import Mapping, Sequence
from html import escape

from judging import Estimate
from quality_judging import Finding, beyond
from quality_settings import GREATER
from quality_verdict import SAYS, level

WIDE, HIGH, LEFT, RIGHT = 1000, 210, 106, 92
MOST_NAMES = 14
"""Of days below a picture; of more, every second or third is named."""


def over_time(
    finding: Finding, daily: Sequence[Mapping[str, Estimate]], names: Sequence[str]
) -> str:
    """Large: a dot and a whisker for each day and the whole window, baseline and threshold."""
    found = [of.get(finding.name) for of in daily]
    scale = _Scale(finding, found, top=8, bottom=HIGH - 34)
    step = (WIDE - LEFT - RIGHT) / max(len(found), 1)
    columns = [LEFT + (index + 0.5) * step for index in range(len(found))]
    drawn = [
        _whisker(x, estimate, finding, scale, radius=4)
        for x, estimate in zip(columns, found, strict=True)
        if estimate is not None
    ]
    every = -(-len(names) // MOST_NAMES)
    drawn += [
        f'<text x="{x:.1f}" y="{HIGH - 16}" text-anchor="middle">{escape(name)}</text>'
        for index, (x, name) in enumerate(zip(columns, names, strict=True))
        if index % every == 0
    ]
    last = WIDE - RIGHT + 48
    drawn += [
        f'<path class="axis" d="M{WIDE - RIGHT + 6} 4V{HIGH - 34}"/>',
        _whisker(last, finding.estimate, finding, scale, radius=6),
        f'<text x="{last}" y="{HIGH - 16}" text-anchor="middle">window</text>',
    ]
    return _svg(
        WIDE, HIGH, f"{SAYS[finding.name]} of each day", _ground(finding, scale) + "".join(drawn),
        kind="days",
    )  # fmt: skip


def _ground(finding: Finding, scale: "_Scale") -> str:
    """What is too bad, the lines, and their values in the margin."""
    right = WIDE - 4
    limit = scale.of(finding.threshold)
    upper, lower = (4.0, limit) if finding.worse == GREATER else (limit, float(HIGH - 34))
    shade = (
        f'<rect class="bad" x="{LEFT}" y="{upper:.1f}" width="{right - LEFT}" '
        f'height="{max(lower - upper, 0):.1f}"/>'
    )
    lines = [("limit", "threshold", finding.threshold)]
    if finding.usual is not None:
        lines.insert(0, ("usual", "baseline", finding.usual.value))
    places = _apart([scale.of(value) for _, _, value in lines])
    return shade + "".join(
        f'<path class="{kind}" d="M{LEFT} {scale.of(value):.1f}H{right}"/>'
        f'<text x="{LEFT - 6}" y="{place + 3.5:.1f}" text-anchor="end">{word} {level(value)}</text>'
        for (kind, word, value), place in zip(lines, places, strict=True)
    )


def _apart(places: list[float], least: float = 12) -> list[float]:
    """Two texts that do not lie upon each other."""
    if len(places) < 2 or abs(places[0] - places[1]) >= least:
        return places
    middle, up = sum(places) / 2, least / 2 if places[0] < places[1] else -least / 2
    return [middle - up, middle + up]


def spark(finding: Finding, daily: Sequence[Mapping[str, Estimate]]) -> str:
    """Small: the same without names."""
    width, height = 260, 56
    found = [of.get(finding.name) for of in daily]
    scale = _Scale(finding, found, top=4, bottom=height - 4)
    step = width / max(len(found), 1)
    lines = "".join(
        f'<path class="{kind}" d="M0 {scale.of(value):.1f}H{width}"/>'
        for kind, value in (
            ("usual", finding.usual.value if finding.usual else None), ("limit", finding.threshold),
        )
        if value is not None
    )  # fmt: skip
    drawn = "".join(
        _whisker((index + 0.5) * step, estimate, finding, scale, radius=2.5)
        for index, estimate in enumerate(found)
        if estimate is not None
    )
    return _svg(width, height, f"{SAYS[finding.name]} of each day", lines + drawn)


class _Scale:
    """From a value to a height; what lies beyond the picture stands at its edge."""

    def __init__(
        self, finding: Finding, daily: Sequence[Estimate | None], *, top: float, bottom: float
    ) -> None:
        ends = [finding.threshold, finding.estimate.lower, finding.estimate.upper]
        if finding.usual is not None:
            ends.append(finding.usual.value)
        ends += [estimate.value for estimate in daily if estimate is not None]
        room = (max(ends) - min(ends)) * 0.2 or 0.05
        self._low, self._high = min(ends) - room, max(ends) + room
        self._top, self._bottom = top, bottom

    def holds(self, value: float) -> bool:
        """Whether it lies in the picture."""
        return self._low <= value <= self._high

    def of(self, value: float) -> float:
        """The height."""
        share = (value - self._low) / (self._high - self._low)
        return self._bottom - min(max(share, 0.0), 1.0) * (self._bottom - self._top)


def _whisker(
    x: float, estimate: Estimate, finding: Finding, scale: _Scale, *, radius: float
) -> str:
    over = beyond(finding.worse, estimate, finding.threshold) > 0
    kind = "over" if over else "now"
    low, high = scale.of(estimate.lower), scale.of(estimate.upper)
    ends = "".join(
        f"M{x - radius:.1f} {scale.of(end):.1f}h{2 * radius:g}"
        for end in (estimate.lower, estimate.upper)
        if scale.holds(end)
    )
    told = f"{level(estimate.value)} ({level(estimate.lower)} to {level(estimate.upper)})"
    return (
        f'<g class="{kind}"><title>{told}</title>'
        f'<path class="span" d="M{x:.1f} {low:.1f}V{high:.1f}{ends}"/>'
        f'<circle cx="{x:.1f}" cy="{scale.of(estimate.value):.1f}" r="{radius:g}"/></g>'
    )


def coverage(by_day: Sequence[int], labelled: Sequence[int], names: Sequence[str]) -> str:
    """Records of each day, and those of them with a label."""
    width, tall = 560, 76
    most = max([*by_day, 1])
    step = width / max(len(by_day), 1)
    every = -(-len(names) // (MOST_NAMES // 2))
    drawn = []
    for index, (rows, known, name) in enumerate(zip(by_day, labelled, names, strict=True)):
        left, wide = index * step + 2, step - 4
        for kind, number in (("then", rows), ("now", known)):
            high = number / most * tall
            drawn.append(
                f'<rect class="{kind}" x="{left:.1f}" y="{tall + 4 - high:.1f}" '
                f'width="{wide:.1f}" height="{high:.1f}"/>'
            )
        if index % every == 0:
            middle = (index + 0.5) * step
            share = f"{known / rows:.0%} of {rows:,}" if rows else "none"
            drawn.append(
                f'<text x="{middle:.1f}" y="{tall + 18}" text-anchor="middle">{escape(name)}</text>'
                f'<text x="{middle:.1f}" y="{tall + 31}" text-anchor="middle">{share}</text>'
            )
    return _svg(width, tall + 36, "records and labels of each day", "".join(drawn), kind="fill")


def _svg(width: int, height: int, label: str, content: str, *, kind: str = "") -> str:
    return (
        f'<svg class="{kind}" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(label)}">{content}</svg>'
    )
