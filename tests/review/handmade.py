"""Small templates and assemblies, made by hand."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from review.assembly import Stack
from review.resources import StackPair

Template = Mapping[str, Any]
PLACE = "aws://unknown-account/unknown-region"


def template(**resources: Any) -> dict[str, Any]:
    """Logical id to resource, each `(type, properties)` or the whole resource."""
    made = {
        key: {"Type": one[0], "Properties": one[1]} if isinstance(one, tuple) else one
        for key, one in resources.items()
    }
    return {"Resources": made}


def stack(told: Template | None, name: str = "Stack", **deployed: Any) -> Stack | None:
    """A stack without assets; None if there is no template."""
    if told is None:
        return None
    return Stack(name, told, {"environment": PLACE, **deployed}, {})


def pair(base: Template | None, head: Template | None, name: str = "Stack") -> StackPair:
    """Both sides of one stack."""
    return StackPair(name, stack(base, name), stack(head, name))


def one(type_name: str, base: Any, head: Any) -> list[StackPair]:
    """A stack with one resource, whose properties differ."""
    return [pair(template(One=(type_name, base)), template(One=(type_name, head)))]


def write(
    folder: Path,
    stacks: Mapping[str, Template],
    *,
    assets: Mapping[str, tuple[str, str]] | None = None,
    deployed: Mapping[str, Any] | None = None,
) -> Path:
    """An assembly on disk; assets are digest to name and file, and belong to every stack."""
    folder.mkdir(parents=True)
    artifacts = {}
    files = {
        digest: {"displayName": name, "source": {"path": file, "packaging": "file"}}
        for digest, (name, file) in (assets or {}).items()
    }
    for name, told in stacks.items():
        (folder / f"{name}.template.json").write_text(json.dumps(told))
        (folder / f"{name}.assets.json").write_text(json.dumps({"files": files}))
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": PLACE,
            "properties": {"templateFile": f"{name}.template.json", **(deployed or {})},
            "dependencies": [f"{name}.assets"],
        }
        artifacts[f"{name}.assets"] = {
            "type": "cdk:asset-manifest",
            "properties": {"file": f"{name}.assets.json"},
        }
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return folder
