"""How often the data-quality monitor is wrong, and what it costs; part of `make bench-monitors`.

On the flights of 2013: windows of the baseline, whole weeks that calibration never saw, planted
shifts, and a million captured records. `python -m bench.monitors_data_quality --share 0.1` does a
tenth of it.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd

from bench.flights import DAY, SCHEMA, STEPS, WEEK, flights, write_capture
from bench.measuring import Cost, exit_status, interval, measured
from bench.scripts import load

Batch: TypeAlias = Any  # the scripts are no package; they carry their types themselves


(baseline, baseline_files, columns, constraints, judging, tally) = load(
    STEPS, "baseline", "baseline_files", "columns", "constraints", "judging", "tally"
)


def batch(rows: pd.DataFrame, since: pd.Timestamp | None = None) -> Batch:
    """Rows with their hour since then, by default since the first."""
    hours = (rows["time"] - (since or rows["time"].min().floor("h"))) // pd.Timedelta("1h")
    numbers = {name: rows[name].to_numpy(np.float64) for name in SCHEMA.numbers}
    categories = {name: rows[name].fillna("").to_numpy(object) for name in SCHEMA.categories}
    wrong = {name: np.zeros(len(rows), dtype=bool) for name in SCHEMA.numbers}
    whole = columns.Batch(hours.to_numpy(np.intp), numbers, wrong, categories)
    return whole.take(np.argsort(whole.slots, kind="stable"))


@dataclass(frozen=True)
class Monitor:
    """A calibrated baseline, as it is read back from its files."""

    known: Any
    limits: Any

    def violations(self, window: Batch, hours: int = WEEK) -> list[str]:
        """`feature.check` of what crossed its threshold; slots are hours of the window."""
        days = -(-hours // DAY)
        counted = tally.Tally(self.known, self.limits.features, days)
        counted.add(replace(window, slots=window.slots // DAY))
        findings = judging.judge(
            counted.found, self.limits.features, self.known.columns, self.known.left
        )
        return [f"{f.feature}.{f.check}" for f in findings if f.violated]


def calibrated(rows: Batch) -> Monitor:
    """A monitor of these rows, by way of the files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in baseline.describe(SCHEMA, rows, WEEK, DAY).items():
            (Path(folder) / name).write_text(json.dumps(content))
        known = baseline_files.read(Path(folder))
        return Monitor(known, constraints.read(Path(folder) / "constraints.json", known.schema))


def window_of(rows: Batch, begin: int, hours: int = WEEK) -> Batch:
    """The rows of a window that begins at this hour, on a circle of whole weeks."""
    circle = -(-(int(rows.slots[-1]) + 1) // WEEK) * WEEK
    place = (rows.slots - begin) % circle
    inside = place < hours
    return replace(rows.take(inside), slots=place[inside])


def windows(rows: Batch, number: int) -> Iterator[Batch]:
    """Windows that begin at a random hour; one that would not be judged is not drawn."""
    chance = np.random.default_rng(7)
    hours = int(rows.slots[-1]) + 1
    while number:
        window = window_of(rows, int(chance.integers(hours)))
        if len(np.unique(window.slots // DAY)) >= 0.8 * WEEK / DAY:
            number -= 1
            yield window


def false_alarms(monitor: Monitor, rows: Batch, number: int) -> int:
    """How many windows of the baseline itself ring."""
    return sum(bool(monitor.violations(window)) for window in windows(rows, number))


def unseen_weeks(year: pd.DataFrame, share: float) -> Iterator[tuple[pd.Timestamp, list[str]]]:
    """Each week of each quarter, judged by a monitor that knows the other weeks of the quarter."""
    every = max(1, round(1 / share))
    weeks = [
        (start, start + pd.DateOffset(months=3), start + pd.Timedelta(days=7 * week))
        for start in pd.date_range("2013-01-01", periods=4, freq="QS")
        for week in range(13)
    ]
    for start, end, monday in weeks[::every]:
        after = monday + pd.Timedelta("7D")
        if after > end:
            continue
        quarter = year[(year["time"] >= start) & (year["time"] < end)]
        inside = (quarter["time"] >= monday) & (quarter["time"] < after)
        monitor = calibrated(batch(quarter[~inside]))
        yield monday, monitor.violations(batch(quarter[inside], monday))


Shift: TypeAlias = Callable[[Batch, str, np.random.Generator], Batch]


def lose(window: Batch, name: str, chance: np.random.Generator) -> Batch:
    """A tenth of the values."""
    lost = chance.random(len(window.slots)) < 0.1
    if name in window.numbers:
        return _with(window, "numbers", name, np.where(lost, np.nan, window.numbers[name]))
    return _with(window, "categories", name, np.where(lost, "", window.categories[name]))


def move(deviations: Mapping[str, float]) -> Shift:
    """Half a standard deviation up; whole numbers stay whole."""

    def shift(window: Batch, name: str, _: np.random.Generator) -> Batch:
        values = window.numbers[name]
        moved = values + 0.5 * deviations[name]
        whole = bool(np.all((values == np.round(values)) | np.isnan(values)))
        return _with(window, "numbers", name, np.round(moved) if whole else moved)

    return shift


def invent(window: Batch, name: str, chance: np.random.Generator) -> Batch:
    """A category that nobody knows, in a twentieth of the rows."""
    new = chance.random(len(window.slots)) < 0.05
    return _with(window, "categories", name, np.where(new, "never seen", window.categories[name]))


def _with(window: Batch, kind: str, name: str, values: np.ndarray) -> Batch:
    return replace(window, **{kind: {**getattr(window, kind), name: values}})


def power(monitor: Monitor, rows: Batch, number: int) -> dict[str, dict[str, tuple[int, int]]]:
    """Kind of shift to column to (found, planted)."""
    deviations = {name: float(np.nanstd(values)) for name, values in rows.numbers.items()}
    kinds: dict[str, tuple[Shift, list[str]]] = {
        "10 % missing": (lose, list(SCHEMA.features)),
        "mean + 0.5 sigma": (move(deviations), SCHEMA.numbers),
        "new category at 5 %": (invent, SCHEMA.categories),
    }
    chance = np.random.default_rng(11)
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for kind, (shift, names) in kinds.items():
        found[kind] = {}
        for name in names:
            rings = [
                bool(monitor.violations(shift(w, name, chance))) for w in windows(rows, number)
            ]
            found[kind][name] = (sum(rings), len(rings))
    return found


def cost(rows: pd.DataFrame, records: int) -> Cost:
    """What the monitor takes on so many records."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in baseline.describe(SCHEMA, batch(rows), WEEK, DAY).items():
            (folder / file).write_text(json.dumps(content))
        end = write_capture(folder / "capture", rows, records)
        return measured(
            STEPS / "data_quality.py",
            "--capture", str(folder / "capture"), "--baseline", str(folder),
            "--report", str(folder / "report"), "--endpoint", "bench",
            "--window-end", end.isoformat(), "--message", str(folder / "message"),
        )  # fmt: skip


def main(share: float) -> bool:
    """Print all four; whether the bounds are held."""
    print("data quality")
    year = flights(range(1, 13))
    winter = year[year["time"] < "2013-04-01"]
    rows = batch(winter)
    began = time.process_time()
    monitor = calibrated(rows)
    print(f"baseline: {len(rows.slots):,} rows, {int(rows.slots[-1]) + 1:,} hours, "
          f"{time.process_time() - began:.1f} s of processor time")  # fmt: skip
    number = max(20, round(1000 * share))
    rings = false_alarms(monitor, rows, number)
    print(f"(a) windows drawn from the baseline that ring: {interval(rings, number)}; bound 5 %")
    print("(b) weeks that calibration never saw:")
    seen = list(unseen_weeks(year, share))
    for monday, violations in seen:
        if violations:
            print(f"      week of {monday:%d %b}: {', '.join(violations)}")
    print(f"    ring: {interval(sum(bool(v) for _, v in seen), len(seen))}")
    held = rings <= 0.05 * number
    for kind, by_column in power(monitor, rows, max(4, round(40 * share))).items():
        found, planted = (sum(side) for side in zip(*by_column.values(), strict=True))
        held &= found >= 0.9 * planted
        weak = [f"{n} {f / p:.0%}" for n, (f, p) in by_column.items() if f < 0.9 * p]
        print(f"(c) {kind}: found in {interval(found, planted)}; bound 90 %"
              + (f"; below it: {', '.join(weak)}" if weak else ""))  # fmt: skip
    records = round(1_000_000 * share)
    took = cost(winter, records)
    held &= took.processor <= 60 and took.memory <= 2048
    print(f"(d) {records:,} captured records: {took.wall:.1f} s, {took.processor:.1f} s of "
          f"processor time, {took.memory:.0f} MiB; bounds 60 s of processor time and "
          "2,048 MiB")  # fmt: skip
    return bool(held)


if __name__ == "__main__":
    sys.exit(exit_status(main, __doc__))
