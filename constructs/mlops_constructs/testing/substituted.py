"""Text that CloudFormation completes when it deploys: Fn::Join and Fn::Sub in one notation.

Both read as Fn::Sub writes it: `${Id}` and `${Id.Attribute}` for what is filled in, `${!` for a
`${` that stays.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
"""

import json
import re
from typing import Any, NamedTuple

from mlops_constructs.testing.written_json import BARE_END, PLACE, PLACE_END

_PLACEHOLDER = re.compile(r"\$\{([A-Za-z0-9:._]+)\}")
_RESERVED = re.compile(f"[{PLACE}-{BARE_END}]")
_ID = re.compile(r"[A-Za-z0-9:]+")
_ATTRIBUTE = re.compile(r"[A-Za-z0-9.]+")


class Text(NamedTuple):
    """A text that may have placeholders.

    Attributes:
        marked: The text, with the name of each placeholder between two marks.
        how: The function that makes it, or "" for a plain string.
        values: What is filled in where the name of a placeholder does not say it; None if that
            is said nowhere.
    """

    marked: str
    how: str = ""
    values: dict[str, Any] | None = None


def text_of(node: Any) -> Text | None:
    """The text that a string, a Fn::Join or a Fn::Sub makes, or None for anything else.

    None as well for what this notation would not tell from another: a join that could be written
    with fewer pieces or has a delimiter, a placeholder that Fn::Sub does not know.
    """
    match node:
        case str() if not _RESERVED.search(node):
            return Text(node)
        case {"Fn::Sub": str(text), **rest} if not rest:
            return _sub(text, None)
        case {"Fn::Sub": [str(text), dict(values)], **rest} if not rest:
            return _sub(text, values)
        case {"Fn::Join": ["", [*pieces]], **rest} if not rest:
            return _join(pieces)
    return None


def notation(marked: str) -> str:
    """A text with marks as Fn::Sub would write it."""
    return marked.replace(PLACE, "${").replace(PLACE_END, "}")


def _sub(text: str, values: dict[str, Any] | None) -> Text | None:
    if _RESERVED.search(text) or "${" in _PLACEHOLDER.sub("", text).replace("${!", ""):
        return None
    return Text(_PLACEHOLDER.sub(rf"{PLACE}\1{PLACE_END}", text), "Fn::Sub", values)


def _join(pieces: list[Any]) -> Text | None:
    names: dict[str, str] = {}
    values: dict[str, Any] = {}
    marked: list[str] = []
    for piece, following in zip(pieces, [*pieces[1:], {}], strict=True):
        if isinstance(piece, str):
            if not piece or isinstance(following, str) or _RESERVED.search(piece):
                return None
            marked.append(piece.replace("${", "${!"))
            continue
        if not isinstance(piece, dict) or len(piece) != 1:
            return None
        key = json.dumps(piece, sort_keys=True)
        if key not in names:
            names[key] = _name(piece) or f"{next(iter(piece))} {len(values) + 1}"
        if not _name(piece):
            values[names[key]] = piece
        marked.append(f"{PLACE}{names[key]}{PLACE_END}")
    return Text("".join(marked), "Fn::Join", values or None)


def _name(intrinsic: dict[str, Any]) -> str | None:
    """What Fn::Sub calls it, or None if it has no notation for it."""
    match intrinsic:
        case {"Ref": str(reference)} if _ID.fullmatch(reference):
            return reference
        case {"Fn::GetAtt": [str(of), str(attribute)]}:
            if _ID.fullmatch(of) and _ATTRIBUTE.fullmatch(attribute):
                return f"{of}.{attribute}"
    return None
