"""How often the model-quality monitor is wrong, and what it costs; `make bench-monitors` calls it.

On the flights of 2013 (a gradient-boosted model that knows January to March, the baseline of April
and May, June as weeks that nobody saw), and on rows drawn from stated generators, where the truth
is known. `python -m bench.monitors_quality --share 0.1` does a tenth of it.
"""

import json
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from bench import flights as flown
from bench.captures import record
from bench.flights import DAY, SCHEMA, STEPS, WEEK
from bench.measuring import Cost, exit_status, interval, measured
from bench.scripts import load

(estimates, files, judging, kinds, quality_baseline) = load(
    STEPS, "quality_estimates", "quality_files", "quality_judging", "quality_settings",
    "quality_baseline",
)  # fmt: skip
MADE = datetime(2026, 1, 1, tzinfo=UTC)
SMALLEST = 500
BOUND_SECONDS, BOUND_MIB = 120, 2048


@dataclass(frozen=True)
class Answered:
    """Rows with an answer and what was true, and their hour if it is known."""

    problem_type: str
    answers: np.ndarray
    labels: np.ndarray
    hours: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: np.ndarray) -> "Answered":
        """Some of the rows, by position or mask."""
        hours = None if self.hours is None else self.hours[rows]
        return replace(self, answers=self.answers[rows], labels=self.labels[rows], hours=hours)


@dataclass(frozen=True)
class Monitor:
    """A baseline, as it is read back from its files."""

    settings: Any
    known: Any

    def violations(self, window: Answered) -> list[str]:
        """The metrics that ring."""
        rows = estimates.rows_of(
            window.problem_type, window.answers, window.labels, self.settings.probability_threshold
        )
        days = np.zeros(len(window), dtype=np.intp)
        findings = judging.judge(rows, days, 1, self.settings, self.known)
        return [finding.name for finding in findings if finding.violated]


def calibrated(rows: Answered) -> Monitor:
    """A monitor of these held-out rows, by way of the files."""
    said = {
        "problem_type": rows.problem_type, "minimum_records": SMALLEST, "window_hours": WEEK,
    }  # fmt: skip
    labels, answers = (_texts(side) for side in (rows.labels, rows.answers))
    with tempfile.TemporaryDirectory() as folder:
        described = quality_baseline.describe(labels, answers, rows.hours, said, MADE)
        for name, content in described.items():
            (Path(folder) / name).write_text(json.dumps(content))
        settings = kinds.settings_of(said)
        return Monitor(settings, files.read(Path(folder), settings))


def _texts(values: np.ndarray) -> list[str]:
    return [str(value) for value in values.tolist()]


def flights() -> tuple[Answered, Answered]:
    """April and May, and June, each flight with what a model said that knows the winter."""
    year = flown.flights(range(1, 7)).sort_values("time")
    known = year[SCHEMA.numbers].to_numpy(np.float64)
    winter = (year["time"] < "2013-04-01").to_numpy()
    model = HistGradientBoostingClassifier(max_iter=60, random_state=1)
    model.fit(known[winter], year["late"].to_numpy()[winter])
    chances = model.predict_proba(known[~winter])[:, 1]
    rest = year[~winter]
    hours = ((rest["time"] - pd.Timestamp("2013-04-01")) // pd.Timedelta("1h")).to_numpy(np.int64)
    spring = (rest["time"] < "2013-06-01").to_numpy()
    whole = Answered(kinds.BINARY, np.round(chances, 6), rest["late"].to_numpy(np.float64), hours)
    return whole.take(spring), whole.take(~spring)


def blocks(rows: Answered, number: int, size: int | None = None) -> Iterator[Answered]:
    """Weeks that begin at a random hour, on a circle; or so many rows of each, drawn."""
    chance = np.random.default_rng(7)
    assert rows.hours is not None  # flights have them
    circle = -(-(int(rows.hours[-1]) + 1) // WEEK) * WEEK
    while number:
        inside = (rows.hours - chance.integers(circle)) % circle < WEEK
        if len(np.unique(rows.hours[inside] // DAY)) < 0.8 * WEEK / DAY:
            continue
        number -= 1
        week = rows.take(inside)
        yield week if size is None else next(samples(week, 1, size, chance))


def samples(
    rows: Answered, number: int, size: int, chance: np.random.Generator | None = None
) -> Iterator[Answered]:
    """So many rows, drawn with replacement."""
    chance = chance or np.random.default_rng(8)
    for _ in range(number):
        yield rows.take(chance.integers(len(rows), size=size))


def loans(number: int, chance: np.random.Generator) -> Answered:
    """Logistic: of 100, 30 true, and an AUC of about 0.86."""
    labels = (chance.random(number) < 0.3).astype(np.float64)
    answers = 1 / (1 + np.exp(1.2 - 1.5 * labels - chance.normal(size=number)))
    return Answered(kinds.BINARY, answers, labels)


def classes(number: int, chance: np.random.Generator) -> Answered:
    """Three classes, 75 of 100 right."""
    labels = chance.choice(["a", "b", "c"], size=number, p=[0.6, 0.3, 0.1])
    guesses = chance.choice(["a", "b", "c"], size=number)
    right = chance.random(number) < 0.65
    return Answered(kinds.MULTICLASS, np.where(right, labels, guesses), labels)


def numbers(number: int, chance: np.random.Generator) -> Answered:
    """Errors with heavy tails, Student's t with 5 degrees of freedom, times 5."""
    labels = 50 + 10 * chance.normal(size=number)
    return Answered(kinds.REGRESSION, labels + 5 * chance.standard_t(5, size=number), labels)


GENERATORS: Mapping[str, Callable[[int, np.random.Generator], Answered]] = {
    "loans": loans, "classes": classes, "numbers": numbers,
}  # fmt: skip


def rings(monitor: Monitor, windows: Iterator[Answered]) -> int:
    """How many windows ring."""
    return sum(bool(monitor.violations(window)) for window in windows)


def fresh(draw: Callable[[int, np.random.Generator], Answered], size: int, number: int) -> int:
    """Of baselines of 400 rows, each with a window of the same truth, how many ring."""
    chance = np.random.default_rng(9)
    return sum(
        bool(calibrated(draw(400, chance)).violations(draw(size, chance))) for _ in range(number)
    )


Plant = Callable[[Answered, np.random.Generator], Answered]


def less_auc(by: float, auc: float) -> Plant:
    """Answers of as many rows shuffled as take so much off the AUC."""

    def plant(window: Answered, chance: np.random.Generator) -> Answered:
        shuffled = chance.random(len(window)) < by / (auc - 0.5)
        answers = window.answers.copy()
        answers[shuffled] = chance.permutation(answers[shuffled])
        return replace(window, answers=answers)

    return plant


def flipped(share: float) -> Plant:
    """So many labels turned round."""

    def plant(window: Answered, chance: np.random.Generator) -> Answered:
        turned = chance.random(len(window)) < share
        return replace(window, labels=np.where(turned, 1 - window.labels, window.labels))

    return plant


def guessed(share: float) -> Plant:
    """So many answers are those of other rows."""

    def plant(window: Answered, chance: np.random.Generator) -> Answered:
        lost = chance.random(len(window)) < share
        other = chance.permutation(window.answers)
        return replace(window, answers=np.where(lost, other, window.answers))

    return plant


def grown(by: float) -> Plant:
    """All errors larger."""

    def plant(window: Answered, _: np.random.Generator) -> Answered:
        return replace(window, answers=window.labels + (1 + by) * (window.answers - window.labels))

    return plant


def found(monitor: Monitor, windows: Iterator[Answered], plant: Plant) -> int:
    """In how many windows it rings when something is planted."""
    chance = np.random.default_rng(11)
    return rings(monitor, (plant(window, chance) for window in windows))


def write(folder: Path, records: int) -> datetime:
    """A week of captured records and, three hours later, their labels; returns the run's hour."""
    chance, end = Random(1), datetime(2026, 2, 2, tzinfo=UTC)
    per_hour = -(-records // WEEK)
    for hour in range(WEEK):
        moment = end - timedelta(hours=WEEK - hour)
        places = [
            folder / side / f"{at:%Y/%m/%d/%H}" / "some.jsonl"
            for side, at in (("capture", moment), ("labels", moment + timedelta(hours=3)))
        ]
        for place in places:
            place.parent.mkdir(parents=True, exist_ok=True)
        with places[0].open("w") as captured, places[1].open("w") as labels:
            for _ in range(max(min(per_hour, records - hour * per_hour), 0)):
                name = str(uuid.UUID(int=chance.getrandbits(128)))
                true = chance.random() < 0.3
                answer = min(max(0.3 + 0.2 * true + chance.gauss(0, 0.15), 0), 1)
                captured.write(record(moment, name, said=f"{answer:.9g}\n"))
                labels.write(_label(name, str(int(true))))
    return end + timedelta(hours=24)


def _label(name: str, true: str) -> str:
    return json.dumps({
        "groundTruthData": {"data": true, "encoding": "CSV"},
        "eventMetadata": {"eventId": name}, "eventVersion": "0",
    }) + "\n"  # fmt: skip


def cost(records: int) -> Cost:
    """What the monitor takes on so many records."""
    known = loans(5000, np.random.default_rng(3))
    settings = {
        "problem_type": kinds.BINARY, "minimum_records": SMALLEST, "window_hours": WEEK,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        described = quality_baseline.describe(
            _texts(known.labels), _texts(known.answers), None, settings, MADE
        )
        for file, content in described.items():
            (folder / file).write_text(json.dumps(content))
        asked_at = write(folder, records)
        return measured(
            STEPS / "model_quality.py",
            "--capture", str(folder / "capture"), "--ground-truth", str(folder / "labels"),
            "--baseline", str(folder), "--report", str(folder / "report"), "--endpoint", "bench",
            "--window-end", asked_at.isoformat(), "--settings", json.dumps(settings),
            "--message", str(folder / "message"),
        )  # fmt: skip


def main(share: float) -> bool:
    """Print all four; whether the bounds are held."""
    print("model quality")
    number = max(20, round(1000 * share))
    spring, june = flights()
    began = time.process_time()
    monitor = calibrated(spring)
    auc = monitor.known.usual["auc"].value
    print(f"baseline: {len(spring):,} flights, AUC {auc:.3f} and threshold "
          f"{monitor.known.thresholds['auc']:.3f}, {time.process_time() - began:.1f} s of "
          "processor time")  # fmt: skip
    held = _false_alarms(monitor, spring, number)
    print("(b) weeks of June that nobody saw:")
    weeks = [june.take(_week(june, start)) for start in range(4)]
    for place, week in enumerate(weeks):
        print(f"      week {place + 1}, {len(week):,} flights: "
              f"{', '.join(monitor.violations(week)) or 'quiet'}")  # fmt: skip
    held &= _power(monitor, spring, auc, max(20, round(400 * share)))
    records = round(1_000_000 * share)
    took = cost(records)
    held &= took.processor <= BOUND_SECONDS and took.memory <= BOUND_MIB
    print(f"(d) {records:,} captured records with labels: {took.wall:.1f} s, "
          f"{took.processor:.1f} s of processor time, {took.memory:.0f} MiB; bounds "
          f"{BOUND_SECONDS} s of processor time and {BOUND_MIB:,} MiB")  # fmt: skip
    return held


def _week(rows: Answered, place: int) -> np.ndarray:
    assert rows.hours is not None  # flights have them
    return np.asarray((rows.hours - rows.hours[0]) // WEEK == place)


def _false_alarms(monitor: Monitor, spring: Answered, number: int) -> bool:
    print("(a) windows drawn from the baseline that ring; bound 5 %:")
    drawn = {
        "flights, whole weeks": (monitor, blocks(spring, number)),
        f"flights, {SMALLEST} of a week": (monitor, blocks(spring, number, SMALLEST)),
    }
    for name, draw in GENERATORS.items():
        rows = draw(2000, np.random.default_rng(5))
        known = calibrated(rows)
        for size in (SMALLEST, 2000, 20_000):
            drawn[f"{name}, {size:,} of 2,000"] = (known, samples(rows, number, size))
    held = True
    for name, (of, windows) in drawn.items():
        hits = rings(of, windows)
        held &= hits <= 0.05 * number
        print(f"      {name}: {interval(hits, number)}")
    print("    baselines of 400 rows, each with one window of the same truth; reported:")
    for name, draw in GENERATORS.items():
        hits = fresh(draw, 20_000, number // 5)
        print(f"      {name}, 20,000: {interval(hits, number // 5)}")
    return held


def _power(monitor: Monitor, spring: Answered, auc: float, number: int) -> bool:
    print("(c) planted and found; bound 90 %:")
    known = {name: draw(5000, np.random.default_rng(5)) for name, draw in GENERATORS.items()}
    of = {name: calibrated(rows) for name, rows in known.items()}
    of_loans = of["loans"].known.usual["auc"].value

    def some(name: str) -> Iterator[Answered]:
        return samples(known[name], number, 5000)

    planted = {
        "flights, a week: answers of other rows": found(
            monitor, blocks(spring, number), guessed(1.0)
        ),
        "loans, 5,000: AUC down by 0.05": found(
            of["loans"], some("loans"), less_auc(0.05, of_loans)
        ),
        "loans, 5,000: 10 % of labels flipped": found(of["loans"], some("loans"), flipped(0.1)),
        "classes, 5,000: 10 % of answers of other rows": found(
            of["classes"], some("classes"), guessed(0.1)
        ),
        "numbers, 5,000: errors 15 % larger": found(of["numbers"], some("numbers"), grown(0.15)),
    }
    held = True
    for name, hits in planted.items():
        held &= hits >= 0.9 * number
        print(f"      {name}: {interval(hits, number)}")
    for size in (SMALLEST, 1000, 2000):
        hits = found(of["loans"], samples(known["loans"], number, size), less_auc(0.05, of_loans))
        print(f"      loans, {size:,}: AUC down by 0.05: {interval(hits, number)}; reported")
    for what, plant in (
        ("AUC down by 0.05", less_auc(0.05, auc)), ("AUC down by 0.1", less_auc(0.1, auc)),
        ("10 % of labels flipped", flipped(0.1)),
    ):  # fmt: skip
        hits = found(monitor, blocks(spring, number), plant)
        print(f"      flights, a week: {what}: {interval(hits, number)}; reported")
    return held


if __name__ == "__main__":
    sys.exit(exit_status(main, __doc__))
