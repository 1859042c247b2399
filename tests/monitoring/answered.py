"""A small world of answered requests whose truth comes to light later."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from tests.monitoring.conftest import capture, exchange, label, script

ENDS = datetime(2026, 2, 2, tzinfo=UTC)
WAITS = timedelta(hours=24)
ASKED_AT = ENDS + WAITS
MADE = datetime(2026, 1, 20, tzinfo=UTC)
SETTINGS: Mapping[str, Any] = {
    "problem_type": "BinaryClassification", "probability_threshold": 0.5, "thresholds": {},
    "ground_truth_prefix": "labels", "labels_within_hours": 24, "minimum_coverage": 0.5,
    "minimum_records": 500, "window_hours": 168, "every_hours": 24, "retrains": True,
}  # fmt: skip
"""As the settings class writes them."""


@dataclass(frozen=True)
class Row:
    """One request of one row, its answer, and what was true."""

    at: datetime
    id: str
    answer: str
    truth: str


def rows(
    number: int = 2100, *, seed: int = 1, skill: float = 1.5, before: datetime = ENDS
) -> list[Row]:
    """Requests spread evenly over the week before; with less skill, answers are less right."""
    chance = np.random.default_rng(seed)
    truth = chance.random(number) < 0.3
    answers = 1 / (1 + np.exp(1.2 - skill * truth - chance.normal(size=number)))
    step = timedelta(days=7) / number
    return [
        Row(before - (number - i) * step, f"{before:%d}-{i}", f"{answer:.6g}", str(int(true)))
        for i, (answer, true) in enumerate(zip(answers.tolist(), truth.tolist(), strict=True))
    ]


def captured(folder: Path, answered: Iterable[Row]) -> Path:
    """The requests and answers."""
    lines = [(row.at, exchange(row.at, "a,1", row.answer, event=row.id)) for row in answered]
    return capture(folder, [(at, json.dumps(line)) for at, line in lines])


def labelled(
    folder: Path, answered: Sequence[Row], *, after: timedelta = timedelta(hours=3)
) -> Path:
    """What was true, collected some hours after each request."""
    return capture(
        folder, [(row.at + after, json.dumps(label(row.id, row.truth))) for row in answered]
    )


def baseline(folder: Path, answered: Sequence[Row], **settings: Any) -> Path:
    """The files of quality_baseline.py."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in described(answered, **settings).items():
        (folder / name).write_text(json.dumps(content, allow_nan=False))
    return folder


def described(
    answered: Sequence[Row], times: np.ndarray | None = None, **settings: Any
) -> dict[str, Any]:
    """The same, not written."""
    found: dict[str, Any] = script("quality_baseline").describe(
        [row.truth for row in answered], [row.answer for row in answered], times,
        {**SETTINGS, **settings}, MADE,
    )  # fmt: skip
    return found


def flipped(answered: Sequence[Row], share: float, since: datetime) -> Iterator[Row]:
    """The truth of a share of the rows from some time on turned round."""
    chance = np.random.default_rng(7)
    for row in answered:
        turned = row.at >= since and chance.random() < share
        yield Row(row.at, row.id, row.answer, str(1 - int(row.truth)) if turned else row.truth)
