"""A template from the files of its snapshot: nothing of it is lost, if this gives it back.

Works on the texts and shares no code with what wrote them.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

STRING_OR_BLANK = re.compile(r'("(?:[^"\\]|\\.)*"|\$\{[^}]*\})|\s+')
STRING_OR_MARK = re.compile(r'("(?:[^"\\]|\\.)*"|\$\{[^}]*\})|([,:])')
PLACEHOLDER = re.compile(r"\$\{(?!!)([^}]*)\}")
INDENTS = {"indented by 1": " ", "indented by 2": "  ", "indented by 4": "    "}


def restored(files: Mapping[str, str]) -> Any:
    """What the files were written for."""
    return _restored(json.loads(files[""]), files)


def _restored(node: Any, files: Mapping[str, str]) -> Any:
    if isinstance(node, list):
        return [_restored(item, files) for item in node]
    if not isinstance(node, dict):
        return node
    if "<embedded>" in node:
        return _made(node, _as_written(files[node["<embedded>"]], node.get("written", "compact")))
    return {re.sub(r"\A<(<*<embedded>)\Z", r"\1", k): _restored(v, files) for k, v in node.items()}


def _as_written(text: str, written: str) -> str:
    """The document as it stood in the template."""
    style, _, in_ascii = written.partition(", in ")
    if style == "as it is":
        return text
    if style in INDENTS or style == "indented by tabs":
        lines = text.removesuffix("\n").split("\n")
        unit = INDENTS.get(style, "\t")
        text = "\n".join(re.sub("^ +", lambda m: unit * (len(m[0]) // 2), line) for line in lines)
    else:
        text = STRING_OR_BLANK.sub(lambda m: m[1] or "", text)
    if style == "spaced":
        text = STRING_OR_MARK.sub(lambda m: m[1] or f"{m[2]} ", text)
    return re.sub(r"[^\x00-\x7f]", lambda m: json.dumps(m[0])[1:-1], text) if in_ascii else text


def _made(node: Mapping[str, Any], text: str) -> Any:
    values = node.get("values")
    if node.get("made by") == "Fn::Sub":
        return {"Fn::Sub": text if values is None else [text, values]}
    if node.get("made by") == "Fn::Join":
        parts = enumerate(PLACEHOLDER.split(text))
        pieces = [
            _filled_in(p, values or {}) if n % 2 else p.replace("${!", "${") for n, p in parts
        ]
        return {"Fn::Join": ["", [piece for piece in pieces if piece != ""]]}
    return text


def _filled_in(name: str, values: Mapping[str, Any]) -> Any:
    if name in values:
        return values[name]
    of, dot, attribute = name.partition(".")
    return {"Fn::GetAtt": [of, attribute]} if dot else {"Ref": name}
