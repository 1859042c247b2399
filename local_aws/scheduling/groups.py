"""Schedule groups; the group `default` is there from the beginning and stays."""

from dataclasses import dataclass, field
from typing import Any

from local_aws.clock import clock
from local_aws.core.errors import ValidationException
from local_aws.core.operations import operation
from local_aws.core.paging import page
from local_aws.core.request import Request
from local_aws.core.store import Table, arn
from local_aws.core.tags import TAGS
from local_aws.scheduling import firing
from local_aws.scheduling.errors import ConflictException, ResourceNotFoundException
from local_aws.scheduling.schedule import DEFAULT_GROUP, SCHEDULES

SERVICE = "scheduler"
# MaxResults: "If specified, limits the number of results returned by this operation" (botocore);
# it may be 100 at most.
PAGE_SIZE = 100


@dataclass(kw_only=True)
class Group:
    """A schedule group."""

    name: str
    arn: str
    created: float = field(default_factory=clock.now)

    def described(self) -> dict[str, Any]:
        """What GetScheduleGroup and ListScheduleGroups answer."""
        return {
            "Arn": self.arn,
            "Name": self.name,
            "State": "ACTIVE",
            "CreationDate": self.created,
            "LastModificationDate": self.created,
        }


_GROUPS: Table[Group] = Table()


def find_group(name: str) -> Group:
    """The group of that name.

    Raises:
        ResourceNotFoundException: There is none.
    """
    found = _groups().get(name)
    if found is None:
        raise ResourceNotFoundException(f"Schedule group {name} does not exist.")
    return found


@operation(SERVICE, "CreateScheduleGroup")
def create_schedule_group(request: Request) -> dict[str, Any]:
    """Make a group; core keeps its tags.

    Raises:
        ConflictException: There is one of this name.
    """
    name = request["Name"]
    _refuse_default(name)
    made = Group(name=name, arn=arn("schedule-group", name, service=SERVICE))
    with _GROUPS.lock:
        if name in _GROUPS:
            raise ConflictException(f"Schedule group {name} already exists.")
        _GROUPS.put(name, made)
    return {"ScheduleGroupArn": made.arn}


@operation(SERVICE, "GetScheduleGroup")
def get_schedule_group(request: Request) -> dict[str, Any]:
    """One group."""
    return find_group(request["Name"]).described()


@operation(SERVICE, "ListScheduleGroups")
def list_schedule_groups(request: Request) -> dict[str, Any]:
    """The groups whose name starts with NamePrefix, by name."""
    prefix = request.get("NamePrefix", "")
    found = [each.described() for each in _groups().values() if each.name.startswith(prefix)]
    found.sort(key=lambda each: str(each["Name"]))
    return page(found, request, "ScheduleGroups", default=PAGE_SIZE)


@operation(SERVICE, "DeleteScheduleGroup")
def delete_schedule_group(request: Request) -> dict[str, Any]:
    """Delete a group and all schedules in it, at once."""
    name = request["Name"]
    _refuse_default(name)
    found = find_group(name)
    for each in SCHEDULES.values():
        if each.group == name:
            firing.remove(each)
    _GROUPS.remove(name)
    TAGS.forget(found.arn)
    return {}


def _groups() -> Table[Group]:
    with _GROUPS.lock:
        if DEFAULT_GROUP not in _GROUPS:
            made = Group(
                name=DEFAULT_GROUP, arn=arn("schedule-group", DEFAULT_GROUP, service=SERVICE)
            )
            _GROUPS.put(DEFAULT_GROUP, made)
            TAGS.put(made.arn, ())
    return _GROUPS


def _refuse_default(name: str) -> None:
    if name == DEFAULT_GROUP:
        raise ValidationException(f"This operation cannot be performed on schedule group {name}.")
