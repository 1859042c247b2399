"""A schedule, and the table of all."""

from dataclasses import dataclass
from typing import Any

from local_aws.clock import Timer
from local_aws.core.store import Table
from local_aws.scheduling.errors import ResourceNotFoundException
from local_aws.scheduling.expressions import Expression

DEFAULT_GROUP = "default"


@dataclass(kw_only=True)
class Schedule:
    """A schedule as one call of CreateSchedule or UpdateSchedule left it.

    Attributes:
        name: Its name, which is unique in its group.
        group: The group's name.
        arn: `arn:aws:scheduler:<region>:<account>:schedule/<group>/<name>`.
        members: The input with its defaults, as GetSchedule shows it; dates in seconds since the
            epoch.
        expression: What ScheduleExpression says in its time zone.
        created: When it was created.
        modified: When it was created or last updated; a rate without StartDate counts from here.
        fired: The last time that it was due to fire, None before the first.
        timer: Waits for its next time, None when there is none; set under the table's lock.
    """

    name: str
    group: str
    arn: str
    members: dict[str, Any]
    expression: Expression
    created: float
    modified: float
    fired: float | None = None
    timer: Timer | None = None

    @property
    def key(self) -> str:
        """Its key in the table."""
        return key_of(self.group, self.name)

    @property
    def target(self) -> dict[str, Any]:
        """The target, with the retry policy filled in."""
        found: dict[str, Any] = self.members["Target"]
        return found

    def described(self) -> dict[str, Any]:
        """What GetSchedule answers."""
        return {
            **self.members,
            "Arn": self.arn,
            "CreationDate": self.created,
            "LastModificationDate": self.modified,
        }


SCHEDULES: Table[Schedule] = Table()


def key_of(group: str, name: str) -> str:
    """The key of a schedule in the table."""
    return f"{group}/{name}"


def find_schedule(group: str, name: str) -> Schedule:
    """The schedule of that name in the group.

    Raises:
        ResourceNotFoundException: There is none.
    """
    found = SCHEDULES.get(key_of(group, name))
    if found is None:
        raise ResourceNotFoundException(f"Schedule {name} does not exist.")
    return found
