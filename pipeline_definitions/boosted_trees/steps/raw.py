"""Raw files as they were delivered: tables, each a folder of CSV files with a header."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from features import BadData

TEXT, NUMBER = "text", "number"

Tables = Mapping[str, Mapping[str, str]]
"""Table to column to TEXT or NUMBER."""


@dataclass(frozen=True)
class RawData:
    """The tables by name, and the SHA-256 of each file they came from."""

    tables: dict[str, pd.DataFrame]
    files: dict[str, str]


def read_raw(folder: Path, expected: Tables) -> RawData:
    """Reads `<table>/*.csv` below `folder` for each of the tables; what else is there is not read.

    Raises:
        BadData: With all that is wrong, in one sentence: a table without files, a file without
            rows or without a column, a column of numbers that holds something else.
    """
    problems: list[str] = []
    tables: dict[str, pd.DataFrame] = {}
    files: dict[str, str] = {}
    for name, columns in expected.items():
        frames = {f"{name}/{p.name}": _read(p) for p in sorted((folder / name).glob("*.csv"))}
        files |= {path: _sha256(folder / path) for path in frames}
        for path, frame in frames.items():
            problems += _problems(path, frame, columns)
            problems += _numbers(path, frame, columns)
        if frames:
            tables[name] = pd.concat(frames.values(), ignore_index=True)
        else:
            problems.append(f"{name}/ holds no CSV file")
    if problems:
        raise BadData("; ".join(problems))
    return RawData({name: table[[*expected[name]]] for name, table in tables.items()}, files)


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str) if path.stat().st_size else pd.DataFrame()


def _problems(path: str, frame: pd.DataFrame, columns: Mapping[str, str]) -> Iterator[str]:
    if frame.empty:
        yield f"{path} holds no rows"
    if not len(frame.columns):
        return
    missing = [name for name in columns if name not in frame]
    if missing:
        yield f"{path} lacks the columns {', '.join(missing)}"


def _numbers(path: str, frame: pd.DataFrame, columns: Mapping[str, str]) -> Iterator[str]:
    """Turn the columns of numbers into such, and say what is none."""
    for name in [name for name, kind in columns.items() if kind == NUMBER and name in frame]:
        numbers = pd.to_numeric(frame[name], errors="coerce")
        unreadable = frame[name][numbers.isna()].dropna()
        frame[name] = numbers
        if len(unreadable):
            yield (
                f"{path} holds {unreadable.iloc[0]!r} in its column of numbers {name}, "
                f"and {len(unreadable) - 1} more such values"
            )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
