"""A folder as one reproducible .tar.gz: the same files give the same bytes on every machine."""

import gzip
import hashlib
import io
import tarfile
from dataclasses import dataclass
from pathlib import Path


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


def archive(folder: Path) -> Archive:
    """Packs the files below ``folder``, without owners, times, modes, byte-code or hidden files.

    What begins with a dot is left out, since editors and checkers leave their caches so.

    Names are sorted and relative to ``folder``. SageMaker's training toolkit opens the result as it
    is (`sagemaker_submit_directory`), other containers unpack it with `tar -xzf`.
    """
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", fileobj=packed, mode="wb", mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for path in _sources(folder):
            member = tarfile.TarInfo(path.relative_to(folder).as_posix())
            member.size = path.stat().st_size
            with path.open("rb") as content:
                tar.addfile(member, content)
    return Archive(packed.getvalue())


def _sources(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.is_file())
    kept = (path for path in found if not _is_left_out(path.relative_to(folder)))
    return sorted(kept, key=lambda path: path.relative_to(folder).as_posix())


def _is_left_out(path: Path) -> bool:
    return any(part == "__pycache__" or part.startswith(".") for part in path.parts)
