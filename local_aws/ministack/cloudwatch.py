"""CloudWatch's requests, which go to the operations of the local AWS.

MiniStack keeps metrics and dashboards and answers what reads them.
"""

import re
from collections.abc import Mapping
from typing import Any

from ministack import app
from ministack.services import cloudwatch

from local_aws.ministack import http, metrics

_SERVICE = "cloudwatch"
_OF_MINISTACK = (
    *("GetDashboard", "ListDashboards"),
    *("GetMetricData", "GetMetricStatistics", "ListMetrics"),
)
# MiniStack walks through all metrics on the event loop, so they are added to there.
_ON_THE_LOOP = "PutMetricData"
_handle_request = cloudwatch.handle_request


def install(listener: metrics.Listener) -> None:
    """Route the requests, and tell a listener of the metrics that MiniStack's services put."""
    app.SERVICE_HANDLERS["monitoring"] = handle
    metrics.install(listener)


async def handle(
    method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
) -> http.Response:
    """Answer one request.

    Clients of AWS's JSON protocol are served (boto3 and the `aws` command are such); the others
    are told that they are not, as MiniStack would answer them past the alarms.
    """
    target = headers.get("x-amz-target", "")
    action = target.partition(".")[2] or _action(path, body, query)
    if action in _OF_MINISTACK:
        answer: http.Response = await _handle_request(method, path, headers, body, query)
        return answer
    if not target:
        return http.refuse_protocol(_SERVICE, action)
    if action == _ON_THE_LOOP:
        return http.call(target, body)
    return await http.handle(method, path, headers, body, query)


def _action(path: str, body: bytes, query: Mapping[str, Any]) -> str:
    """The operation's name in the older and the newest protocol of CloudWatch."""
    if newest := re.search(r"/operation/([^/?]+)", path):
        return newest[1]
    if older := re.search(rb"(?:^|&)Action=([A-Za-z]+)", body or b""):
        return older[1].decode()
    given = query.get("Action", "")
    return str(given[0] if isinstance(given, list) else given)
