"""Loan applications of two groups, and the bias monitor's baseline and runs on them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from tests.monitoring.conftest import BEGAN, capture, exchange, label, script

END = BEGAN + timedelta(weeks=1)
ASKED = END + timedelta(hours=24)
MADE = BEGAN - timedelta(days=3)
ROWS = 5
"""Of a request."""
SETTINGS: Mapping[str, Any] = {
    "label": "approved", "favourable": ["1"], "facets": [{"name": "black", "values": ["1"]}],
    "window_hours": 168, "minimum_records": 500, "labels_within_hours": 24,
    "minimum_coverage": 0.5,
}  # fmt: skip


@dataclass(frozen=True)
class Loans:
    """Applications: the columns of a request, what happened, and the model's probability."""

    columns: Mapping[str, np.ndarray]
    approved: np.ndarray
    answers: np.ndarray

    def __len__(self) -> int:
        return len(self.approved)

    @property
    def black(self) -> np.ndarray:
        """Whether of the group."""
        return np.asarray(self.columns["black"] == "1")

    def answered(self, answers: np.ndarray) -> "Loans":
        """With other answers."""
        return replace(self, answers=answers)


def loans(number: int, *, seed: int = 1, share: float = 0.2) -> Loans:
    """Of a bank that treats all alike: nine of ten answers are right, whoever asks."""
    chance = np.random.default_rng(seed)
    black = (chance.random(number) < share).astype(int).astype(str).astype(object)
    income = chance.integers(20, 90, number).astype(str).astype(object)
    city = chance.choice(["north", "south"], number).astype(object)
    approved = (chance.random(number) < 0.7).astype(int)
    right = chance.random(number) < 0.9
    answers = np.where(right, approved, 1 - approved) * 0.6 + 0.2
    return Loans({"income": income, "black": black, "city": city}, approved, answers)


def refusing(asked: Loans, share: float) -> Loans:
    """The same, but so many of the group are refused whatever else speaks for them."""
    chance = np.random.default_rng(8)
    refused = asked.black & (chance.random(len(asked)) < share)
    return asked.answered(np.where(refused, 0.1, asked.answers))


def described(known: Loans, times: np.ndarray | None = None, **settings: Any) -> dict[str, Any]:
    """The files of a baseline."""
    found: dict[str, Any] = script("bias_baseline").describe(
        known.columns, [str(value) for value in known.approved],
        [f"{value:.2f}" for value in known.answers], times, {**SETTINGS, **settings}, MADE,
    )  # fmt: skip
    return found


def baseline(folder: Path, known: Loans, **settings: Any) -> Path:
    """A folder with them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in described(known, **settings).items():
        (folder / name).write_text(json.dumps(content, allow_nan=False))
    return folder


def requests(asked: Loans) -> Iterator[tuple[int, datetime, slice]]:
    """Of a week, evenly spread: which one, when, and its rows."""
    number = len(asked) // ROWS
    step = timedelta(weeks=1) / number
    return ((at, BEGAN + step * at, slice(at * ROWS, (at + 1) * ROWS)) for at in range(number))


def captured(folder: Path, asked: Loans) -> Path:
    """A week of them."""
    rows = [",".join(row) for row in zip(*asked.columns.values(), strict=True)]
    answers = [f"{answer:.2f}" for answer in asked.answers]
    return capture(folder, [
        (moment, json.dumps(exchange(
            moment, "\n".join(rows[of]), "\n".join(answers[of]), event=f"loans-{at}"
        )))
        for at, moment, of in requests(asked)
    ])  # fmt: skip


def labelled(folder: Path, asked: Loans, coverage: float = 1.0) -> Path:
    """Their labels, an hour later, but only of the first of each ten requests."""
    labels = [str(approved) for approved in asked.approved]
    return capture(folder, [
        (moment + timedelta(hours=1), json.dumps(label(f"loans-{at}", "\n".join(labels[of]))))
        for at, moment, of in requests(asked)
        if at % 10 < coverage * 10
    ])  # fmt: skip


def run(
    folder: Path, known: Path, asked: Loans, *arguments: str, coverage: float = 1.0, **settings: Any
) -> int:
    """The monitor's exit code; its report is in `folder / "report"`."""
    code: int = script("bias").main([
        "--capture", str(captured(folder / "capture", asked)),
        "--ground-truth", str(labelled(folder / "labels", asked, coverage)),
        "--baseline", str(known), "--report", str(folder / "report"), "--endpoint", "loans",
        "--settings", json.dumps({**SETTINGS, **settings}), "--window-end", ASKED.isoformat(),
        "--message", str(folder / "message"), *arguments,
    ])  # fmt: skip
    return code


def reported(folder: Path, file: str = "report.json") -> Any:
    """A file of the report."""
    (path,) = (folder / "report").rglob(file)
    return json.loads(path.read_text()) if file.endswith(".json") else path.read_text()
