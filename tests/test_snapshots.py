"""Every template as a reviewer reads it: asset hashes masked, the pipeline as indented JSON.

`make snapshots` writes them anew; the diff is then part of the pull request.
"""

import json
import re
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

Templates = dict[str, dict[str, Any]]
HASH = re.compile(r"\b[0-9a-f]{64}\b")
STACKS = (
    "Dev-Foundation",
    "Dev-Operations",
    "Dev-Training-flight-delay",
    "Dev-Serving-flight-delay",
    "Dev-Monitoring-flight-delay",
    "Prod-Foundation",
    "Prod-Operations",
    "Prod-Serving-flight-delay",
    "Prod-Monitoring-flight-delay",
)


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


@pytest.fixture
def snapshot_json(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


@pytest.mark.parametrize("stack", STACKS)
def test_the_template_is_the_one_that_was_reviewed(
    stack: str, templates: Templates, prod: Templates, snapshot_json: SnapshotAssertion
):
    assert readable((templates | prod)[stack]) == snapshot_json


def test_every_template_has_a_snapshot(templates: Templates, prod: Templates):
    assert templates.keys() | prod.keys() == set(STACKS)


def test_a_changed_threshold_is_one_line(templates: dict[str, dict[str, Any]]):
    template = templates["Dev-Training-flight-delay"]
    changed = json.loads(json.dumps(template).replace("0.65", "0.7"))
    lines = [json.dumps(readable(t), indent=2).splitlines() for t in (template, changed)]
    different = [(old, new) for old, new in zip(*lines, strict=True) if old != new]
    assert [(old.strip(), new.strip()) for old, new in different] == [
        ('"DefaultValue": 0.65', '"DefaultValue": 0.7')
    ]
