"""The rules of composite alarms: parsed by MiniStack, evaluated here.

MiniStack's parser gives a tree of tuples, each led by its kind.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import cloudwatch

StateOf = Callable[[str], str | None]
"""The state of the alarm that a rule names; None if there is none."""


def parse(rule: str) -> Any:
    """The tree of a rule.

    Raises:
        ValueError: It is none, in AWS's words.
    """
    return cloudwatch._parse_alarm_rule(rule)


def references(tree: Any) -> list[str]:
    """The names and ARNs in a rule, in its order."""
    found: list[str] = cloudwatch._rule_refs(tree)
    return found


def holds(tree: Any, state_of: StateOf) -> bool:
    """Whether the rule is true for the present states."""
    match tree:
        case ("const", bool() as value):
            return value
        case ("state", state, name):
            return bool(state_of(name) == state)
        case ("not", inner):
            return not holds(inner, state_of)
        case ("and", *parts):
            return all(holds(part, state_of) for part in parts)
        case ("or", *parts):
            return any(holds(part, state_of) for part in parts)
        case ("at_least", count, percent, negated, state, names):
            hits = sum((state_of(name) == state) != negated for name in names)
            return bool(hits * 100 >= count * len(names) if percent else hits >= count)
    raise AssertionError(f"MiniStack parsed what nobody evaluates: {tree!r}")
