"""The flights of 2013, as the benchmarks of monitors take them."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from bench.captures import record
from bench.scripts import load, unpacked
from pipeline_definitions.flight_delay import MODEL
from rehearsal.flights import Airline

STEPS = Path(__file__).resolve().parent.parent / "constructs/mlops_constructs/monitoring/steps"
FLIGHTS = unpacked(*MODEL.code)
WEEK, DAY = 168, 24

(columns,) = load(STEPS, "columns")


def flights(months: range) -> pd.DataFrame:
    """Rows as preprocessing makes them, with the time of the scheduled departure."""
    preprocess, raw = load(FLIGHTS, "preprocess", "raw")
    with tempfile.TemporaryDirectory() as folder:
        for key, body in Airline().delivery(months):
            path = Path(folder) / key
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(body)
        tables = raw.read_raw(Path(folder), preprocess.DELIVERED).tables
    arrived, _ = preprocess.labelled(tables["flights"])
    rows = preprocess.described(arrived, tables["weather"], tables["planes"])
    return rows.assign(time=rows["date"] + pd.to_timedelta(rows["sched_dep_minute"], unit="m"))


def schema_of_flights() -> Any:
    """In the words of schema.json."""
    (features,) = load(FLIGHTS, "features")
    return columns.Schema("time", features.FEATURES)


SCHEMA = schema_of_flights()


def write_capture(folder: Path, rows: pd.DataFrame, records: int) -> datetime:
    """Capture files of a week, one row a record; returns the window's end."""
    texts = rows[list(SCHEMA.features)].head(20_000).to_csv(index=False, header=False).splitlines()
    end = datetime(2013, 4, 8, tzinfo=UTC)
    per_hour = -(-records // WEEK)
    for hour in range(WEEK):
        moment = end - timedelta(hours=WEEK - hour)
        path = folder / f"{moment:%Y/%m/%d/%H}" / "capture.jsonl"
        path.parent.mkdir(parents=True)
        number = min(per_hour, records - hour * per_hour)
        with path.open("w") as file:
            for index in range(max(number, 0)):
                asked = texts[(hour * per_hour + index) % len(texts)]
                file.write(record(moment, "0", asked=asked, said="0.2"))
    return end
