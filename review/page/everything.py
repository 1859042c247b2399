"""Every difference, complete, folded away."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from review.findings import Review, StackDifferences
from review.page.markdown import block, code, counted, folded, shift
from review.readings import Reading

_SHORT = 200


def everything(review: Review) -> Iterator[str]:
    """One folded part for each stack."""
    for stack in review.stacks:
        number = len(stack.differences) + len(stack.deployed_with)
        summary = f"{stack.stack}: {stack.change}, {counted(number, 'difference')}"
        yield from folded(summary, list(_stack(stack)))
        yield ""


def _stack(stack: StackDifferences) -> Iterator[str]:
    if stack.change == "removed":
        yield "It stays as it is deployed; what its template had is in the JSON."
        return
    for one in stack.readings:
        yield from _reading(one)


def _reading(one: Reading) -> Iterator[str]:
    if one.text:
        yield f"- {code(one.path)}:"
        yield ""
        yield from (f"  {line}" for line in block(one.text, "diff"))
        yield ""
    elif one.before is None or one.after is None:
        sign, text = ("added", one.after) if one.before is None else ("removed", one.before)
        pretty = _pretty(text or "")
        if len(pretty) > _SHORT:
            yield f"- {code(one.path)} {sign}:"
            yield ""
            yield from (f"  {line}" for line in block(pretty, "json"))
            yield ""
        else:
            yield f"- {code(one.path)} {sign}: {code(text or '')}"
    else:
        yield f"- {code(one.path)}: {shift(one.before, one.after, short=False)}"


def _pretty(text: str) -> str:
    try:
        value: Any = json.loads(text)
    except ValueError:
        return text
    if not isinstance(value, Mapping | list):
        return text
    return json.dumps(value, indent=2, ensure_ascii=False)
