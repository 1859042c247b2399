"""Loan applications as delivered, to labelled ones in three tables: train, validation, test.

Each is described by what a lender knows before it decides. Which table one goes to depends on its
number alone, so that it stays there however many others are delivered with it.
"""

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from features import CATEGORY, FEATURES, LABEL, ROW_ID, USED, BadData
from preparing import Prepared, prepare
from raw import NUMBER, TEXT, Tables, read_raw

DELIVERED: Tables = {
    "applications": {
        ROW_ID: TEXT,
        LABEL: NUMBER,
        "black": TEXT, "hispan": TEXT, "male": TEXT,
        **{name: TEXT if kind == CATEGORY else NUMBER for name, kind in USED.items()},
    }
}  # fmt: skip
"""What is read of the CSV files; the columns are those of loanapp, and the application's number."""

MISSING_FROM: Mapping[str, float] = {"liq": 1_000_000, "lines": 999_999, "term": 999_999}
"""From where on a number of the data is a code for a missing one."""

SEED = "loanapp"
UNTIL: Mapping[str, float] = {"train": 0.5, "validation": 0.65, "test": 1.0}
"""Where each part ends. A third is held out: on it monitors are calibrated, small groups too."""


def main(argv: list[str] | None = None) -> int:
    """The processing job; its exit code."""
    return prepare(argv, __doc__, prepared)


def prepared(data: Path) -> Prepared:
    """Reads, labels, describes and splits."""
    raw = read_raw(data, DELIVERED)
    delivered = raw.tables["applications"]
    decided = labelled(delivered)
    coded = {name: decided[name] >= code for name, code in MISSING_FROM.items()}
    parts = split(described(decided.assign(**{n: decided[n].mask(coded[n]) for n in coded})))
    report = {
        "inputs": raw.files,
        "rows": {"applications": len(delivered)},
        "dropped_applications": {"not decided": len(delivered) - len(decided)},
        "coded_as_missing": {name: int(found.sum()) for name, found in coded.items()},
        "parts": {name: _described_part(part) for name, part in parts.items()},
    }
    return Prepared(parts, report)


def labelled(applications: pd.DataFrame) -> pd.DataFrame:
    """Those that were decided.

    Raises:
        BadData: If a decision is neither 1 nor 0, or an application has no number, or one that
            another has too.
    """
    numbers = applications[ROW_ID]
    if numbers.isna().any():
        raise BadData(f"{int(numbers.isna().sum())} applications have no number in {ROW_ID}")
    twice = numbers[numbers.duplicated()]
    if len(twice):
        raise BadData(
            f"application {twice.iloc[0]} was delivered more than once, and so were "
            f"{twice.nunique() - 1} others; a decision is learned from once"
        )
    decided = applications[applications[LABEL].notna()]
    foreign = decided[LABEL][~decided[LABEL].isin((0, 1))]
    if len(foreign):
        raise BadData(f"{LABEL} must be 1 or 0, or nothing if undecided, got {foreign.iloc[0]:g}")
    return decided.assign(**{LABEL: decided[LABEL].astype(int)})


def described(applications: pd.DataFrame) -> pd.DataFrame:
    """One row an application: number, decision and FEATURES, in the order of delivery."""
    black, hispanic = (applications[name] == "1" for name in ("black", "hispan"))
    known = applications["black"].notna() & applications["hispan"].notna()
    race = np.select([black, hispanic, known], ["black", "hispanic", "white"], "")
    sex = applications["male"].map({"1": "male", "0": "female"})
    return applications.assign(race=race, sex=sex)[[ROW_ID, LABEL, *FEATURES]]


def split(examples: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The parts of UNTIL; an application is in the same one whatever else is delivered.

    Raises:
        BadData: If a part has not both outcomes.
    """
    places = examples[ROW_ID].map(place)
    begins, parts = 0.0, {}
    for name, ends in UNTIL.items():
        parts[name] = examples[(places >= begins) & (places < ends)]
        begins = ends
    poor = [name for name, part in parts.items() if part[LABEL].nunique() < 2]
    if poor:
        raise BadData(
            f"{len(examples)} decided applications leave none, or only approved or only denied "
            f"ones, for {', '.join(poor)}; deliver more"
        )
    return parts


def place(application: str) -> float:
    """From 0 to 1, evenly spread over applications."""
    digest = hashlib.sha256(f"{SEED} {application}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32


def _described_part(part: pd.DataFrame) -> dict[str, object]:
    groups = {
        name: {str(value): int(n) for value, n in part[name].fillna("").value_counts().items()}
        for name in ("race", "sex")
    }
    share = round(float(part[LABEL].mean()), 4)
    return {"rows": len(part), "share_approved": share, "groups": groups}


if __name__ == "__main__":
    sys.exit(main())
