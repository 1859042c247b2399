"""How often the attribution monitor is wrong, and what it costs; part of `make bench-monitors`.

On the flights of 2013: a model learns from January to March, April and May are held out. Windows of
the held-out rows, weeks that nobody saw, planted effects, and a million captured records.
`python -m bench.monitors_attribution --share 0.1` does a tenth of it.
"""

import json
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import xgboost

from bench.flights import SCHEMA, STEPS, WEEK, flights, write_capture
from bench.measuring import Cost, exit_status, interval, measured
from bench.scripts import load

(attribution_baseline, attribution_files, judging, scoring) = load(
    STEPS, "attribution_baseline", "attribution_files", "attribution_judging", "scoring"
)
Effect: TypeAlias = Callable[[pd.DataFrame], pd.DataFrame]
ROUNDS = 150

SETTINGS: dict[str, Any] = {"window_hours": 168, "minimum_records": 500, "minimum_ndcg": None,
            "explained_records": 10_000}  # fmt: skip
FEATURES = list(SCHEMA.features)
CATEGORIES = SCHEMA.categories

INFERENCE = """
import csv
import json
from pathlib import Path

import numpy as np
import xgboost


def model_fn(folder):
    booster = xgboost.Booster({"nthread": 1})
    booster.load_model(Path(folder) / "model.json")
    return booster, json.loads((Path(folder) / "known.json").read_text())


def input_fn(body, content_type):
    return list(csv.reader(body.splitlines()))


def explain_fn(rows, model):
    booster, known = model
    columns = [
        [values.index(v) if v in values else np.nan for v in column] if values
        else [float(v or "nan") for v in column]
        for values, column in zip(known.values(), zip(*rows))
    ]
    types = ["c" if values else "q" for values in known.values()]
    data = xgboost.DMatrix(
        np.array(columns, dtype=np.float32).T, feature_names=list(known), feature_types=types,
        enable_categorical=True,
    )
    return list(known), booster.predict(data, pred_contribs=True)[:, :-1]
"""


def learn(folder: Path, rows: pd.DataFrame) -> Path:
    """The files of a model, with flight_delay's hyperparameters."""
    known: dict[str, list[str]] = {
        name: sorted(set(rows[name].dropna())) if name in CATEGORIES else [] for name in FEATURES
    }
    columns = [
        rows[name].map({value: at for at, value in enumerate(known[name])}) if known[name]
        else rows[name]
        for name in FEATURES
    ]  # fmt: skip
    data = xgboost.DMatrix(
        np.column_stack([column.to_numpy(np.float32) for column in columns]), label=rows["late"],
        feature_names=FEATURES, feature_types=["c" if known[name] else "q" for name in FEATURES],
        enable_categorical=True,
    )  # fmt: skip
    parameters = {
        "objective": "binary:logistic", "eta": 0.1, "max_depth": 6, "min_child_weight": 20,
        "subsample": 0.8, "colsample_bytree": 0.8, "seed": 2013, "nthread": 2,
    }  # fmt: skip
    booster = xgboost.train(parameters, data, num_boost_round=ROUNDS)
    (folder / "code").mkdir(parents=True)
    (folder / "code" / "inference.py").write_text(INFERENCE)
    booster.save_model(folder / "model.json")
    (folder / "known.json").write_text(json.dumps(known))
    return folder


def explained(model: Path, rows: pd.DataFrame) -> np.ndarray:
    """Contributions of each row, by the archive's own code."""
    texts = rows[FEATURES].astype(object).where(rows[FEATURES].notna(), "")
    found: np.ndarray = scoring.explained(model, texts.to_numpy().tolist()).contributions
    return found


@dataclass(frozen=True)
class Monitor:
    """A baseline as it is read back from its files, and what it was made of."""

    known: Any
    contributions: np.ndarray
    hours: np.ndarray | None

    @property
    def limits(self) -> dict[str, float]:
        """As the monitor sets them: if nobody asks for one, and if asked for Model Monitor's."""
        asked = {"none": None, "0.9": 0.9}
        return {name: judging.limit_of(self.known, level) for name, level in asked.items()}

    def upper(self, contributions: np.ndarray) -> float:
        """Upper end of the interval of a window's NDCG; 1 where the value itself is too high.

        The interval holds the value, so that it lies below no limit that the value does not.
        """
        ordered = judging.aligned(self.known, FEATURES, contributions)
        value = judging.ndcg(self.known.attributions, judging.mean_absolute(ordered))
        if value >= max(self.limits.values()):
            return 1.0
        days = np.zeros(len(ordered), dtype=np.intp)
        finding, _ = judging.judge(self.known, ordered, days, limit=0.9)
        return float(finding.estimate.upper)

    def windows(self, number: int) -> Iterator[np.ndarray]:
        """Positions of the rows of windows that are drawn anew, as the baseline draws its own."""
        chance = np.random.default_rng(7)
        rows = len(self.contributions)
        if self.hours is None:
            for _ in range(number):
                yield chance.choice(rows, SETTINGS["minimum_records"], replace=False)
            return
        span = int(self.hours[-1]) + 1
        while number:
            place = (self.hours - chance.integers(span)) % span
            inside = np.flatnonzero(place < WEEK)
            if len(inside) >= SETTINGS["minimum_records"]:
                number -= 1
                yield inside


def calibrated(contributions: np.ndarray, hours: np.ndarray | None) -> Monitor:
    """A monitor of these rows, by way of its file."""
    files = attribution_baseline.describe(
        FEATURES, contributions, hours, SETTINGS, datetime(2013, 6, 1, tzinfo=UTC),
        columns=FEATURES,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "attribution.json").write_text(json.dumps(files["attribution.json"]))
        return Monitor(attribution_files.read(Path(folder)), contributions, hours)


def rings(monitor: Monitor, windows: Iterable[np.ndarray]) -> dict[str, int]:
    """How many windows ring, by limit."""
    upper = np.array([monitor.upper(contributions) for contributions in windows])
    return {name: int((upper < limit).sum()) for name, limit in monitor.limits.items()}


def drawn(monitor: Monitor, contributions: np.ndarray, number: int) -> Iterator[np.ndarray]:
    """Windows of rows."""
    whole = Monitor(monitor.known, contributions, monitor.hours)
    return (contributions[at] for at in whole.windows(number))


def swap(first: str, second: str) -> Effect:
    """Two columns of a request that a caller delivers in each other's place."""

    def planted(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(**{first: rows[second], second: rows[first]})

    return planted


def fix(name: str) -> Effect:
    """A column that holds its most frequent value, whatever is asked."""

    def planted(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(**{name: rows[name].mode()[0]})

    return planted


def planted(
    monitor: Monitor, model: Path, rows: pd.DataFrame, contributions: np.ndarray
) -> Iterator[tuple[str, str, np.ndarray]]:
    """Kind, name and contributions: what answers rest on changed, or the data that they rest on.

    Of columns that are swapped, the six numbers that answers rest on most.
    """
    ranked = list(monitor.known.then)
    first = FEATURES.index(ranked[0])
    for place, name in enumerate(ranked[1:], start=2):
        traded = contributions.copy()
        other = FEATURES.index(name)
        traded[:, [first, other]] = contributions[:, [other, first]]
        yield "answers rest on another feature in place of the first", f"on no. {place}", traded
    numbers = [name for name in ranked if name in SCHEMA.numbers][:6]
    for one, two in combinations(numbers, 2):
        yield "two columns swapped", f"{one} and {two}", explained(model, swap(one, two)(rows))
    for name in ranked:
        yield "one column constant", name, explained(model, fix(name)(rows))


def power(monitor: Monitor, model: Path, rows: pd.DataFrame, number: int) -> bool:
    """Print what is found; whether 90 % are of what lies 0.02 below a limit."""
    beyond = {name: [0, 0] for name in monitor.limits}
    last = ""
    for kind, name, contributions in planted(monitor, model, rows, explained(model, rows)):
        ordered = judging.aligned(monitor.known, FEATURES, contributions)
        value = judging.ndcg(monitor.known.attributions, judging.mean_absolute(ordered))
        found = rings(monitor, drawn(monitor, contributions, number))
        for limit, level in monitor.limits.items():
            if value <= level - 0.02:
                beyond[limit][0] += found[limit]
                beyond[limit][1] += number
        if kind != last:
            print(f"(c) {kind}; rings of {number}, by minimum_ndcg")
        last = kind
        told = ", ".join(f"{rang} ({limit})" for limit, rang in found.items())
        print(f"      {name}: NDCG {value:.3f}; {told}")
    for limit, (found_ones, of) in beyond.items():
        print(f"(c) an NDCG of 0.02 or more below the limit of minimum_ndcg {limit} is found in "
              f"{interval(found_ones, of)}; bound 90 %")  # fmt: skip
    return all(found_ones >= 0.9 * of > 0 for found_ones, of in beyond.values())


def packed(model: Path, folder: Path) -> None:
    """The archive beside the baseline."""
    with tarfile.open(folder / attribution_baseline.ARCHIVE, "w:gz") as tar:
        for path in sorted(model.rglob("*")):
            tar.add(path, path.relative_to(model), recursive=False)


def cost(monitor: Monitor, model: Path, rows: pd.DataFrame, records: int) -> Cost:
    """What the monitor takes on so many records; the model has a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        packed(model, folder)
        files = attribution_baseline.describe(
            FEATURES, monitor.contributions, monitor.hours, SETTINGS,
            datetime(2013, 6, 1, tzinfo=UTC), columns=FEATURES,
        )  # fmt: skip
        (folder / "attribution.json").write_text(json.dumps(files["attribution.json"]))
        end = write_capture(folder / "capture", rows, records)
        return measured(
            STEPS / "attribution.py",
            "--capture", str(folder / "capture"), "--baseline", str(folder),
            "--report", str(folder / "report"), "--endpoint", "bench",
            "--window-end", end.isoformat(), "--message", str(folder / "message"),
            "--settings", json.dumps(SETTINGS),
        )  # fmt: skip


def main(share: float) -> bool:
    """Print all of it; whether the bounds are held."""
    year = flights(range(1, 9))
    learnt, held_out, later = (
        year[(year["time"] >= f"2013-{first:02}-01") & (year["time"] < f"2013-{end:02}-01")]
        .sort_values("time", ignore_index=True)
        for first, end in ((1, 4), (4, 6), (6, 9))
    )  # fmt: skip
    number = max(20, round(1000 * share))
    with tempfile.TemporaryDirectory() as folder:
        model = learn(Path(folder) / "model", learnt)
        chosen = attribution_baseline.chosen(len(held_out))
        rows = held_out.iloc[chosen]
        began = time.perf_counter()
        contributions = explained(model, rows)
        print(f"attribution: {len(rows):,} held-out rows explained in "
              f"{time.perf_counter() - began:.1f} s")  # fmt: skip
        hours = ((rows["time"] - rows["time"].min().floor("h")) // pd.Timedelta("1h")).to_numpy()
        weeks = [explained(model, week) for week in _weeks(later, share)]
        held = True
        for name, of in (("weeks", hours.astype(np.intp)), ("500 records", None)):
            monitor = calibrated(contributions, of)
            held &= _alarms(name, monitor, drawn(monitor, contributions, number), weeks)
        held &= power(monitor, model, rows.iloc[::10], max(10, round(100 * share)))
        held &= _cost(monitor, model, held_out, share)
    return bool(held)


def _weeks(later: pd.DataFrame, share: float) -> list[pd.DataFrame]:
    """Every fourth record of whole weeks that nobody saw."""
    since = (later["time"] - later["time"].min()).dt.days // 7
    weeks = [week.iloc[::4] for number, week in later.groupby(since) if number < since.max()]
    return weeks[:: max(1, round(0.5 / share))]


def _alarms(
    name: str, monitor: Monitor, windows: Iterable[np.ndarray], weeks: Sequence[np.ndarray]
) -> bool:
    windows = list(windows)
    ring, later = rings(monitor, windows), rings(monitor, weeks)
    print(f"windows of {name}, which reach an NDCG of {monitor.known.reached:.3f}; the reversed "
          f"order has {monitor.known.least:.3f}")  # fmt: skip
    for asked, limit in monitor.limits.items():
        print(f"(a) minimum_ndcg {asked}, limit {limit:.3f}: windows drawn from the baseline that "
              f"ring: {interval(ring[asked], len(windows))}; bound 5 %")  # fmt: skip
        print(f"(b) and later weeks: {interval(later[asked], len(weeks))}")
    return max(ring.values()) <= 0.05 * len(windows)


def _cost(monitor: Monitor, model: Path, rows: pd.DataFrame, share: float) -> bool:
    records = round(1_000_000 * share)
    took = cost(monitor, model, rows, records)
    print(f"(d) {records:,} captured records: {took.wall:.1f} s, {took.processor:.1f} s of "
          f"processor time, {took.memory:.0f} MiB and {took.started:.0f} MiB of the model's "
          "process; bounds 120 s of processor time and 2,048 MiB")  # fmt: skip
    return took.processor <= 120 and took.memory + took.started <= 2048


if __name__ == "__main__":
    sys.exit(exit_status(main, __doc__))
