"""What travellers ask before take-off, as a booking site puts it together from what it knows then.

One row for each flight: its schedule, the weather at its airport in the scheduled hour, its plane.
"""

import csv
import datetime
import io
from dataclasses import dataclass
from functools import cache

from rehearsal.flights import Airline

WEATHER = (
    "temp", "dewp", "humid", "wind_dir", "wind_speed", "wind_gust", "precip", "pressure", "visib",
)  # fmt: skip
LATE_MINUTES = 15


@dataclass(frozen=True)
class Question:
    """One flight: what is asked, and what came true (None for a flight that never arrived)."""

    features: dict[str, str]
    late: bool | None


@cache
def by_day(airline: Airline, month: int) -> list[list[Question]]:
    """The flights of each day of a month of 2013, in the order of their departure."""
    delivered = airline.delivery(range(month, month + 1))
    tables = {key.partition("/")[0]: _rows(body) for key, body in delivered}
    weather = {(row["origin"], row["time_hour"]): row for row in tables["weather"]}
    planes = {row["tailnum"]: row for row in tables["planes"]}
    flights = sorted(tables["flights"], key=lambda row: (row["time_hour"], int(row["minute"])))
    days: dict[int, list[Question]] = {}
    for row in flights:
        days.setdefault(int(row["day"]), []).append(_question(row, weather, planes))
    return [days[day] for day in sorted(days)]


def _rows(body: bytes) -> list[dict[str, str]]:
    rows = csv.DictReader(io.StringIO(body.decode()))
    return [{name: "" if value == "NA" else value for name, value in r.items()} for r in rows]


def _question(
    flight: dict[str, str],
    weather: dict[tuple[str, str], dict[str, str]],
    planes: dict[str, dict[str, str]],
) -> Question:
    day = datetime.date(int(flight["year"]), int(flight["month"]), int(flight["day"]))
    sky = weather.get((flight["origin"], flight["time_hour"]), {})
    plane = planes.get(flight["tailnum"], {})
    features = {
        "carrier": flight["carrier"],
        "origin": flight["origin"],
        "dest": flight["dest"],
        "sched_dep_minute": str(_minutes(flight["sched_dep_time"])),
        "sched_arr_minute": str(_minutes(flight["sched_arr_time"])),
        "day_of_week": str(day.isoweekday()),
        "distance": flight["distance"],
        **{name: sky.get(name, "") for name in WEATHER},
        "plane_year": plane.get("year", ""),
        "plane_seats": plane.get("seats", ""),
    }
    delay = flight["arr_delay"]
    return Question(features, late=int(delay) > LATE_MINUTES if delay else None)


def _minutes(clock: str) -> int:
    """Minutes after midnight of a time such as 1845."""
    return int(clock) // 100 * 60 + int(clock) % 100
