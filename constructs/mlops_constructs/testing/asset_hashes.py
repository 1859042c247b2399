"""What in a template is the hash of an asset, and says no more than that some byte has changed."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import file_digest
from pathlib import Path
from typing import Any

HASH = "<hash>"
"""What stands for any of them."""

_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_LIKE_AN_ASSET = re.compile(
    r"(?<![0-9a-f])[0-9a-f]{64}(?=\.(?!json\b)[a-z])"  # <hash>.zip, the key of a file
    r"|(?<=[\w}]:)(?<!sha256:)[0-9a-f]{64}$"  # repository:<hash>, the tag of an image
)
_CODE_HASH = re.compile(r"[0-9a-f]{32}$")


def masked(template: Mapping[str, Any], manifests: Iterable[Path] | None) -> dict[str, Any]:
    """The template with one word for the hash of any asset.

    With asset manifests the hashes are known, and masked wherever they stand; so is the SHA-256 of
    an asset that is one file. Without them, what looks like an asset of CDK's is masked: the key
    `<hash>.zip`, the tag of an image; `<hash>.json` is not, since the template of a nested stack is
    called so. A digest by which someone pins an image (`@sha256:…`) stays in any case.

    The logical id of a Lambda function's version ends in a hash of its code: masked too.

    Args:
        template: Of CloudFormation.
        manifests: The `*.assets.json` that CDK wrote beside it, or None if there are none.
    """
    hashes = _LIKE_AN_ASSET if manifests is None else _any_of(_known(template, manifests))
    versions = _any_of(_function_versions(template))

    def mask(text: str) -> str:
        return versions.sub(lambda found: found[0][:-32] + HASH, hashes.sub(HASH, text))

    return {key: _with_each(value, mask) for key, value in template.items()}


def sources(manifest: Path) -> Iterator[tuple[str, Path]]:
    """Yields hash and path of each file or folder that an asset manifest names."""
    for identifier, asset in json.loads(manifest.read_text())["files"].items():
        if "path" in asset["source"]:
            yield identifier, manifest.parent / asset["source"]["path"]


def _known(template: Mapping[str, Any], manifests: Iterable[Path]) -> set[str]:
    found = set(_DIGEST.findall(json.dumps(template)))
    known: set[str] = set()
    for manifest in manifests:
        told = json.loads(manifest.read_text())
        known |= found & {*told.get("files", {}), *told.get("dockerImages", {})}
        if found - known:
            known |= found & {_sha256(path) for _, path in sources(manifest) if path.is_file()}
    return known


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()


def _function_versions(template: Mapping[str, Any]) -> set[str]:
    """Their logical ids, unless two would be the same without the hash."""
    ids = {
        name
        for name, resource in template.get("Resources", {}).items()
        if resource.get("Type") == "AWS::Lambda::Version" and _CODE_HASH.search(name)
    }
    return ids if len({name[:-32] for name in ids}) == len(ids) else set()


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(words)) or "(?!)")


def _with_each(node: Any, change: Callable[[str], str]) -> Any:
    """Any JSON with each string changed; names of members too, unless two would be the same."""
    if isinstance(node, Mapping):
        names = {key: change(key) for key in node}
        if len(set(names.values())) < len(names):
            names = {key: key for key in node}
        return {names[key]: _with_each(value, change) for key, value in node.items()}
    if isinstance(node, list):
        return [_with_each(item, change) for item in node]
    return change(node) if isinstance(node, str) else node
