"""`make bench-comparisons`: how often comparisons are wrong, what they find, and what they cost.

Trials are drawn minute by minute and judged by the job's own scripts. Latency has waves that both
feel and waves of each one's own (first-order autoregressions of minutes, standard deviations 30 %
and 10 % of the mean, coefficients 0.99 and as stated), and gamma-distributed requests upon them.
`python -m bench.comparisons --share 0.1` does a tenth of it.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from scipy.signal import lfilter

from bench.captures import record
from bench.measuring import Cost, exit_status, interval, measured
from bench.scripts import load, unpacked
from mlops_constructs.comparison.comparison import COMPARISON_STEPS
from mlops_constructs.monitor_steps import MONITOR_STEPS
from mlops_constructs.serving.trial import Shadow, Split

STEPS = unpacked(MONITOR_STEPS, COMPARISON_STEPS)
BEGAN = datetime(2026, 2, 2, tzinfo=UTC)
RUN_IN = 300
BOUND_SECONDS, BOUND_MIB = 120, 2048
WINNERS, PROMOTED = ("better", "worse"), ("better", "no worse")
OTHERS = ("no worse", "undecided", "not enough traffic")

(answers, compare, minutes, trial_settings, verdict) = load(
    STEPS, "answers", "compare", "minutes", "trial_settings", "verdict"
)


@dataclass(frozen=True)
class World:
    """A champion and a challenger, and how they are asked.

    Attributes:
        minutes: Of the trial.
        rates: Requests a minute, of champion and challenger.
        daily: Whether traffic and its absence follow the time of day.
        errors: Share of failures of both.
        bursts: Whether half of them come in bursts of ten minutes, each variant's of its own.
        memory: Coefficient of the waves of each one's own.
        agreement: Share of answers that are the same; None in a split.
        more_errors: By how much the challenger's share of failures is higher.
        slower: By how much the challenger's mean latency is higher.
    """

    minutes: int = 1440
    rates: tuple[float, float] = (90, 10)
    daily: bool = True
    errors: float = 0.01
    bursts: bool = False
    memory: float = 0.9
    agreement: float | None = None
    more_errors: float = 0.0
    slower: float = 0.0

    @property
    def settings(self) -> Any:
        """Those that the settings classes have by default."""
        release = Split() if self.agreement is None else Shadow()
        name = "split" if self.agreement is None else "shadow"
        return trial_settings.read_settings(name, release.model_dump_json())


NOTHING_DIFFERS: Mapping[str, World] = {
    "split, a day, 90 and 10 a minute by day": World(),
    "the same, no failures": World(errors=0.0),
    "the same, 10 % failures": World(errors=0.1),
    "the same, failures in bursts": World(errors=0.04, bursts=True),
    "split, a day, 9 and 1 a minute by day": World(rates=(9, 1)),
    "split, a week, 90 and 10 a minute by day": World(minutes=10_080),
    "split, 4 hours, 20 and 20 a minute": World(minutes=240, rates=(20, 20), daily=False),
    "split, 4 hours, latency without memory": World(240, (20, 20), False, memory=0.0),
    "split, an hour, 30 and 30 a minute": World(minutes=60, rates=(30, 30), daily=False),
    "split, an hour, latency without memory": World(60, (30, 30), False, memory=0.0),
    "shadow, a day, 20 a minute": World(rates=(20, 20), agreement=0.97),
    "shadow, a day, 20 a minute, failures in bursts": World(
        rates=(20, 20), agreement=0.97, errors=0.04, bursts=True
    ),
}
"""What must hardly ever have a winner."""

AT_THE_BOUND: Mapping[str, World] = {
    "split, a day: failures 1 point more": World(more_errors=0.01),
    "split, a day, no failures: 1 point more": World(errors=0.0, more_errors=0.01),
    "split, a day: failures in bursts, 1 point more": World(
        errors=0.04, bursts=True, more_errors=0.01
    ),
    "split, a day: latency 20 % more": World(slower=0.2),
    "split, 4 hours: latency 20 % more": World(240, (20, 20), False, slower=0.2),
    "split, an hour: latency 20 % more": World(60, (30, 30), False, slower=0.2),
    "shadow, a day: 90 % agree": World(rates=(20, 20), agreement=0.9),
}
"""What must hardly ever be promoted, nor be called worse."""

PLANTED: Mapping[str, tuple[World, str]] = {
    "split, a day: failures 3 points more": (World(more_errors=0.03), "worse"),
    "split, a day: latency 50 % more": (World(slower=0.5), "worse"),
    "split, a day: latency 20 % less": (World(slower=-0.2), "better"),
    "split, a day, 5 % failures: 3 points less": (
        World(errors=0.05, more_errors=-0.03), "better",
    ),
    "shadow, a day: 80 % agree": (World(rates=(20, 20), agreement=0.8), "worse"),
    "shadow, a day: failures 3 points more": (
        World(rates=(20, 20), agreement=0.97, more_errors=0.03), "worse",
    ),
}  # fmt: skip
"""What has to be found."""


AS_GOOD: Mapping[str, World] = {
    f"split 10 %, a day, {requests:,} requests to the challenger": World(
        rates=(9 * requests / 1440, requests / 1440)
    )
    for requests in (1200, 2500, 5000, 15_000, 50_000)
}
"""How much traffic it takes to say so."""


def waves(number: int, memory: float, deviation: float, chance: np.random.Generator) -> np.ndarray:
    """A stationary first-order autoregression."""
    shocks = chance.normal(size=number + RUN_IN) * np.sqrt(1 - memory**2)
    return np.asarray(deviation * lfilter([1.0], [1.0, -memory], shocks)[RUN_IN:])


def trial(world: World, chance: np.random.Generator) -> Any:
    """One trial of a world, compared."""
    asked = [_requests(world, rate, chance) for rate in world.rates]
    if world.agreement is not None:
        asked[1] = asked[0]
    felt = waves(world.minutes, 0.99, 0.3, chance)
    champion, challenger = (
        _answered(world, requests, felt, more, slower, chance)
        for requests, more, slower in (
            (asked[0], 0.0, 0.0), (asked[1], world.more_errors, world.slower),
        )
    )  # fmt: skip
    pairs = None
    if world.agreement is not None:
        number = np.minimum(asked[0], asked[1])
        agreeing = chance.binomial(number.astype(np.int64), world.agreement).astype(np.float64)
        pairs = answers.Pairs(number, agreeing)
    window = verdict.Window(BEGAN, BEGAN + timedelta(minutes=world.minutes))
    return compare.compared(
        "bench", {"champion": "1", "challenger": "2"}, window, world.settings, champion,
        challenger, pairs,
    )  # fmt: skip


def _requests(world: World, rate: float, chance: np.random.Generator) -> np.ndarray:
    by_day = 0.9 * np.sin(np.arange(world.minutes) / 1440 * 2 * np.pi) if world.daily else 0.0
    return chance.poisson(rate * (1 + by_day) * np.ones(world.minutes)).astype(np.float64)


def _answered(
    world: World, requests: np.ndarray, felt: np.ndarray, more: float, slower: float,
    chance: np.random.Generator,
) -> Any:  # fmt: skip
    """The figures of one of the two."""
    number = world.minutes
    mean = 30_000 * (1 + slower) * np.exp(felt + waves(number, world.memory, 0.1, chance))
    latency = np.where(requests > 0, chance.gamma(np.maximum(4 * requests, 1)) / 4 * mean, 0.0)
    share = np.full(number, world.errors)
    if world.bursts:
        begins = chance.random(number) < world.errors / 2 / 10 / 0.3
        bursting = np.convolve(begins, np.ones(10))[:number] > 0
        share = np.where(bursting, 0.3, world.errors / 2)
    failed = chance.binomial(requests.astype(np.int64), np.clip(share + more, 0, 1))
    return minutes.Minutes(requests, np.zeros(number), failed.astype(np.float64), latency, requests)


def verdicts(world: World, number: int, seed: int = 1) -> Counter[str]:
    """What is said of so many trials."""
    chance = np.random.default_rng(seed)
    return Counter(trial(world, chance).verdict for _ in range(number))


def said(found: Mapping[str, int], *words: str) -> int:
    """In how many trials one of these was."""
    return sum(found.get(word, 0) for word in words)


def write(folder: Path, requests: int) -> datetime:
    """A day of requests, each captured on both sides; returns its end."""
    chance, hours = Random(1), 24
    per_hour = -(-requests // hours)
    for hour in range(hours):
        moment = BEGAN + timedelta(hours=hour)
        places = [
            folder / variant / f"{moment:%Y/%m/%d/%H}" / "some.jsonl"
            for variant in ("AllTraffic", "Challenger")
        ]
        for place in places:
            place.parent.mkdir(parents=True, exist_ok=True)
        with places[0].open("w") as champion, places[1].open("w") as challenger:
            for index in range(max(min(per_hour, requests - hour * per_hour), 0)):
                at = moment + timedelta(seconds=index * 3600 // per_hour)
                name, answer = f"{chance.getrandbits(128):032x}", chance.random()
                champion.write(record(at, name, said=f"{answer:.9g}\n"))
                near = answer + chance.gauss(0, 0.02)
                challenger.write(record(at, name, said=f"{near:.9g}\n"))
    return BEGAN + timedelta(hours=hours)


ONLY_PAIRS = """
import sys
sys.path.insert(0, {steps!r})
from datetime import datetime, timedelta, timezone
import answers, capture
from verdict import Window
start = datetime.fromisoformat(sys.argv[2].replace("Z", "+00:00"))
window = Window(start, start + timedelta(days=1))
sides = [capture.files(f"{{sys.argv[1]}}/{{side}}", window.start, window.end)
         for side in ("AllTraffic", "Challenger")]
found = answers.pair(*sides, window, 0.05)
print(f"{{int(found.pairs.sum()):,}} pairs, {{int(found.agreeing.sum()):,}} agree")
"""
"""All of the job that grows with the traffic: metrics are so many a minute whatever happens."""


def cost(requests: int) -> Cost:
    """What it takes to pair so many requests' answers."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "capture", requests)
        script = folder / "pairs.py"
        script.write_text(ONLY_PAIRS.format(steps=str(STEPS)))
        took = measured(script, str(folder / "capture"), f"{BEGAN:%FT%TZ}")
        print(f"      {took.said[0]}")
        return took


def main(share: float) -> bool:
    """Print all four; whether the bounds are held."""
    number = max(20, round(1000 * share))
    held = True
    print("(a) trials without a difference that have a winner; bound 5 %:")
    for name, world in NOTHING_DIFFERS.items():
        found = verdicts(world, number)
        hits = said(found, *WINNERS)
        held &= hits <= 0.05 * number
        others = ", ".join(f"{word} {found[word] / number:.0%}" for word in OTHERS if found[word])
        print(f"      {name}: {interval(hits, number)}; {others}")
    print("(b) challengers at the bound that are promoted; and that are called worse; bound 5 %:")
    for name, world in AT_THE_BOUND.items():
        found = verdicts(world, number)
        wrongly, worse = said(found, *PROMOTED), said(found, "worse")
        held &= max(wrongly, worse) <= 0.05 * number
        print(f"      {name}: {interval(wrongly, number)}; {interval(worse, number)}")
    print("(c) planted and found; bound 90 %:")
    fewer = max(20, number // 4)
    for name, (world, word) in PLANTED.items():
        hits = said(verdicts(world, fewer), word)
        held &= hits >= 0.9 * fewer
        print(f"      {name}: {word} in {interval(hits, fewer)}")
    print("    as good as the champion; reported:")
    for name, world in AS_GOOD.items():
        print(f"      {name}: {interval(said(verdicts(world, fewer), *PROMOTED), fewer)} promoted")
    requests = round(1_000_000 * share)
    took = cost(requests)
    held &= took.processor <= BOUND_SECONDS and took.memory <= BOUND_MIB
    print(f"(d) {requests:,} requests captured on both sides: {took.wall:.1f} s, "
          f"{took.processor:.1f} s of processor time, {took.memory:.0f} MiB; bounds "
          f"{BOUND_SECONDS} s of processor time and {BOUND_MIB:,} MiB")  # fmt: skip
    return held


if __name__ == "__main__":
    sys.exit(exit_status(main, __doc__))
