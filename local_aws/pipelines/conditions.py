"""The conditions of a Condition step."""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

# The operators of the published schema and the SDK, each with its members.
_SIDES = ("LeftValue", "RightValue")
COMPARISONS: Mapping[str, tuple[str, ...]] = {
    "Equals": _SIDES,
    "NotEquals": _SIDES,
    "GreaterThan": _SIDES,
    "GreaterThanOrEqualTo": _SIDES,
    "LessThan": _SIDES,
    "LessThanOrEqualTo": _SIDES,
    "In": ("QueryValue", "Values"),
    "NotIn": ("QueryValue", "Values"),
    "Not": ("Condition",),
    "Or": ("Conditions",),
}
_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}


class Incomparable(Exception):
    """Two values have no order."""


def conditions_in(conditions: Sequence[Any]) -> Iterator[Any]:
    """The conditions, and those inside them."""
    for condition in conditions:
        yield condition
        if isinstance(condition, Mapping):
            inner = condition.get("Conditions") or ()
            yield from conditions_in([*inner, *filter(None, [condition.get("Condition")])])


def all_hold(conditions: Sequence[Mapping[str, Any]], resolve: Callable[[Any], Any]) -> bool:
    """Whether every condition holds.

    Args:
        conditions: As a definition has them.
        resolve: Gives the value of a side, which may be a function call.

    Raises:
        Incomparable: An order is asked of values that have none.
    """
    return all(_holds(condition, resolve) for condition in conditions)


def _holds(condition: Mapping[str, Any], resolve: Callable[[Any], Any]) -> bool:
    kind = condition["Type"]
    if kind == "Or":
        return any(_holds(inner, resolve) for inner in condition["Conditions"])
    if kind == "Not":
        return not _holds(condition["Condition"], resolve)
    if kind in ("In", "NotIn"):
        values = [resolve(value) for value in condition["Values"]]
        found = any(_equal(resolve(condition["QueryValue"]), value) for value in values)
        return found is (kind == "In")
    left, right = resolve(condition["LeftValue"]), resolve(condition["RightValue"])
    if kind in ("Equals", "NotEquals"):
        return _equal(left, right) is (kind == "Equals")
    if not (_is_number(left) and _is_number(right)):
        raise Incomparable(f"{kind} compares numbers, got {left!r} and {right!r}")
    return _ORDERS[kind](left, right)


def _equal(left: Any, right: Any) -> bool:
    """JSON's equality: true is not 1, and "1" is not 1."""
    return bool(left == right) and isinstance(left, bool) is isinstance(right, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
