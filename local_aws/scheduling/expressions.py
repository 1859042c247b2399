"""The three kinds of schedule expression, and when each fires.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import math
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol
from zoneinfo import ZoneInfo, available_timezones

from local_aws.core.errors import ValidationException
from local_aws.scheduling.cron import Cron

_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
_CRON = re.compile(r"cron\(([^()]+)\)")


class Expression(Protocol):
    """When a schedule fires."""

    @property
    def recurring(self) -> bool:
        """Whether it may fire more than once."""
        ...

    def at_or_after(self, moment: float, base: float) -> float | None:
        """The first time at or after a moment; None if there is none.

        Args:
            moment: Seconds since the epoch.
            base: Where a rate begins to count: it fires then, and once an interval later on.
        """
        ...


@dataclass(frozen=True)
class Once:
    """`at(2022-11-20T13:00:00)`: one time, on the wall clock of the schedule's zone."""

    time: float
    recurring: bool = False

    def at_or_after(self, moment: float, base: float) -> float | None:
        """The time, unless it is before the moment."""
        return self.time if self.time >= moment else None


@dataclass(frozen=True)
class Rate:
    """`rate(5 minutes)`; a day is 24 hours on the clock, whatever the zone does."""

    seconds: int
    recurring: bool = True

    def at_or_after(self, moment: float, base: float) -> float | None:
        """The base, or the first whole number of intervals after it."""
        return base + max(0, math.ceil((moment - base) / self.seconds)) * self.seconds


@dataclass(frozen=True)
class Recurrence:
    """`cron(15 10 ? * 6L 2022-2023)`."""

    cron: Cron
    recurring: bool = True

    def at_or_after(self, moment: float, base: float) -> float | None:
        """The cron expression's next match."""
        return self.cron.at_or_after(moment)


def parse(text: str, zone_name: str) -> Expression:
    """The expression of a schedule in its time zone.

    Raises:
        ValidationException: The text is no schedule expression, or the IANA database has no such
            time zone.
    """
    if zone_name not in _zones():
        raise ValidationException(f"Invalid Schedule Expression Timezone {zone_name}.")
    zone = ZoneInfo(zone_name)
    try:
        if (found := _RATE.fullmatch(text)) and int(found[1]):
            return Rate(int(found[1]) * _UNITS[found[2]])
        if found := _AT.fullmatch(text):
            return Once(datetime.fromisoformat(found[1]).replace(tzinfo=zone).timestamp())
        if found := _CRON.fullmatch(text):
            return Recurrence(Cron(found[1], zone))
    except ValueError:
        pass
    raise ValidationException(f"Invalid Schedule Expression {text}.")


@cache
def _zones() -> set[str]:
    return available_timezones()
