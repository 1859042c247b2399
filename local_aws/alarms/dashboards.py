"""PutDashboard's look at the body; MiniStack keeps dashboards.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

import json
from collections.abc import Iterator
from typing import Any

from local_aws.core.errors import ApiError
from local_aws.core.operations import operation
from local_aws.core.request import Request
from local_aws.core.tags import TAGS
from local_aws.ministack import dashboards

_NEEDS_ONE_OF = {
    "alarm": ("alarms",),
    "custom": ("endpoint",),
    "explorer": ("metrics",),
    "log": ("query",),
    "metric": ("metrics", "annotations"),
    "text": ("markdown",),
}
_SIDES = {"x": (0, 23), "y": (0, None), "width": (1, 24), "height": (1, 1000)}


class DashboardInvalidInput(ApiError):
    """The body is no dashboard."""

    default_code = "InvalidParameterInput"


@operation("cloudwatch", "PutDashboard")
def put_dashboard(request: Request) -> dict[str, Any]:
    """Keep a dashboard whose body is JSON with widgets."""
    name, body, tags = request["DashboardName"], request["DashboardBody"], request.keep("Tags")
    if problems := list(_problems(body)):
        raise DashboardInvalidInput(
            "The field DashboardBody must be a valid JSON object: " + "; ".join(problems)
        )
    is_new = not dashboards.exists(name)
    arn = dashboards.put(name, body)
    if is_new:
        TAGS.put(arn, tags.get("Tags", ()))
    return {"DashboardValidationMessages": []}


def _problems(body: str) -> Iterator[str]:
    try:
        content = json.loads(body)
    except ValueError as error:
        yield str(error)
        return
    widgets = content.get("widgets") if isinstance(content, dict) else None
    if not isinstance(widgets, list):
        yield "/widgets should be an array"
        return
    for number, widget in enumerate(widgets):
        yield from _problems_of_widget(widget, f"/widgets/{number}")


def _problems_of_widget(widget: Any, path: str) -> Iterator[str]:
    if not isinstance(widget, dict):
        yield f"{path} should be an object"
        return
    kind, properties = widget.get("type"), widget.get("properties")
    if kind not in _NEEDS_ONE_OF:
        yield f"{path}/type should be one of {', '.join(_NEEDS_ONE_OF)}, got {kind}"
    elif not isinstance(properties, dict):
        yield f"{path}/properties should be an object"
    elif not properties.keys() & set(_NEEDS_ONE_OF[kind]):
        yield f"{path}/properties should have {' or '.join(_NEEDS_ONE_OF[kind])}"
    for side, (least, most) in _SIDES.items():
        value = widget.get(side, least)
        if not isinstance(value, int) or value < least or (most is not None and value > most):
            allowed = f"{least} or more" if most is None else f"{least} to {most}"
            yield f"{path}/{side} should be {allowed}, got {value}"


@operation("cloudwatch", "DeleteDashboards")
def delete_dashboards(request: Request) -> dict[str, Any]:
    """Delete dashboards, or none if one of them does not exist."""
    names = list(request["DashboardNames"])
    if missing := [name for name in names if not dashboards.exists(name)]:
        raise ApiError(
            f"Dashboard {', '.join(missing)} does not exist", code="ResourceNotFound", status=404
        )
    for name in names:
        TAGS.forget(dashboards.arn(name))
        dashboards.remove(name)
    return {}
