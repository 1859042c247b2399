"""A difference on its way to its bound, and two variants over time, as inline SVG."""

from datetime import timedelta
from html import escape

import numpy as np
from effects import AGREEMENT, Effect
from verdict import Window

WIDE, HIGH, LEFT = 260, 68, 4
TALL, ACROSS, MARGIN, RIGHT = 150, 1000, 64, 8
NAMED = 130
"""Closer than this, the names of two lines would lie upon each other."""
MOST_POINTS = 144
MOST_NAMES = 8
"""Of moments below a picture."""


def difference(effect: Effect, bound: str) -> str:
    """The estimate with both of its intervals, where there is no difference, and the bound."""
    scale = _Scale(effect)
    zero = "" if effect.name == AGREEMENT else (
        f'<path class="usual" d="M{scale.of(0):.1f} 4V40"/>'
        f'<text x="{scale.of(0):.1f}" y="52" text-anchor="middle">champion</text>'
    )  # fmt: skip
    edge = scale.of(effect.bound)
    begin, end = (0.0, edge) if effect.name == AGREEMENT else (edge, float(WIDE))
    anchor = "end" if edge > WIDE / 2 else "start"
    down = 64 if zero and abs(edge - scale.of(0)) < NAMED else 52
    kind = "over" if effect.too_bad else "now"
    low, high, least, most = (
        scale.of(value) for value in (effect.low, effect.high, effect.sure_low, effect.sure_high)
    )
    ends = "".join(f"M{x:.1f} 19V25" for x in (least, most) if 0 < x < WIDE)
    return _svg(
        WIDE, HIGH, f"{effect.name}: {effect.estimate:.3g}, from {effect.low:.3g} to "
        f"{effect.high:.3g}",
        f'<rect class="bad" x="{begin:.1f}" y="4" width="{max(end - begin, 0):.1f}" height="36"/>'
        f'{zero}<path class="limit" d="M{edge:.1f} 4V40"/>'
        f'<text x="{edge:.1f}" y="{down}" text-anchor="{anchor}">'
        f"{escape(bound)}</text>"
        f'<g class="{kind}"><path class="span" d="M{least:.1f} 22H{most:.1f}{ends}"/>'
        f'<path class="span" stroke-width="5" style="stroke-width:5" d="M{low:.1f} 22H{high:.1f}"/>'
        f'<circle cx="{scale.of(effect.estimate):.1f}" cy="22" r="5"/></g>',
    )  # fmt: skip


class _Scale:
    """From a value to a place; what lies beyond the picture stands at its edge."""

    def __init__(self, effect: Effect) -> None:
        ends = [effect.bound, effect.estimate, effect.sure_low, effect.sure_high]
        if effect.name != AGREEMENT:
            ends.append(0.0)
            room = 3 * effect.bound
            ends = [min(max(end, -room), max(room, effect.estimate)) for end in ends]
        pad = (max(ends) - min(ends)) * 0.12 or 1.0
        self._low, self._high = min(ends) - pad, max(ends) + pad

    def of(self, value: float) -> float:
        """The place."""
        share = (value - self._low) / (self._high - self._low)
        return LEFT + min(max(share, 0.0), 1.0) * (WIDE - 2 * LEFT)


def over_time(
    champion: tuple[np.ndarray, np.ndarray], challenger: tuple[np.ndarray, np.ndarray],
    window: Window, label: str,
) -> str:  # fmt: skip
    """Of each, sums by minute and what they are divided by, some minutes taken together."""
    number = len(champion[0])
    each = -(-number // MOST_POINTS)
    place = np.arange(number) // each
    lines = [
        (kind, _ratio(*side, place)) for kind, side in (("then", champion), ("now", challenger))
    ]
    most = max((float(np.nanmax(y)) for _, y in lines if np.isfinite(y).any()), default=0.0) or 1.0
    step = (ACROSS - MARGIN - RIGHT) / max(int(place[-1]) + 1, 1)
    drawn = [
        *(f'<path class="axis" d="M{MARGIN} {y}H{ACROSS - RIGHT}"/>' for y in (10, TALL - 26)),
        f'<text x="{MARGIN - 6}" y="14" text-anchor="end">{most:.3g}</text>',
        f'<text x="{MARGIN - 6}" y="{TALL - 22}" text-anchor="end">0</text>',
        *(f'<polyline class="{kind}" points="{part}"/>'
          for kind, values in lines for part in _parts(values, step, most)),
        *_moments(window),
    ]  # fmt: skip
    return _svg(ACROSS, TALL, label, "".join(drawn), kind="days")


def _ratio(sums: np.ndarray, of: np.ndarray, place: np.ndarray) -> np.ndarray:
    above, below = np.bincount(place, sums), np.bincount(place, of)
    return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0))


def _parts(values: np.ndarray, step: float, most: float) -> list[str]:
    """The points of each stretch without a gap; a point that stands alone is a short line."""
    there = np.flatnonzero(np.isfinite(values))
    parts = []
    for run in np.split(there, np.flatnonzero(np.diff(there) > 1) + 1):
        points = [
            f"{MARGIN + (at + 0.5) * step:.1f},{10 + (1 - values[at] / most) * (TALL - 36):.1f}"
            for at in run
        ]
        if len(points) == 1:
            x, y = points[0].split(",")
            points.append(f"{float(x) + 2:.1f},{y}")
        if points:
            parts.append(" ".join(points))
    return parts


def _moments(window: Window) -> list[str]:
    """Names of some moments, no two upon each other."""
    length = window.end - window.start
    many = length > timedelta(days=2)
    drawn = []
    for index in range(MOST_NAMES + 1):
        x = MARGIN + (ACROSS - MARGIN - RIGHT) * index / MOST_NAMES
        at = window.start + length * index / MOST_NAMES
        name = f"{at:%a %H:%M}" if many else f"{at:%H:%M}"
        anchor = "start" if index == 0 else "end" if index == MOST_NAMES else "middle"
        drawn.append(f'<text x="{x:.1f}" y="{TALL - 8}" text-anchor="{anchor}">{name}</text>')
    return drawn


def _svg(width: int, height: int, label: str, content: str, *, kind: str = "") -> str:
    return (
        f'<svg class="{kind}" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(label)}">{content}</svg>'
    )
