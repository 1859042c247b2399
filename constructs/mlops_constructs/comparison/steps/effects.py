"""How champion and challenger differ, each difference with intervals.

Every effect has two: one that holds the truth with 95 %, and a wider one, so that those of all
effects hold theirs together with 95 % (Bonferroni). What may be said of any one effect (somewhere
it is surely better, or surely worse) rests on the wider, what must hold of all of them at once
(nowhere it can be too bad) on the narrower: Berger, Technometrics 24, 1982, 295-300.

Requests that follow upon one another are not taken for independent; see each method.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from intervals import Z, wilson
from minutes import Minutes
from scipy.special import ndtr, ndtri, stdtrit
from stretches import long_ones, short_ones, stretches, sums

ERRORS, LATENCY, AGREEMENT = "errors", "latency", "agreement"
POINTS, PERCENT = "percentage points", "percent"
FEWEST_MINUTES = 30
"""With traffic to both variants, below which nothing is said of latency."""

Interval = tuple[float, float]


@dataclass(frozen=True)
class Effect:
    """A difference between the two.

    Attributes:
        name: ERRORS, LATENCY or AGREEMENT.
        estimate: Of the challenger less that of the champion, or of both.
        low: From here,
        high: to here with 95 %.
        sure_low: From here,
        sure_high: to here with 95 % of all effects together.
        bound: What it may be: at most, of agreement at least.
        unit: Of all these.
        method: Of the intervals.
    """

    name: str
    estimate: float
    low: float
    high: float
    sure_low: float
    sure_high: float
    bound: float
    unit: str
    method: str

    @property
    def _more_is_better(self) -> bool:
        return self.name == AGREEMENT

    @property
    def within(self) -> bool:
        """Whether it can't be too bad."""
        return self.low >= self.bound if self._more_is_better else self.high <= self.bound

    @property
    def too_bad(self) -> bool:
        """Whether it surely is."""
        if self._more_is_better:
            return self.sure_high < self.bound
        return self.sure_low > self.bound

    @property
    def better(self) -> bool:
        """Whether the challenger is surely better; that two agree makes neither better."""
        return not self._more_is_better and self.sure_high < 0

    @property
    def somewhat_worse(self) -> bool:
        """Whether the challenger is worse, if perhaps by less than it may be."""
        return not self._more_is_better and self.low > 0


def quantile(of: int = 1) -> float:
    """The normal distribution's, for intervals of so many effects that hold together with 95 %."""
    return Z if of == 1 else float(ndtri(1 - 0.025 / of))


def errors(champion: Minutes, challenger: Minutes, *, bound: float, of: int) -> Effect:
    """The difference between the shares of requests that failed.

    Newcombe's hybrid score interval (Statistics in Medicine 17, 1998, 873-890, method 10). Failures
    come in bursts, so each sample counts as smaller by the design effect of the difference, which
    short stretches of time tell (Rao and Scott, Biometrics 48, 1992, 577-585), and never as larger;
    a burst may lie across two stretches, so what correlates between them counts as in latency.
    Of a shadow's copies, whose failures may go together with the champion's, nothing tells which
    failed with which; as if independent, their interval is rather too wide.
    """
    sides = [
        (float(side.errors.sum()), float(side.requests.sum())) for side in (challenger, champion)
    ]
    effect = _design_effect(
        [(side.errors, side.requests) for side in (challenger, champion)],
        challenger.requests + champion.requests,
    )
    (hits, number), (other_hits, other_number) = sides

    def interval(z: float) -> Interval:
        return newcombe(
            (hits / effect, number / effect), (other_hits / effect, other_number / effect), z
        )

    return _effect(
        ERRORS, hits / number - other_hits / other_number, interval, bound, POINTS,
        "difference of two shares, Newcombe's hybrid score interval, with the design effect of "
        f"clustered failures, {effect:.2f}", of,
    )  # fmt: skip


def newcombe(first: Interval, second: Interval, z: float = Z) -> Interval:
    """Of hits and number in each sample, for the first share less the second."""
    p, q = first[0] / first[1], second[0] / second[1]
    (low, high), (under, over) = wilson(p, first[1], z), wilson(q, second[1], z)
    return (
        p - q - float(np.hypot(p - low, over - q)),
        p - q + float(np.hypot(high - p, q - under)),
    )


def latency(champion: Minutes, challenger: Minutes, *, bound: float, of: int) -> Effect | None:
    """The relative difference between the mean latencies; None with too few minutes of both.

    Both are compared within stretches of half an hour or more (of a short trial: a quarter of it)
    that hold about as many requests each, or if single minutes hold most of them are equally long,
    so that what slows both is none of the difference. The mean of the logarithms of their
    ratios has Student's t interval: it holds its level with few stretches, whatever correlates
    within them, and if they vary differently (Ibragimov and Mueller, Journal of Business and
    Economic Statistics 28, 2010, 453-468). Where stretches are too short for what lasts longer, it
    is widened to what a first-order autoregression of short stretches tells, its coefficient
    corrected for their number (Kendall, Biometrika 41, 1954, 403-404).
    """
    both = (champion.timed > 0) & (challenger.timed > 0)
    number = int(both.sum())
    if number < FEWEST_MINUTES:
        return None
    ratios = _log_ratios(champion, challenger, both, long_ones(number))
    short = _log_ratios(champion, challenger, both, short_ones(number))
    middle = float(ratios.mean())
    error = max(_standard_error(ratios), _standard_error(short) * _swell(short))

    def interval(z: float) -> Interval:
        half = float(stdtrit(len(ratios) - 1, ndtr(z))) * error
        return float(np.expm1(middle - half)), float(np.expm1(middle + half))

    return _effect(
        LATENCY, float(np.expm1(middle)), interval, bound, PERCENT,
        f"ratio of mean latencies in {len(ratios)} stretches of time, Student's t of "
        "their logarithms, no narrower than autocorrelation allows", of,
    )  # fmt: skip


def agreement(agreeing: np.ndarray, pairs: np.ndarray, *, bound: float, of: int) -> Effect | None:
    """The share of pairs whose answers are the same; None without any pair.

    Wilson's interval; alike requests come together, so the number of pairs counts as smaller by the
    design effect of short stretches of time (Korn and Graubard, Survey Methodology 24, 1998,
    193-201).

    Args:
        agreeing: Of each minute.
        pairs: Of each minute.
        bound: Per cent.
        of: How many effects there are.
    """
    number = float(pairs.sum())
    if not number:
        return None
    share = float(agreeing.sum()) / number
    effect = _design_effect([(agreeing, pairs)], pairs)
    return _effect(
        AGREEMENT, share, lambda z: wilson(share, number / effect, z), bound, PERCENT,
        f"share, Wilson's interval, with the design effect of alike requests, {effect:.2f}", of,
    )  # fmt: skip


def _effect(
    name: str, estimate: float, interval: Callable[[float], Interval], bound: float, unit: str,
    method: str, of: int,
) -> Effect:  # fmt: skip
    (low, high), (sure_low, sure_high) = interval(quantile()), interval(quantile(of))
    return Effect(
        name, 100 * estimate, 100 * low, 100 * high, 100 * sure_low, 100 * sure_high, bound, unit,
        method,
    )  # fmt: skip


def _design_effect(sides: list[tuple[np.ndarray, np.ndarray]], weights: np.ndarray) -> float:
    """By how much more a share varies than one of independent requests would; at least 1."""
    busy = int((weights > 0).sum())
    place = stretches(weights, short_ones(busy))
    number = int(place.max()) + 1
    if number < 2:
        return 1.0
    apart, binomial = np.zeros(number), 0.0
    for sign, (hits, of) in zip((1, -1), sides, strict=False):
        share = hits.sum() / of.sum()
        apart += sign * sums(hits - share * of, place) / of.sum()
        binomial += share * (1 - share) / of.sum()
    clustered = float((apart**2).sum()) * number / (number - 1) * _swell(apart) ** 2
    return max(clustered / binomial, 1.0) if binomial > 0 else 1.0


def _log_ratios(
    champion: Minutes, challenger: Minutes, both: np.ndarray, number: int
) -> np.ndarray:
    """Of challenger to champion, in each of so many stretches."""
    place = stretches(np.minimum(champion.timed, challenger.timed)[both], number)
    if place[-1] + 1 < number:  # single minutes hold most of the traffic
        place = stretches(np.ones(len(place)), number)
    means = [
        sums(side.latency[both], place) / sums(side.timed[both], place)
        for side in (challenger, champion)
    ]
    ratios: np.ndarray = np.log(means[0]) - np.log(means[1])
    return ratios


def _standard_error(values: np.ndarray) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def _swell(values: np.ndarray) -> float:
    """By how much a mean is less sure than of independent values: sqrt((1 + r) / (1 - r))."""
    apart, number = values - values.mean(), len(values)
    spread = float((apart**2).sum())
    r = float((apart[1:] * apart[:-1]).sum()) / spread if spread else 0.0
    r = min(max(r + (1 + 4 * r) / number, 0.0), 0.97)
    return float(np.sqrt((1 + r) / (1 - r)))
