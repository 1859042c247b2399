"""The same differences as a person reads them: with intrinsic functions and documents read."""

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from review.differences import ABSENT, matched, same
from review.text import document, is_intrinsic, shown, template_text

_SHORT = 160


@dataclass(frozen=True)
class Reading:
    """One place that differs, in words.

    Attributes:
        path: Dotted, such as `Properties.ProductionVariants[0].InstanceType`; ` » ` enters a
            document inside a text.
        before: None if it was added.
        after: None if it was removed.
        text: A unified diff instead of both, where long texts differ.
    """

    path: str
    before: str | None = None
    after: str | None = None
    text: str = ""


def readings(base: Any, head: Any, path: str = "") -> Iterator[Reading]:
    """Everything that differs."""
    if same(base, head):
        return
    found = list(_inside(base, head, path))
    yield from found or _whole(base, head, path)


def _inside(base: Any, head: Any, path: str) -> Iterator[Reading]:
    if base is ABSENT or head is ABSENT:
        return
    if _substitutions(base, head):
        (text, variables), (new_text, new_variables) = base["Fn::Sub"], head["Fn::Sub"]
        yield from readings(text, new_text, path)
        yield from readings(variables, new_variables, path)
        return
    documents = document(base), document(head)
    if None not in documents:
        # A text that differs only in its white space gives nothing here, and is shown whole.
        yield from readings(*documents, f"{path} » ")
    elif isinstance(base, Mapping) and isinstance(head, Mapping):
        if not (is_intrinsic(base) or is_intrinsic(head)):
            yield from _of_mappings(base, head, path)
    elif isinstance(base, list) and isinstance(head, list):
        yield from _of_lists(base, head, path)


def _substitutions(base: Any, head: Any) -> bool:
    return all(
        is_intrinsic(side) and isinstance(side.get("Fn::Sub"), list) and len(side["Fn::Sub"]) == 2
        for side in (base, head)
    )


def _of_mappings(base: Mapping[str, Any], head: Mapping[str, Any], path: str) -> Iterator[Reading]:
    for key in sorted(base.keys() | head.keys()):
        place = f"{path}.{key}" if path and not path.endswith("» ") else f"{path}{key}"
        yield from readings(base.get(key, ABSENT), head.get(key, ABSENT), place)


def _of_lists(base: list[Any], head: list[Any], path: str) -> Iterator[Reading]:
    for change, start, end, new_start, new_end in matched(base, head):
        if change == "equal":
            continue
        both = min(end - start, new_end - new_start)
        for index in range(both):
            one, other = base[start + index], head[new_start + index]
            yield from readings(one, other, f"{path}[{_place(base, start + index)}]")
        for index in range(start + both, end):
            yield from _whole(base[index], ABSENT, f"{path}[{_place(base, index)}]")
        for index in range(new_start + both, new_end):
            yield from _whole(ABSENT, head[index], f"{path}[{_place(head, index)}]")


def _place(elements: list[Any], index: int) -> str:
    """What the element calls itself, or the option that it is a value of; else where it stands."""
    element, before = elements[index], elements[index - 1] if index else None
    if isinstance(element, str) and isinstance(before, str) and before.startswith("--"):
        return str(index) if element.startswith("--") else before
    if isinstance(element, Mapping):
        for key in ("Name", "Key", "Sid", "Id", "VariantName", "Rulename"):
            if isinstance(element.get(key), str):
                return str(element[key])
    return str(index)


def _whole(base: Any, head: Any, path: str) -> Iterator[Reading]:
    before, after = _said(base), _said(head)
    if before == after:  # two functions that read alike
        before, after = _as_json(base), _as_json(head)
    texts = template_text(base), template_text(head)
    if texts[0] and texts[1] and max(len(text or "") for text in texts) > _SHORT:
        yield Reading(path, text=_unified(str(texts[0]), str(texts[1])) or _unified(
            str(before), str(after)
        ))  # fmt: skip
    else:
        yield Reading(path, before, after)


def _said(value: Any) -> str | None:
    return None if value is ABSENT else shown(value)


def _as_json(value: Any) -> str | None:
    return None if value is ABSENT else json.dumps(value, sort_keys=True, ensure_ascii=False)


def _unified(before: str, after: str) -> str:
    compared = difflib.unified_diff(before.splitlines(), after.splitlines(), n=1, lineterm="")
    return "\n".join(list(compared)[2:])
