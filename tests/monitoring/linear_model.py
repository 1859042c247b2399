"""An archive of a model whose SHAP values are known: of a linear one, weight x (value - mean).

Lundberg and Lee, "A unified approach to interpreting model predictions", NIPS 2017, corollary 1.
"""

import csv
import json
import tarfile
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

WEIGHTS = {"income": 4.0, "debt": 2.0, "age": 1.0, "rooms": 0.5, "floor": 0.2}
"""Of numbers around 0 that vary alike, so that they are ranked in this order."""

REQUEST = [*WEIGHTS, "group"]
"""The model does not use its last column."""

INFERENCE = """
import json
from pathlib import Path

import numpy as np


def model_fn(folder):
    print("loading")
    return json.loads((Path(folder) / "weights.json").read_text())


def input_fn(body, content_type):
    assert content_type == "text/csv"
    return [line.split(",") for line in body.splitlines()]


def _numbers(rows, model):
    return np.array([[float(value or 0) for value in row[: len(model)]] for row in rows])


def predict_fn(rows, model):
    return _numbers(rows, model) @ list(model.values())


def output_fn(prediction, accept):
    return "".join(f"{value:.6f}\\n" for value in prediction), accept


def explain_fn(rows, model):
    return list(model), _numbers(rows, model) * list(model.values())
"""


def archive(folder: Path, code: str = INFERENCE, **files: str) -> Path:
    """The model as SageMaker packs it; returns the folder that the archive lies in."""
    content = folder / "content"
    (content / "code").mkdir(parents=True)
    (content / "code" / "inference.py").write_text(code)
    (content / "weights.json").write_text(json.dumps(WEIGHTS))
    for name, text in files.items():
        (content / "code" / f"{name}.py").write_text(text)
    packed = folder / "packed"
    packed.mkdir()
    with tarfile.open(packed / "model.tar.gz", "w:gz") as tar:
        for path in sorted(content.rglob("*")):
            tar.add(path, path.relative_to(content))
    return packed


def requests(rows: int, *, seed: int = 1) -> list[list[str]]:
    """Rows of requests."""
    chance = np.random.default_rng(seed)
    return [
        [*(f"{value:.4f}" for value in values), "ab"[int(values[0] > 0)]]
        for values in chance.normal(size=(rows, len(WEIGHTS)))
    ]


def held_out(
    folder: Path, rows: Sequence[Sequence[str]], times: Iterable[datetime] = (), **schema: object
) -> Path:
    """`test/` with a table of the rows and whether they paid, and `report/schema.json`."""
    (folder / "test").mkdir(parents=True)
    (folder / "report").mkdir()
    features = {**dict.fromkeys(WEIGHTS, "number"), "group": "category"}
    said = {"features": features, "label": "paid", **schema}
    stamps = [f"{at:%Y-%m-%dT%H:%M:%S}" for at in times]
    (folder / "report" / "schema.json").write_text(
        json.dumps({"time": "at", **said} if stamps else said)
    )
    with (folder / "test" / "test.csv").open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["paid", "at", *REQUEST])
        for number, row in enumerate(rows):
            writer.writerow([number % 2, stamps[number] if stamps else "", *row])
    return folder


def hourly(began: datetime, rows: int, *, a_day: int = 24) -> list[datetime]:
    """Times at equal distances."""
    return [began + timedelta(days=number / a_day) for number in range(rows)]
