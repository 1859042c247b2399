"""Every difference of two JSON values, as operations that make the one of the other.

They are operations of RFC 6902 (https://www.rfc-editor.org/rfc/rfc6902), in the order in which they
apply, each with what was there before: nothing that differs can be missing, or base with all of
them applied would not be head.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from typing import Any


class Absent(Enum):
    """No value, which in JSON is something else than null."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


@dataclass(frozen=True)
class Difference:
    """One place where two values differ.

    Attributes:
        pointer: RFC 6901's pointer to it.
        before: In base; ABSENT if it was added.
        after: In head; ABSENT if it was removed.
    """

    pointer: str
    before: Any
    after: Any

    def as_operation(self) -> dict[str, Any]:
        """RFC 6902's operation, with `before` as an extra member, which RFC 6902 allows."""
        told: dict[str, Any] = {"path": self.pointer}
        if self.before is not ABSENT:
            told["before"] = self.before
        if self.after is ABSENT:
            return {"op": "remove", **told}
        return {"op": "add" if self.before is ABSENT else "replace", **told, "value": self.after}


def differences(base: Any, head: Any, pointer: str = "") -> Iterator[Difference]:
    """All differences, in the order of keys; within a list, its end first."""
    if isinstance(base, Mapping) and isinstance(head, Mapping):
        for key in sorted(base.keys() | head.keys()):
            place = f"{pointer}/{_escaped(key)}"
            yield from differences(base.get(key, ABSENT), head.get(key, ABSENT), place)
    elif isinstance(base, list) and isinstance(head, list):
        yield from _of_lists(base, head, pointer)
    elif not same(base, head):
        yield Difference(pointer, base, head)


def same(base: Any, head: Any) -> bool:
    """Whether two values would be written as the same JSON; true is not 1 there."""
    if base is ABSENT or head is ABSENT:
        return base is head
    return base is head or _written(base) == _written(head)


def matched(base: list[Any], head: list[Any]) -> list[tuple[str, int, int, int, int]]:
    """How one list becomes the other: difflib's opcodes over whole elements."""
    before, after = ([_written(element) for element in side] for side in (base, head))
    return list(SequenceMatcher(None, before, after, autojunk=False).get_opcodes())


def _of_lists(base: list[Any], head: list[Any], pointer: str) -> Iterator[Difference]:
    for change, start, end, new_start, new_end in reversed(matched(base, head)):
        if change == "equal":
            continue
        both = min(end - start, new_end - new_start)
        for index in reversed(range(start + both, end)):
            yield Difference(f"{pointer}/{index}", base[index], ABSENT)
        for element in reversed(head[new_start + both : new_end]):
            yield Difference(f"{pointer}/{start + both}", ABSENT, element)
        for index in reversed(range(both)):
            place = f"{pointer}/{start + index}"
            yield from differences(base[start + index], head[new_start + index], place)


def _written(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
