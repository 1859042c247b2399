"""Requests on their way from MiniStack's router to the operations and back."""

import json
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from ministack import app
from ministack.core import router
from ministack.core.concurrency import run_reentrant

from local_aws.core import rest
from local_aws.core.errors import ApiError, NotImplementedHere
from local_aws.core.operations import dispatch, records

log = logging.getLogger("local_aws")
Response = tuple[int, dict[str, str], bytes]

# Services that MiniStack does not have.
_NEW = {
    "SageMaker": "sagemaker",
    "AnyScaleFrontendService": "application-autoscaling",
}
_REST_SERVICES = ("scheduler",)
_TARGETS = {**_NEW, "GraniteServiceVersion20100801": "cloudwatch"}
# CloudWatch's clients know its errors by the codes of its older protocol.
_QUERY_COMPATIBLE = {"cloudwatch": {"ValidationException": "ValidationError"}}
# Not AWS's: tells the tests which members of all inputs were read, and which kept.
_READS = "SageMaker.LocalAwsReads"
_JSON = {"content-type": "application/x-amz-json-1.1"}
_REST_JSON = {"content-type": "application/json"}


async def handle(
    method: str, path: str, headers: Mapping[str, str], body: bytes | str, query: object
) -> Response:
    """Answer one request; handlers run on threads, so that a slow one holds up nobody else."""
    content = body.encode() if isinstance(body, str) else body or b""
    response: Response = await run_reentrant(call, headers.get("x-amz-target", ""), content)
    return response


async def handle_rest(
    service: str,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes | str,
    query: rest.Query,
) -> Response:
    """Answer one request of a REST API, on a thread of its own."""
    content = body.encode() if isinstance(body, str) else body or b""
    response: Response = await run_reentrant(_call_rest, service, method, path, query, content)
    return response


def install() -> None:
    """Take the targets and signatures of the services that the local AWS brings."""
    for service in _REST_SERVICES:
        app.SERVICE_HANDLERS[service] = partial(handle_rest, service)
    for target, service in _NEW.items():
        router.SERVICE_PATTERNS[service] = {
            "target_prefixes": [f"{target}."],
            "host_patterns": [rf"^(runtime\.)?{service}\."],
            "credential_scope": service,
        }
        app.SERVICE_REGISTRY[service] = {"module": service}
        app.SERVICE_HANDLERS[service] = handle


def call(target: str, content: bytes) -> Response:
    """Answer a request of AWS's JSON protocol in this thread."""
    prefix, _, action = target.partition(".")
    if target == _READS:
        return 200, dict(_JSON), json.dumps(records()).encode()
    service = _TARGETS.get(prefix, prefix)
    try:
        output = dispatch(service, action, json.loads(content or b"{}"))
    except ApiError as error:
        return _refusal(error, _QUERY_COMPATIBLE.get(service))
    except Exception:
        log.exception("%s failed", target)
        raise
    return 200, dict(_JSON), json.dumps(output).encode()


def _call_rest(service: str, method: str, path: str, query: rest.Query, content: bytes) -> Response:
    try:
        action, members = rest.read(service, method, path, query, content)
        output = dispatch(service, action, members)
    except ApiError as error:
        # REST services write Message, as their error shapes have it.
        headers = {**_REST_JSON, "x-amzn-errortype": error.code}
        return error.status, headers, json.dumps({"Message": error.message}).encode()
    except Exception:
        log.exception("%s %s failed", method, path)
        raise
    return 200, dict(_REST_JSON), json.dumps(output).encode()


async def invoke(name: str, headers: Mapping[str, str], content: bytes) -> Response:
    """Answer a request to an endpoint."""
    from local_aws.hosting import runtime

    try:
        answer: Response = await runtime.invoke(name, headers, content)
    except ApiError as error:
        return _refusal(error)
    return answer


async def invoke_async(name: str, headers: Mapping[str, str], content: bytes) -> Response:
    """Answer a request to an endpoint that answers later."""
    from local_aws.hosting import runtime

    try:
        answer: Response = runtime.invoke_async(name, headers, content)
    except ApiError as error:
        return _refusal(error)
    return answer


def refuse_protocol(service: str, action: str) -> Response:
    """Refuse a request in another protocol than JSON."""
    return _refusal(
        NotImplementedHere(
            f"{service}:{action}: the local AWS speaks AWS's JSON protocol only; use boto3 or the"
            " aws command"
        )
    )


def _refusal(error: ApiError, codes: Mapping[str, str] | None = None) -> Response:
    code = (codes or {}).get(error.code, error.code)
    body: dict[str, Any] = {"__type": code, "message": error.message}
    return error.status, {**_JSON, "x-amzn-errortype": code}, json.dumps(body).encode()
