"""What changed inside assets: archives and folders unpacked, texts as unified diffs."""

import difflib
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from review.assembly import Asset, Stack
from review.findings import FileChange
from review.resources import StackPair

_CONTEXT_LINES = 2


def file_changes(pairs: Iterable[StackPair]) -> Iterator[FileChange]:
    """Every file that differs, once however many stacks have its asset."""
    found: dict[tuple[str, str], tuple[Asset | None, Asset | None, list[str]]] = {}
    for stack in pairs:
        if stack.head is None:
            continue  # what is deployed stays
        for before, after in _paired(stack.base, stack.head):
            key = (before.digest if before else "", after.digest if after else "")
            names = found.setdefault(key, (before, after, []))[2]
            names.append(f"{stack.name}: {(after or before).name}")  # type: ignore[union-attr]
    for before, after, names in found.values():
        yield from _of_asset(", ".join(sorted(set(names))), before, after)


def _paired(base: Stack | None, head: Stack) -> Iterator[tuple[Asset | None, Asset | None]]:
    """By what CDK calls them; an asset of the same content is no pair."""
    old = {k: a for k, a in (base.assets if base else {}).items() if k not in head.assets}
    new = {k: a for k, a in head.assets.items() if not base or k not in base.assets}
    for after in new.values():
        before = next((one for one in old.values() if one.name == after.name), None)
        if before:
            del old[before.digest]
        yield before, after
    yield from ((before, None) for before in old.values())


def _of_asset(name: str, before: Asset | None, after: Asset | None) -> Iterator[FileChange]:
    old, new = (dict(_contents(side.path if side else None)) for side in (before, after))
    for file in sorted(old.keys() | new.keys()):
        one, other = old.get(file), new.get(file)
        if one != other:
            yield _change(name, file, one, other)


def _contents(path: Path | None) -> Iterator[tuple[str, bytes]]:
    """File name to content; of a single file that is no archive, an empty name."""
    if path is None or not path.exists():
        return
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file():
                yield file.relative_to(path).as_posix(), file.read_bytes()
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from ((n, archive.read(n)) for n in archive.namelist() if not n.endswith("/"))
    elif tarfile.is_tarfile(path):
        yield from _in_tar(path)
    else:
        yield "", path.read_bytes()


def _in_tar(path: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path) as archive:
        for member in archive.getmembers():
            content = archive.extractfile(member)
            if content:
                yield member.name.removeprefix("./"), content.read()


def _change(asset: str, file: str, before: bytes | None, after: bytes | None) -> FileChange:
    change: Literal["added", "removed", "changed"] = (
        "added" if before is None else "removed" if after is None else "changed"
    )
    texts = [_text(side) for side in (before, after)]
    if None in texts:
        return FileChange(asset, file, change, "", 0, 0)
    old, new = (str(text).splitlines() for text in texts)
    lines = list(difflib.unified_diff(old, new, n=_CONTEXT_LINES, lineterm=""))[2:]
    return FileChange(
        asset=asset,
        file=file,
        change=change,
        diff="\n".join(lines),
        added=sum(line.startswith("+") for line in lines),
        removed=sum(line.startswith("-") for line in lines),
    )


def _text(content: bytes | None) -> str | None:
    if content is None:
        return ""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None
