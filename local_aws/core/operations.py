"""The operations that the local AWS implements, and the one way to call any of them.

HTTP requests, CloudFormation resources, Step Functions' SDK integrations and pipeline steps all
end in `dispatch`, so an input is judged the same wherever it comes from.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from local_aws.core import api, members, validation
from local_aws.core.errors import NotImplementedHere, UnknownOperationException
from local_aws.core.request import Kept, Record, Request, RequestList
from local_aws.core.tags import TAGS

Handler = Callable[[Request], Any]
_handlers: dict[tuple[str, str], Handler] = {}
_records: defaultdict[tuple[str, str], Record] = defaultdict(Record)


def operation(service: str, action: str) -> Callable[[Handler], Handler]:
    """Declare a function the handler of an operation.

    ::

        @operation("sagemaker", "DescribeModel")
        def describe_model(request: Request) -> dict[str, Any]: ...

    The handler gets an input that is valid by botocore's model and holds only members that the
    package's `supported.toml` or `ignored.toml` names. It returns the output as the API has it;
    times are seconds since the epoch, members that are None are left out. A handler that waits on
    the event loop is a coroutine function, and called by `dispatch_waiting`.

    Args:
        service: botocore's service name, e.g. `sagemaker`, `application-autoscaling`.
        action: The operation's name, e.g. `CreateModel`.

    Raises:
        ValueError: AWS has no such operation, or it has a handler already.
    """
    if not api.exists(service, action):
        raise ValueError(f"{service} has no operation {action!r}")

    def declare(handler: Handler) -> Handler:
        if (service, action) in _handlers:
            raise ValueError(f"{service}:{action} has two handlers; keep one")
        _handlers[service, action] = handler
        return handler

    return declare


def implemented() -> list[tuple[str, str]]:
    """All operations that have a handler, as (service, action)."""
    return sorted(_handlers)


def dispatch(service: str, action: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Call an operation in the account and region of the current request.

    Args:
        service: botocore's service name.
        action: The operation's name.
        params: The input as plain JSON; times are seconds since the epoch or ISO 8601.

    Raises:
        ApiError: As AWS would answer; `NotImplementedHere` where AWS would do it and this
            emulator does not.
    """
    return _call(service, action, _admitted(service, action, params))


async def dispatch_waiting(service: str, action: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """As `dispatch`, for an operation whose handler waits on the event loop."""
    output: dict[str, Any] = _plain(
        await _handlers[service, action](_admitted(service, action, params))
    )
    return output


def _admitted(service: str, action: str, params: Mapping[str, Any]) -> Request:
    if not api.exists(service, action):
        raise UnknownOperationException(f"{service} has no operation {action}")
    if (service, action) not in _handlers:
        raise NotImplementedHere(f"{service}:{action} is not implemented by the local AWS")
    shape = api.input_shape(service, action)
    validation.validate(params, shape)
    members.refuse_unsupported(service, action, params, shape)
    return Request(params, shape, record=_records[service, action])


def records() -> dict[str, dict[str, list[str]]]:
    """The member paths that were read and kept of all inputs so far, by `service:action`."""
    return {
        ":".join(key): {"read": sorted(record.read), "kept": sorted(record.kept)}
        for key, record in sorted(_records.items())
    }


def _call(service: str, action: str, request: Request) -> dict[str, Any]:
    """Call the handler.

    The Tags of whatever an operation creates go to the ARN that it answers, so that no handler
    has to keep tags.
    """
    tags = request.keep("Tags").get("Tags", ()) if action.startswith("Create") else ()
    output: dict[str, Any] = _plain(_handlers[service, action](request))
    if action.startswith("Create"):
        for arn in (value for name, value in output.items() if name.endswith("Arn")):
            TAGS.put(arn, tags)
    return output


def _plain(value: Any) -> Any:
    """The value without wrappers and without members that are None."""
    if isinstance(value, Mapping):
        members = {name: _plain(item) for name, item in value.items() if item is not None}
        return value.having(members) if isinstance(value, Kept) else members
    if isinstance(value, (list, tuple, RequestList)):
        return [_plain(item) for item in value]
    return value
