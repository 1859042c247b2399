"""Which of the two is better, in one word and one sentence.

`worse` if some effect is surely beyond its bound; `no worse` if none can be, and `better` if
besides some effect is surely on the challenger's side and none on the other; `undecided` if an
effect may be beyond its bound and may not; `not enough traffic` if too little was asked or
captured.

With no difference `better` and `worse` together are said in at most 5 of 100 trials: what may be
said because of any one effect rests on intervals that hold for all of them together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from answers import Pairs
from effects import AGREEMENT, ERRORS, FEWEST_MINUTES, LATENCY, POINTS, Effect
from minutes import Minutes
from trial_settings import Settings
from verdict import Window

BETTER, NO_WORSE, WORSE = "better", "no worse", "worse"
UNDECIDED, NOT_ENOUGH = "undecided", "not enough traffic"


@dataclass(frozen=True)
class Comparison:
    """What is reported.

    Attributes:
        endpoint: Whose variants they are.
        versions: ARNs of the package versions, by `champion` and `challenger`.
        window: The whole minutes that were compared.
        settings: Where worse begins.
        champion: What was counted of it.
        challenger: The same.
        pairs: What became of captured answers; None of a split.
        effects: Those that something can be said of.
    """

    endpoint: str
    versions: Mapping[str, str]
    window: Window
    settings: Settings
    champion: Minutes
    challenger: Minutes
    pairs: Pairs | None
    effects: Sequence[Effect] = field(default=())

    @property
    def lacking(self) -> str:
        """What there is too little of; empty if there is enough of all."""
        needed = self.settings.minimum_requests
        for name, side in (("challenger", self.challenger), ("champion", self.champion)):
            if (requests := side.requests.sum()) < needed:
                return f"the {name} was asked {requests:,.0f} times, {least(needed)}"
        there = {effect.name for effect in self.effects}
        if LATENCY not in there:
            both = int(((self.champion.timed > 0) & (self.challenger.timed > 0)).sum())
            of = len(self.champion.timed)
            return f"both were timed in {both:,} of {of:,} minutes, {least(FEWEST_MINUTES)}"
        if self.settings.shadow and AGREEMENT not in there:
            return "of no request the answers of both were captured"
        return ""

    @property
    def verdict(self) -> str:
        """BETTER, NO_WORSE, WORSE, UNDECIDED or NOT_ENOUGH."""
        if any(effect.too_bad for effect in self.effects):
            return WORSE
        if self.lacking:
            return NOT_ENOUGH
        if not all(effect.within for effect in self.effects):
            return UNDECIDED
        if any(e.better for e in self.effects) and not any(e.somewhat_worse for e in self.effects):
            return BETTER
        return NO_WORSE

    @property
    def why(self) -> str:
        """The verdict for a person, in one sentence."""
        if self.verdict == NOT_ENOUGH:
            return f"Not enough traffic: {self.lacking}."
        said = {
            WORSE: ("The challenger is worse", [e for e in self.effects if e.too_bad]),
            UNDECIDED: (
                "It can't be told whether the challenger is worse",
                [e for e in self.effects if not e.within],
            ),
            BETTER: ("The challenger is better", [e for e in self.effects if e.better]),
            NO_WORSE: ("The challenger is no worse", list(self.effects)),
        }
        begin, effects = said[self.verdict]
        if self.verdict in (BETTER, NO_WORSE):
            listed = f"{'; '.join(map(told, effects))}; nothing can be beyond its bound"
        else:
            listed = "; ".join(f"{told(effect)}, where {wanted(effect)}" for effect in effects)
        return f"{begin}: {listed} (95 % confidence)."


def least(number: int) -> str:
    """What would have been enough, in words."""
    return f"and at least {number:,} are needed"


def told(effect: Effect) -> str:
    """An effect in words, with the interval that its word rests on."""
    wide = effect.too_bad or effect.better
    ends = (effect.sure_low, effect.sure_high) if wide else (effect.low, effect.high)
    sure = f"({between(effect, *ends)})"
    value = level(effect, effect.estimate).lstrip("+-")
    if effect.name == AGREEMENT:
        return f"{value} of its answers are the champion's {sure}"
    up = effect.estimate >= 0
    if effect.name == ERRORS:
        return f"{value} {'more' if up else 'fewer'} of its requests fail {sure}"
    return f"its mean latency is {value} {'higher' if up else 'lower'} {sure}"


def wanted(effect: Effect) -> str:
    """What is asked of an effect, in words."""
    return f"{bound(effect)} {'must be' if effect.name == AGREEMENT else 'may be'}"


def bound(effect: Effect) -> str:
    """What an effect may be, in words."""
    if effect.name == AGREEMENT:
        return f"at least {effect.bound:g} %"
    points = "point" if effect.bound == 1 else "points"
    return f"at most {effect.bound:g} {points if effect.unit == POINTS else '%'} more"


def between(effect: Effect, low: float, high: float) -> str:
    """An interval; its unit is said once."""
    return f"{level(effect, low).partition(' ')[0]} to {level(effect, high)}"


def level(effect: Effect, value: float) -> str:
    """A value with its unit and, of a difference, its sign."""
    if effect.name == AGREEMENT:
        return f"{value:.1f} %"
    return f"{value:+.2f} points" if effect.unit == POINTS else f"{value:+.1f} %"


def counted(side: Minutes) -> dict[str, float | None]:
    """What was counted of one of them, for a machine."""
    latency = side.mean_latency
    return {
        "requests": int(side.requests.sum()),
        "errors": int(side.errors.sum()),
        "errors_4xx": int(side.refused.sum()),
        "errors_5xx": int(side.failed.sum()),
        "mean_latency_ms": latency if np.isfinite(latency) else None,
    }
