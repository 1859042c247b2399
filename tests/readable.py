"""A template as a reviewer reads it: the pipeline as indented JSON, without hashes and paths."""

import json
import re
from typing import Any

HASH = re.compile(r"\b[0-9a-f]{64}\b")


def readable(node: Any) -> Any:
    """JSON inside of strings as JSON, hashes of assets by one word, and no paths of constructs."""
    if isinstance(node, dict):
        return {key: readable(value) for key, value in node.items() if key != "Metadata"}
    if isinstance(node, list):
        return [readable(item) for item in node]
    if not isinstance(node, str):
        return node
    if node.lstrip().startswith("{"):
        try:
            return readable(json.loads(node))
        except json.JSONDecodeError:
            return HASH.sub("<hash>", node)
    return HASH.sub("<hash>", node)
