"""Small pictures of a column now and in the baseline, as inline SVG without a script."""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
from distances import shares
from judging import Finding
from reference import Categories, Numbers
from tally import Figures

WIDTH, HEIGHT, LINE = 260, 84, 13
MOST_BARS = 6


def distribution(now: np.ndarray, baseline: Numbers, figures: Figures) -> str:
    """Both distribution functions, and where they are farthest from each other."""
    if not baseline.points.size:
        return '<p class="dim">no numbers in the baseline</p>'
    low, high = _range(baseline.points, figures)
    lines = [
        _curve(counts, baseline.points, low, high, name)
        for counts, name in ((baseline.counts, "then"), (now, "now"))
        if counts.sum()
    ]
    gap = _gap(now, baseline, low, high) if now.sum() else ""
    ends = (
        f'<text x="2" y="{HEIGHT + 13}">{_short(low)}</text>'
        f'<text x="{WIDTH - 2}" y="{HEIGHT + 13}" text-anchor="end">{_short(high)}</text>'
    )
    frame = f'<path class="axis" d="M0 {HEIGHT}H{WIDTH}"/>'
    return _svg(
        HEIGHT + 16, "distribution now and in the baseline", frame + gap + "".join(lines) + ends
    )


def _range(points: np.ndarray, figures: Figures) -> tuple[float, float]:
    """The baseline's, and up to half as much again where the window goes beyond."""
    low, high = float(points[0]), float(points[-1])
    room = (high - low or 1.0) / 2
    if figures.count:
        low -= min(max(low - figures.least, 0.0), room)
        high += min(max(figures.greatest - high, 0.0), room)
    return (low, high) if low < high else (low - room, high + room)


def _curve(counts: np.ndarray, points: np.ndarray, low: float, high: float, name: str) -> str:
    running = shares(counts).cumsum()
    across = np.concatenate([[low], np.repeat(points, 2), [high]])
    up = np.concatenate([[0.0], running[:-1], [1.0]])
    if running[-1] - running[-2] > 0:  # some lie beyond the last point
        up[-1] = 1.0
    x = np.round((across - low) / (high - low) * WIDTH, 1)
    y = np.round((1 - up) * (HEIGHT - 4) + 2, 1)
    kept = np.concatenate([[True], (np.diff(x) != 0) | (np.diff(y) != 0)])
    steps = " ".join(f"{a:g},{b:g}" for a, b in zip(x[kept], y[kept], strict=True))
    return f'<polyline class="{name}" points="{steps}"/>'


def _gap(now: np.ndarray, baseline: Numbers, low: float, high: float) -> str:
    first, second = shares(now).cumsum()[:-1], shares(baseline.counts).cumsum()[:-1]
    where = int(np.argmax(np.abs(first - second)))
    x = (baseline.points[where // 2] - low) / (high - low) * WIDTH
    tops = [(1 - side[where]) * (HEIGHT - 4) + 2 for side in (first, second)]
    return f'<path class="gap" d="M{x:.1f} {tops[0]:.1f}V{tops[1]:.1f}"/>'


def bars(now: np.ndarray, baseline: Categories) -> str:
    """The shares of the categories that differ most, and of the new ones."""
    first, second = shares(now), shares(baseline.counts)
    order = np.argsort(-np.abs(first - second)[:-1], kind="stable")[:MOST_BARS]
    chosen = [(baseline.values[index], first[index], second[index]) for index in order]
    if first[-1] > 0:
        chosen = [("(new)", first[-1], 0.0), *chosen[: MOST_BARS - 1]]
    most = max([share for _, a, b in chosen for share in (a, b)], default=1.0) or 1.0
    drawn = [
        _pair(row, str(name), float(a), float(b), most) for row, (name, a, b) in enumerate(chosen)
    ]
    return _svg(max(len(chosen), 1) * LINE + 2, "shares now and in the baseline", "".join(drawn))


def _pair(row: int, name: str, now: float, then: float, most: float) -> str:
    top, left, room = row * LINE, 62, WIDTH - 62 - 44
    text = escape(name if len(name) <= 8 else f"{name[:7]}…")
    return (
        f'<text x="{left - 6}" y="{top + 10}" text-anchor="end">{text}</text>'
        f'<rect class="now" x="{left}" y="{top + 1}" width="{now / most * room:.1f}" height="5"/>'
        f'<rect class="then" x="{left}" y="{top + 7}" width="{then / most * room:.1f}" '
        f'height="3.5"/>'
        f'<text x="{left + max(now, then) / most * room + 4:.1f}" y="{top + 10}">{now:.1%}</text>'
    )


def gauge(finding: Finding) -> str:
    """A value with its interval on the way to its threshold."""
    width, height = 150, 16
    most = max(finding.estimate.upper, finding.threshold) * 1.1 or 1.0
    value, lower, upper, threshold = (
        round(max(level, 0.0) / most * width, 1)
        for level in (
            finding.estimate.value, finding.estimate.lower, finding.estimate.upper,
            finding.threshold,
        )
    )  # fmt: skip
    state = "over" if finding.violated else "fine"
    return (
        f'<svg class="gauge {state}" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{finding.estimate.value:.3g} of '
        f'{finding.threshold:.3g}"><rect class="track" y="6" width="{width}" height="4" rx="2"/>'
        f'<rect class="fill" y="6" width="{value}" height="4" rx="2"/>'
        f'<path class="whisker" d="M{lower} 8H{upper}M{lower} 5V11M{upper} 5V11"/>'
        f'<path class="limit" d="M{threshold} 1V15"/></svg>'
    )


def days(by_day: Sequence[int], names: Sequence[str]) -> str:
    """How many records each day brought."""
    most = max([*by_day, 1])
    step = WIDTH * 2 / max(len(by_day), 1)
    drawn = [
        f'<rect class="now" x="{index * step + 2:.1f}" y="{46 - rows / most * 42:.1f}" '
        f'width="{step - 4:.1f}" height="{rows / most * 42:.1f}"/>'
        f'<text x="{(index + 0.5) * step:.1f}" y="59" text-anchor="middle">{escape(name)}</text>'
        f'<text x="{(index + 0.5) * step:.1f}" y="72" text-anchor="middle">{rows:,}</text>'
        for index, (rows, name) in enumerate(zip(by_day, names, strict=True))
    ]
    return _svg(76, "records of each day", "".join(drawn), width=WIDTH * 2)


def new_values(counted: Mapping[str, int]) -> str:
    """The values that the baseline never held, most frequent first."""
    most = sorted(counted.items(), key=lambda item: -item[1])[:5]
    named = ", ".join(f"<code>{escape(value[:40])}</code> {count:,} times" for value, count in most)
    return f"{named} and {len(counted) - 5} more" if len(counted) > 5 else named


def _short(number: float) -> str:
    return f"{number:.4g}" if abs(number) < 100_000 else f"{number:.3g}"


def _svg(height: int, label: str, content: str, *, width: int = WIDTH) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{label}">{content}</svg>'
    )
