"""When a cron expression fires, in a time zone.

The six fields are read and the next match is found by aws-croniter, on the wall clock of the zone;
what that clock shows twice or never is settled here as AWS documents it.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from aws_croniter import AwsCroniter
from aws_croniter.exceptions import AwsCroniterExpressionError

from local_aws.core.errors import NotImplementedHere

# The weekdays of the calendar repeat after 28 years, or 40 across a year 2100 without leap day.
_SEARCHED_YEARS = 40


class Cron:
    """A cron expression of five or six fields in a time zone.

    Args:
        fields: `minutes hours day-of-month month day-of-week [year]`; the user guide calls the
            year optional.
        zone: Where the wall clock hangs.

    Raises:
        ValueError: The fields are no cron expression of AWS.
        NotImplementedHere: `LW`, which AWS's documentation does not show.
    """

    def __init__(self, fields: str, zone: ZoneInfo) -> None:
        parts = fields.split()
        if len(parts) == 5:
            parts.append("*")
        if len(parts) == 6 and parts[2].upper() == "LW":
            raise NotImplementedHere("cron: the local AWS does not implement LW")
        if len(parts) == 6 and parts[4].upper() == "L":
            parts[4] = "7"  # the last day of the week, which aws-croniter never finds
        try:
            self._cron = AwsCroniter(" ".join(parts))
        except AwsCroniterExpressionError as problem:
            raise ValueError(str(problem)) from problem
        self._zone = zone

    def at_or_after(self, moment: float) -> float | None:
        """The first time at or after a moment, in seconds since the epoch; None if there is none.

        A wall-clock time that the zone skips in spring is passed over; one that it shows twice in
        autumn counts the first time only
        (https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time).
        """
        wall: datetime | None = datetime.fromtimestamp(moment, self._zone).replace(tzinfo=None)
        wall = self._match(wall - timedelta(milliseconds=1)) if wall else None
        while wall is not None:
            found = wall.replace(tzinfo=self._zone, fold=0)
            shown = found.astimezone(UTC).astimezone(self._zone).replace(tzinfo=None)
            if shown == wall and found.timestamp() >= moment:
                return found.timestamp()
            wall = self._match(wall)
        return None

    def _match(self, after: datetime) -> datetime | None:
        """The next match on the wall clock.

        aws-croniter gives up after ten steps, so a rare match (the fifth Sunday of February) is
        looked for from the start of each year.
        """
        starts = [datetime(after.year + n, 1, 1) for n in range(1, _SEARCHED_YEARS + 1)]
        for start in (after, *(each - timedelta(milliseconds=1) for each in starts)):
            found = self._cron.occurrence(start.replace(tzinfo=UTC)).next()
            if found is not None:
                match: datetime = found.replace(tzinfo=None)
                return match
        return None
