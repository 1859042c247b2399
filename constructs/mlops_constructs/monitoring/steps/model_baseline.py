"""What a model's answers were like on held-out rows, for those monitors that are asked for.

Scores the rows of the tables with the model archive's own code, as its endpoint would, and writes
for each monitor, into that monitor's folder, what it and Model Monitor compare with.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cache, partial
from pathlib import Path
from typing import Any

import arithmetic  # noqa: F401 - before numpy
import attribution_baseline
import attribution_config
import bias_baseline
import numpy as np
import quality_baseline
import scoring
from columns import Schema
from failure import Failure, exit_code
from invocation import settings_of
from tables import columns_of, hours_of, schema_of

QUALITY, BIAS, ATTRIBUTION = MONITORS = ("model-quality", "bias", "attribution")
NEEDED = {
    QUALITY: (),
    BIAS: ("label", "minimum_records"),
    ATTRIBUTION: ("window_hours", "minimum_records"),
}
"""Of the settings of each."""

Settings = Mapping[str, Any]


def main(argv: list[str] | None = None) -> int:
    """The processing job; its exit code."""
    options = _options(argv)
    return exit_code(partial(run, options), options.message)


def run(options: argparse.Namespace) -> None:
    """Read, score, describe, write."""
    folders = {name: folder for name in MONITORS if (folder := _option(options, name))}
    if not folders:
        raise Failure(f"give a folder for at least one of {', '.join(MONITORS)}")
    asked = {
        name: settings_of(f"--{name}-settings", _option(options, f"{name}-settings"), *NEEDED[name])
        for name in folders
    }
    schema = schema_of(options.data)
    labels = {name: _label(name, schema, said) for name, said in asked.items()}
    held_out = read(options.test, schema, {label for label in labels.values() if label})
    archive = scoring.archive_in(options.model)
    made = datetime.now(timezone.utc)
    with scoring.unpacked(archive) as model:
        answers = cache(partial(scoring.answers, model, held_out.rows()))
        for name, settings in asked.items():
            if name == ATTRIBUTION:
                files = _attribution(held_out, model, settings, made)
                files["analysis_config.json"] = attribution_config.configuration(
                    schema.features, held_out.columns, answers()
                )
            else:
                files = _answered(name, held_out, labels[name], answers(), settings, made)
            write(folders[name], files)
    if ATTRIBUTION in folders:
        shutil.copy(archive, folders[ATTRIBUTION] / attribution_baseline.ARCHIVE)


@dataclass(frozen=True)
class HeldOut:
    """Rows that training never saw, in the order of time where it is known.

    Attributes:
        features: The columns of a request, in its order.
        columns: Those and the labels, by name, as text.
        hours: Of each row, counted from the first; None if the schema names no time.
    """

    features: list[str]
    columns: Mapping[str, np.ndarray]
    hours: np.ndarray | None

    def rows(self, chosen: np.ndarray | None = None) -> list[tuple[str, ...]]:
        """Requests, of all rows or of those at the chosen positions."""
        columns = [self.columns[name] for name in self.features]
        parts = columns if chosen is None else [column[chosen] for column in columns]
        return list(zip(*parts, strict=True))


def read(folder: Path, schema: Schema, labels: Collection[str]) -> HeldOut:
    """The rows of all tables of a folder.

    Raises:
        Failure: If there is none, or a column or a time is missing.
    """
    wanted = [*dict.fromkeys([*schema.features, *sorted(labels)])]
    needed = {*wanted, schema.time} if schema.time else set(wanted)
    found: dict[str, list[str]] = {name: [] for name in wanted}
    hours: list[int] = []
    for path in sorted(folder.glob("*.csv")):
        columns = columns_of(path, needed)
        for name in wanted:
            found[name] += columns[name]
        if schema.time:
            hours += hours_of(columns[schema.time], path.name)
    if not found[wanted[0]]:
        raise Failure(f"no rows in the CSV files of {folder}")
    texts = {name: np.array(values, dtype=object) for name, values in found.items()}
    if not schema.time:
        return HeldOut([*schema.features], texts, None)
    order = np.argsort(hours, kind="stable")
    in_order = {name: column[order] for name, column in texts.items()}
    return HeldOut([*schema.features], in_order, np.array(hours)[order] - min(hours))


def _label(name: str, schema: Schema, settings: Settings) -> str:
    """The column that a monitor takes the truth from; the one of attributions needs none."""
    if name == ATTRIBUTION:
        return ""
    label = settings["label"] if name == BIAS else schema.label
    if not label:
        raise Failure(f'schema.json names no "label", which the baseline of {name} needs')
    return str(label)


def _answered(
    name: str, held_out: HeldOut, label: str, answers: list[str], settings: Settings, made: datetime
) -> dict[str, Any]:
    labels = held_out.columns[label].tolist()
    if name == QUALITY:
        return dict(quality_baseline.describe(labels, answers, held_out.hours, settings, made))
    requests = {name: held_out.columns[name] for name in held_out.features}
    files = bias_baseline.describe(requests, labels, answers, held_out.hours, settings, made)
    return dict(files)


def _attribution(
    held_out: HeldOut, model: Path, settings: Settings, made: datetime
) -> dict[str, Any]:
    rows = len(held_out.columns[held_out.features[0]])
    chosen = attribution_baseline.chosen(rows)
    found = scoring.explained(model, held_out.rows(chosen))
    if found.refused:
        raise Failure(f"the model's own code refuses {len(found.refused):,} of the held-out rows")
    hours = None if held_out.hours is None else held_out.hours[chosen]
    return attribution_baseline.describe(
        found.names, found.contributions, hours, settings, made, columns=held_out.features
    )


def write(folder: Path, files: Mapping[str, Any]) -> None:
    """The files of one monitor."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        text = json.dumps(content, allow_nan=False) + "\n"
        (folder / name).write_text(text, encoding="utf-8")


def _option(options: argparse.Namespace, name: str) -> Any:
    return getattr(options, name.replace("-", "_"))


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    given = Path("/opt/ml/processing/input")
    parser.add_argument("--model", type=Path, default=given / "model")
    parser.add_argument("--test", type=Path, default=given / "test")
    parser.add_argument("--data", type=Path, default=given / "data", help="holds schema.json")
    for name in MONITORS:
        parser.add_argument(f"--{name}", type=Path, help="where its baseline goes; none: not made")
        parser.add_argument(f"--{name}-settings", default="", help="JSON of its settings class")
    parser.add_argument("--message", type=Path, default=Path("/opt/ml/output/message"))
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
