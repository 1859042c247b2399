"""Filters and order, which all List* operations share."""

import operator
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from local_aws.core.request import Request

Condition = Callable[[dict[str, Any]], bool]
_TIMES: dict[str, tuple[str, Callable[[float, float], bool]]] = {
    "CreationTimeAfter": ("CreationTime", operator.gt),
    "CreationTimeBefore": ("CreationTime", operator.lt),
    "LastModifiedTimeAfter": ("LastModifiedTime", operator.gt),
    "LastModifiedTimeBefore": ("LastModifiedTime", operator.lt),
}


def select(
    request: Request,
    summaries: Iterable[dict[str, Any]],
    *,
    name: str,
    status: str | None = None,
    default_sort: str = "CreationTime",
    default_order: str = "Descending",
) -> list[dict[str, Any]]:
    """The summaries that a List* input asks for, in its order.

    Reads NameContains, StatusEquals (if `status` is given), the CreationTime* and
    LastModifiedTime* bounds, SortBy and SortOrder.

    Args:
        request: The List* input.
        summaries: All there are.
        name: The summaries' member that NameContains and SortBy=Name look at.
        status: The summaries' member that StatusEquals looks at.
        default_sort: What SortBy is when the input has none, as the operation documents it.
        default_order: The same for SortOrder; AWS's operations differ.
    """
    conditions = list(_conditions(request, name, status))
    found = [each for each in summaries if all(condition(each) for condition in conditions)]
    key = request.get("SortBy", default_sort)
    member = {"Name": name, "Status": status or key}.get(key, key)
    found.sort(
        key=lambda summary: summary[member],
        reverse=request.get("SortOrder", default_order) == "Descending",
    )
    return found


def seconds(moment: float | str | datetime) -> float:
    """A timestamp of an input as seconds since the epoch; JSON has it as a number or ISO 8601."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment.replace("Z", "+00:00"))
    return moment.timestamp() if isinstance(moment, datetime) else float(moment)


def _conditions(request: Request, name: str, status: str | None) -> Iterator[Condition]:
    part = request.get("NameContains")
    if part is not None:
        yield lambda each: part.lower() in str(each[name]).lower()
    if status is not None and (wanted := request.get("StatusEquals")) is not None:
        yield lambda each: each[status] == wanted
    for bound in _TIMES:
        if (moment := request.get(bound)) is not None:
            yield partial(_in_time, *_TIMES[bound], seconds(moment))


def _in_time(
    member: str,
    compare: Callable[[float, float], bool],
    bound: float,
    summary: dict[str, Any],
) -> bool:
    return compare(summary[member], bound)
