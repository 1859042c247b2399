"""What the bias monitor makes of these applications: its limit, and from which harm on it rings."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.scripts import load
from mlops_constructs.monitor_steps import MONITOR_STEPS
from pipeline_definitions.loan_approval import APPROVES_FROM, MODEL
from tests.pipeline_definitions.running import Prepared

from .conftest import features
from .test_model import answers, asked

(bias, bias_baseline, bias_file, bias_settings, ground_truth) = load(
    MONITOR_STEPS, "bias", "bias_baseline", "bias_file", "bias_settings", "ground_truth"
)
README = (MODEL.folder / "README.md").read_text(encoding="utf-8")
SETTINGS = next(monitor for monitor in MODEL.monitors if monitor.kind == "bias")
SAID: dict[str, Any] = SETTINGS.model_dump(mode="json")
END = datetime(2026, 2, 10, tzinfo=UTC)
REFUSED = "0.1"


@dataclass(frozen=True)
class HeldOut:
    """The held-out applications with the model's answers, and a monitor that knows them."""

    columns: dict[str, np.ndarray]
    labels: np.ndarray
    answers: np.ndarray
    told: Any
    baseline: Any

    def rings(self, rows: int, refused: float, chance: np.random.Generator) -> bool:
        """Whether a window rings in which so many of a minority's approvals are refused instead.

        Args:
            rows: Drawn from the held-out ones, with replacement.
            refused: A share.
            chance: Draws both.
        """
        drawn = chance.integers(0, len(self.answers), rows)
        minority = np.isin(self.columns["race"][drawn], ["black", "hispanic"])
        approved = self.answers[drawn].astype(float) >= APPROVES_FROM
        said = self.answers[drawn].copy()
        said[minority & approved & (chance.random(rows) < refused)] = REFUSED
        joined = ground_truth.Joined(
            answers=said, labels=self.labels[drawn], days=np.zeros(rows, dtype=np.intp),
            columns={
                self.baseline.columns.index(name): self.columns[name][drawn]
                for name in self.told.columns
            },
            records=rows, repeated=0, unreadable={}, troubles={},
        )  # fmt: skip
        verdict = bias.judged(
            joined, bias.tables(joined, self.told, self.baseline), self.told, self.baseline,
            endpoint="loans", monitor="bias", window=bias.Window(END - timedelta(days=7), END),
            asked_at=END, minimum_records=rows, minimum_coverage=0.5,
        )  # fmt: skip
        assert not verdict.too_little
        return bool(verdict.violations)


@pytest.fixture(scope="module")
def held_out(model: Path, prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> HeldOut:
    rows = prepared.rows("test")
    said = [f"{answer:.6f}" for answer in answers(model, asked(prepared))]
    columns = {
        name: np.array([row[name] for row in rows], dtype=object) for name in features.FEATURES
    }
    labels = [row["approve"] for row in rows]
    folder = tmp_path_factory.mktemp("baseline")
    for name, content in bias_baseline.describe(columns, labels, said, None, SAID, END).items():
        (folder / name).write_text(json.dumps(content))
    told = bias_settings.settings_of(SAID)
    return HeldOut(
        columns, np.array(labels, dtype=object), np.array(said, dtype=object), told,
        bias_file.read(folder, told),
    )  # fmt: skip


def test_the_readme_has_the_limit_of_this_model_and_how_well_its_difference_is_known(
    held_out: HeldOut,
):
    [file] = bias_baseline.describe(
        held_out.columns, held_out.labels.tolist(), held_out.answers.tolist(), None, SAID, END
    )["bias.json"]["facets"][:1]
    of = file["metrics"]["DPPL"]
    known = f"{of['value']:.2f}, as lying between {of['lower']:.2f} and {of['upper']:.2f}"
    assert (
        f"know today's difference, {known}, and the limit lies beyond that, at {of['limit']:.2f}"
        in README
    )


@pytest.mark.parametrize(("refused", "least", "most"), [(0.1, 0, 0), (0.4, 9, 10)])
def test_two_fifths_of_a_groups_approvals_are_seen_and_a_tenth_is_not(
    held_out: HeldOut, refused: float, least: int, most: int
):
    chance = np.random.default_rng(5)
    assert least <= sum(held_out.rings(1_000, refused, chance) for _ in range(10)) <= most


@pytest.mark.nightly
@pytest.mark.parametrize("refused", [0.1, 0.3, 0.35, 0.4])
def test_the_readme_has_how_many_windows_ring(held_out: HeldOut, refused: float):
    rings = [
        sum(held_out.rings(rows, refused, chance) for _ in range(100))
        for rows, chance in ((n, np.random.default_rng(5)) for n in (1_000, 2_000))
    ]
    [line] = [line for line in README.splitlines() if line.startswith(f"| {refused * 100:.0f} % |")]
    assert [cell.strip() for cell in line.split("|")][-3:-1] == [str(number) for number in rings]
