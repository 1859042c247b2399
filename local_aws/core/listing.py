"""Filters and order, which all List* operations share."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from local_aws.core.request import Request

T = TypeVar("T")
_TIMES = {
    "CreationTimeAfter": ("CreationTime", lambda at, bound: at > bound),
    "CreationTimeBefore": ("CreationTime", lambda at, bound: at < bound),
    "LastModifiedTimeAfter": ("LastModifiedTime", lambda at, bound: at > bound),
    "LastModifiedTimeBefore": ("LastModifiedTime", lambda at, bound: at < bound),
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
    found = [summary for summary in summaries if _wanted(summary, request, name, status)]
    key = request.get("SortBy", default_sort)
    member = {"Name": name, "Status": status or name}.get(key, key)
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


def _wanted(summary: dict[str, Any], request: Request, name: str, status: str | None) -> bool:
    part = request.get("NameContains")
    if part is not None and part.lower() not in str(summary[name]).lower():
        return False
    wanted = request.get("StatusEquals") if status else None
    if wanted is not None and summary[str(status)] != wanted:
        return False
    return all(_in_time(summary, request.get(bound), *_TIMES[bound]) for bound in _TIMES)


def _in_time(
    summary: dict[str, Any],
    bound: float | str | datetime | None,
    member: str,
    compare: Callable[[float, float], bool],
) -> bool:
    return bound is None or compare(summary[member], seconds(bound))
