"""A template as files that a person reads: itself, and each document inside of its strings."""

import json
import re
from collections.abc import Mapping
from typing import Any

from mlops_constructs.testing.substituted import notation, text_of
from mlops_constructs.testing.written_json import AS_IT_IS, Reading, reading

EMBEDDED = "<embedded>"
"""The member that stands where a document was, and names its file."""

LINE = 100
"""Flat JSON of at most so many characters stays where it is: the input of a rule is no document."""

_ESCAPED = re.compile(f"<*{EMBEDDED}")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def readable_files(template: Mapping[str, Any]) -> dict[str, str]:
    """The template under the name "", and each JSON document inside of it under where it stood.

    Such documents are the definitions of pipelines and state machines, bodies of dashboards, input
    of targets: any string, Fn::Join or Fn::Sub that is a JSON object or array. Two templates that
    differ in more than the order of members never give the same files.

    Args:
        template: Of CloudFormation, as JSON has it.

    Returns:
        Name to text, such as `Machine.DefinitionString`.
    """
    files = {"": ""}  # taken, whatever a document would be called
    files[""] = _json(_read(template, (), files))
    return files


def _read(node: Any, path: tuple[str, ...], files: dict[str, str]) -> Any:
    document = _document(node, path, files)
    if document:
        return document
    if isinstance(node, Mapping):
        return {_key(key): _read(node[key], (*path, key), files) for key in sorted(node)}
    if isinstance(node, list):
        return [_read(item, (*path, str(index)), files) for index, item in enumerate(node)]
    return node


def _document(node: Any, path: tuple[str, ...], files: dict[str, str]) -> dict[str, Any] | None:
    """Puts a document into the files; what then stands in its place, or None if it is none."""
    text = text_of(node)
    found = reading(text.marked) if text else None
    if not text or not found or _stays(found, text.marked):
        return None
    name = _name(path, files)
    files[name] = _writable(notation(found.text))
    told = {EMBEDDED: name, "made by": text.how, "written": found.style, "values": text.values}
    usual = {"made by": "", "written": "compact", "values": None}
    return {key: value for key, value in told.items() if (key, value) not in usual.items()}


def _stays(found: Reading, text: str) -> bool:
    parts = found.value.values() if isinstance(found.value, dict) else found.value
    is_flat = not any(isinstance(part, dict | list) for part in parts)
    # Files are read with any machine's newlines, so a bare carriage return would not come back.
    return (is_flat and len(text) <= LINE) or (found.style == AS_IT_IS and "\r" in text)


def _name(path: tuple[str, ...], files: Mapping[str, str]) -> str:
    match path:
        case ("Resources", resource, "Properties", *rest):
            path = (resource, *rest)
    name = _UNSAFE.sub("-", ".".join(path))
    taken = sum(re.fullmatch(rf"{re.escape(name)}(~\d+)?", other) is not None for other in files)
    return f"{name}~{taken + 1}" if taken else name


def _key(key: str) -> str:
    """A member that is called like our own gets one sign more."""
    return f"<{key}" if _ESCAPED.fullmatch(key) else key


def _json(value: Any) -> str:
    return _writable(json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n")


def _writable(text: str) -> str:
    """Half a surrogate pair, which no file can hold, as the escape that JSON has for it."""
    return text.encode("utf-8", "backslashreplace").decode()
