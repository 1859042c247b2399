"""The applications of Boston, 1990, run once through the real scripts as the pipeline runs them."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bench.scripts import load, unpacked
from pipeline_definitions.definition import load_definition
from pipeline_definitions.loan_approval import MODEL
from rehearsal import applications
from tests.pipeline_definitions import running
from tests.pipeline_definitions.running import Prepared, options

SCRIPTS = unpacked(*MODEL.code)
evaluate, features, inference, preprocess, tables, train = load(
    SCRIPTS, "evaluate", "features", "inference", "preprocess", "tables", "train"
)
prepare = partial(running.prepare, preprocess)
"""Runs preprocess.py on delivered data, and returns its exit code."""

DEFINITION: dict[str, Any] = json.loads(load_definition(MODEL).body)
STEPS = {step["Name"]: step for step in DEFINITION["Steps"]}
Row = dict[str, str]


def delivered_rows() -> list[Row]:
    """The real applications, as a lender writes them down."""
    [(_, content)] = applications.delivery()
    return list(csv.DictReader(io.StringIO(content.decode())))


def deliver(folder: Path, rows: list[Row]) -> Path:
    """Writes them as one CSV file where preprocessing looks for it; returns the data's folder."""
    (folder / "applications").mkdir(parents=True)
    with (folder / "applications/some.csv").open("w", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    data = deliver(tmp_path_factory.mktemp("data"), delivered_rows())
    out = tmp_path_factory.mktemp("prepared")
    assert prepare(data, out) == 0
    return Prepared(out)


Trainer = Callable[[Path], Path]


@pytest.fixture(scope="session")
def trainer(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Trainer:
    """Trains on a folder of tables as the committed definition says; returns the model's folder."""

    def run(tables: Path) -> Path:
        said: Mapping[str, str] = STEPS["Train"]["Arguments"]["HyperParameters"]
        own = {f"--{n}": v for n, v in said.items() if not n.startswith("sagemaker_")}
        model = tmp_path_factory.mktemp("model")
        folders = {"train": tables, "validation": prepared.path("validation"), "model-dir": model}
        arguments = options(folders | {"failure": model / "failure"})
        assert train.main([*arguments, *(part for pair in own.items() for part in pair)]) == 0
        return model

    return run


@pytest.fixture(scope="session")
def model(prepared: Prepared, trainer: Trainer) -> Path:
    return trainer(prepared.path("train"))
