"""Folders as one reproducible .tar.gz: the same files give the same bytes on every machine."""

import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from mlops_constructs.problems import refuse


@dataclass(frozen=True)
class Archive:
    """A .tar.gz in memory.

    Attributes:
        content: The compressed bytes.
    """

    content: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def archive(*folders: Path) -> Archive:
    """Packs the files below ``folders``, without owners, times, modes, byte-code or hidden files.

    What begins with a dot is left out, since editors and checkers leave their caches so.

    Names are sorted and relative to their folder. SageMaker's training toolkit opens the result as
    it is (`sagemaker_submit_directory`), other containers unpack it with `tar -xzf`.

    Raises:
        InvalidProps: Two folders hold a file of the same name.
    """
    members = sorted(member for folder in folders for member in _members(folder))
    refuse(_clashes(members))
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", fileobj=packed, mode="wb", mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for name, path in members:
            member = tarfile.TarInfo(name)
            member.size = path.stat().st_size
            with path.open("rb") as content:
                tar.addfile(member, content)
    return Archive(packed.getvalue())


def _members(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        if path.is_file() and not _is_left_out(inside):
            yield inside.as_posix(), path


def _is_left_out(path: Path) -> bool:
    return any(part == "__pycache__" or part.startswith(".") for part in path.parts)


def _clashes(members: Sequence[tuple[str, Path]]) -> Iterator[str]:
    for (name, one), (other_name, other) in pairwise(members):
        if name == other_name:
            yield f"one archive can't hold both {one} and {other}; rename one of them"
