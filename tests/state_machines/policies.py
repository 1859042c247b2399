"""What a policy's text allows, read as IAM reads it.

Identity policies only; a request is an action, an ARN and the condition keys it brings along. An
operator or element that is not known here is an error, so that nothing passes unread.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from tests.state_machines.templates import as_list, flat

Context = Mapping[str, str | list[str]]


def allows(statements: Iterable[Mapping[str, Any]], action: str, arn: str, **given: Any) -> bool:
    """Whether the statements together allow the request; a Deny wins.

    Args:
        statements: As in a template; what the cloud fills in stands for anything.
        action: Such as ``kms:Decrypt``.
        arn: Of what it is done to.
        given: ``context``, the request's condition keys.
    """
    context: Context = given.get("context", {})
    effects = [s["Effect"] for s in statements if _applies(s, action, arn, context)]
    return "Allow" in effects and "Deny" not in effects


def _applies(statement: Mapping[str, Any], action: str, arn: str, context: Context) -> bool:
    unknown = statement.keys() - {"Sid", "Effect", "Action", "Resource", "Condition"}
    assert not unknown, unknown
    return (
        any(fnmatchcase(action, pattern) for pattern in as_list(statement["Action"]))
        and any(fnmatchcase(arn, flat(pattern)) for pattern in as_list(statement["Resource"]))
        and all(
            _holds(operator, key, [flat(value) for value in as_list(wanted)], context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _holds(operator: str, key: str, wanted: list[str], context: Context) -> bool:
    if operator == "Null":
        return (key not in context) == (wanted == ["true"])
    name = operator.removeprefix("ForAnyValue:")
    values = as_list(context.get(key, []))
    assert name != operator or len(values) <= 1, f"{key} has several values"
    return any(_COMPARE[name](value, pattern) for value in values for pattern in wanted)


def _same(value: str, pattern: str) -> bool:
    # A star in the pattern is what the cloud fills in.
    return fnmatchcase(value, pattern)


_COMPARE: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": _same,
    "StringLike": fnmatchcase,
    "Bool": _same,
    "ArnLike": fnmatchcase,
}
