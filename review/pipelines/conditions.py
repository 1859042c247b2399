"""What a gate asks for, in words and as a limit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from review.numbers import as_number
from review.pipelines.definition import Definition, Step
from review.text import shown

_SIGNS: Final = {
    "Equals": "=",
    "GreaterThan": ">",
    "GreaterThanOrEqualTo": "≥",
    "LessThan": "<",
    "LessThanOrEqualTo": "≤",
}
_MIRRORED: Final = {">": "<", "≥": "≤", "<": ">", "≤": "≥", "=": "="}


@dataclass(frozen=True)
class Demand:
    """One thing that a gate asks for.

    Attributes:
        figure: What is judged.
        sign: `>`, `≥`, `<`, `≤` or `=`; empty for anything else.
        limit: What it is compared with; None if that is no number.
        words: All of it.
    """

    figure: str
    sign: str
    limit: float | None
    words: str

    def is_easier_than(self, other: "Demand") -> bool:
        """Whether more would pass, of the same figure."""
        if self.limit is None or other.limit is None or self.sign[:1] in ("", "="):
            return False
        upwards, was_upwards = (sign in (">", "≥") for sign in (self.sign, other.sign))
        if upwards != was_upwards:
            return False
        if self.limit == other.limit:
            return self.sign in ("≥", "≤") and other.sign in (">", "<")
        return (self.limit < other.limit) == upwards

    def is_stricter_than(self, other: "Demand") -> bool:
        """Whether fewer would pass, of the same figure."""
        return other.is_easier_than(self)


def demands(step: Step, definition: Definition) -> list[Demand]:
    """Everything that a condition step asks for; all of it must hold."""
    listed = step.content.get("Conditions")
    return [_demand(one, definition) for one in listed if isinstance(one, Mapping)] if isinstance(
        listed, list) else []  # fmt: skip


def words(found: list[Demand], besides: list[Demand] | None = None) -> str:
    """All demands in one line, but for those that another gate makes too."""
    others = {demand.words for demand in besides or ()}
    return " and ".join(demand.words for demand in found if demand.words not in others)


def _demand(condition: Mapping[str, Any], definition: Definition) -> Demand:
    sign = _SIGNS.get(str(condition.get("Type")))
    if sign is None:
        text = " ".join(_words(condition, definition))
        return Demand(text, "", None, text)
    left, right = condition.get("LeftValue"), condition.get("RightValue")
    limit = as_number(definition.resolved(right))
    told = f"{_value(left, definition)} {sign} {_value(right, definition)}"
    if limit is None and as_number(definition.resolved(left)) is not None:
        mirrored = _MIRRORED[sign]
        return Demand(_figure(right), mirrored, as_number(definition.resolved(left)), told)
    return Demand(_figure(left), sign, limit, told)


def _words(condition: Mapping[str, Any], definition: Definition) -> Iterator[str]:
    kind = str(condition.get("Type"))
    if kind in _SIGNS:
        yield _demand(condition, definition).words
    elif kind == "Or":
        inner = [" ".join(_words(one, definition)) for one in condition.get("Conditions") or ()]
        yield f"({' or '.join(inner)})"
    elif kind == "Not":
        yield f"not ({' '.join(_words(condition.get('Expression') or {}, definition))})"
    elif kind == "In":
        options = ", ".join(_value(one, definition) for one in condition.get("Values") or ())
        yield f"{_value(condition.get('QueryValue'), definition)} in ({options})"
    else:
        yield shown(condition)


def _figure(value: Any) -> str:
    if isinstance(value, Mapping) and "Std:JsonGet" in value:
        return str(value["Std:JsonGet"].get("Path", shown(value)))
    return shown(value).removeprefix("Parameters.")


def _value(value: Any, definition: Definition) -> str:
    told, resolved = _figure(value), definition.resolved(value)
    return told if resolved is value else f"{told} ({shown(resolved)})"
