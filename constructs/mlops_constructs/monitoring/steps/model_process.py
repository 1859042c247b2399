"""Asks a model archive's own code about rows, as its endpoint would, and for what it rests on.

It runs as a process of its own and imports no sibling, so that the modules of a model meet neither
ours nor another model's: `python -I model_process.py <archive's folder> <task> <rows.csv> <out>`.

The task `answers` writes answers.txt, one line a row. The task `contributions` writes
contributions.npy, a line a row that the model's code can read, names.json, and refused.json: the
positions of the rows that it can't, and what it said of the first of them.
"""

import csv
import importlib
import io
import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

CSV = "text/csv"
CHUNK = 2_000
"""Rows of a request."""

Rows = list[list[str]]


def main(argv: list[str]) -> None:
    """Do the task, or end with a sentence on stderr."""
    model, task, table, out = Path(argv[0]), argv[1], Path(argv[2]), Path(argv[3])
    sys.path.insert(0, str(model / "code"))
    inference = importlib.import_module("inference")
    needed = {
        "answers": ("model_fn", "input_fn", "predict_fn", "output_fn"),
        "contributions": ("model_fn", "input_fn", "explain_fn"),
    }[task]
    lacking = [name for name in needed if not callable(getattr(inference, name, None))]
    if lacking:
        sys.exit(f"its inference.py has no {' and no '.join(lacking)}")
    loaded = inference.model_fn(str(model))
    {"answers": answer, "contributions": explain}[task](inference, loaded, chunks(table), out)


def chunks(table: Path) -> Iterator[Rows]:
    """The rows of a table without a header, some thousands at a time."""
    with table.open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines)
        while chunk := list(islice(reader, CHUNK)):
            yield chunk


def answer(inference: Any, model: Any, requests: Iterator[Rows], out: Path) -> None:
    """What the model answers."""
    with (out / "answers.txt").open("w", encoding="utf-8") as file:
        for rows in requests:
            asked = inference.input_fn(_body(rows), CSV)
            said = inference.output_fn(inference.predict_fn(asked, model), CSV)
            body = said[0] if isinstance(said, tuple) else said
            lines = (body.decode() if isinstance(body, bytes) else body).splitlines()
            if len(lines) != len(rows):
                sys.exit(f"it answers {len(rows):,} rows with {len(lines):,} lines")
            file.writelines(f"{line}\n" for line in lines)


def explain(inference: Any, model: Any, requests: Iterator[Rows], out: Path) -> None:
    """What each feature contributes to the answers."""
    names: list[str] = []
    found: list[np.ndarray] = []
    refused: list[int] = []
    said, start = "", 0
    for rows in requests:
        for first, explained, reason in _explained(inference, model, rows, start):
            if explained is None:
                refused.append(first)
                said = said or reason
            else:
                names, contributions = explained
                found.append(contributions)
        if not found:
            sys.exit(f"its code refuses every row: {said}")
        start += len(rows)
    np.save(out / "contributions.npy", np.concatenate(found))
    (out / "names.json").write_text(json.dumps(names), encoding="utf-8")
    (out / "refused.json").write_text(json.dumps([refused, said]), encoding="utf-8")


def _explained(
    inference: Any, model: Any, rows: Rows, first: int
) -> Iterator[tuple[int, tuple[list[str], np.ndarray] | None, str]]:
    """Names and contributions of the rows; halves of what is refused, down to single rows.

    Of a refused row comes its position with the reason.
    """
    try:
        said = inference.explain_fn(inference.input_fn(_body(rows), CSV), model)
    except Exception as error:  # whatever the code of a model raises
        if len(rows) == 1:
            yield first, None, f"{type(error).__name__}: {error}"
            return
        half = len(rows) // 2
        yield from _explained(inference, model, rows[:half], first)
        yield from _explained(inference, model, rows[half:], first + half)
        return
    yield first, _checked(said, len(rows)), ""


def _checked(said: Any, rows: int) -> tuple[list[str], np.ndarray]:
    try:
        names, contributions = said
        names, contributions = [*map(str, names)], np.asarray(contributions, dtype=np.float32)
    except (TypeError, ValueError):
        sys.exit("explain_fn must return the names of features and an array of floats")
    if contributions.shape != (rows, len(names)):
        sys.exit(
            f"explain_fn gives {' x '.join(map(str, contributions.shape))} contributions, and "
            f"{rows} rows x {len(names)} features are needed"
        )
    if not np.isfinite(contributions).all():
        sys.exit("explain_fn gives contributions that are no finite numbers")
    if len(set(names)) != len(names):
        sys.exit(f"explain_fn names a feature twice: {', '.join(sorted(names))}")
    return names, contributions


def _body(rows: Rows) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


if __name__ == "__main__":
    main(sys.argv[1:])
