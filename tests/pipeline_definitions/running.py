"""Runs the scripts of a model as its pipeline does, without a pipeline."""

import csv
import tarfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class Prepared:
    """What preprocessing wrote."""

    folder: Path

    def path(self, name: str) -> Path:
        return self.folder / name

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name / f"{name}.csv").open(newline="") as lines:
            return list(csv.DictReader(lines))


def prepare(preprocess: ModuleType, data: Path, out: Path, *arguments: str) -> int:
    """Runs preprocess.py on delivered data, and returns its exit code."""
    folders = options({name: out / name for name in (*PARTS, "report", "message")})
    code: int = preprocess.main(["--data", str(data), *folders, *arguments])
    return code


def options(paths: dict[str, Path]) -> list[str]:
    """As a job gets them on its command line."""
    return [part for name, path in paths.items() for part in (f"--{name}", str(path))]


def pack(folder: Path, archive: Path) -> Path:
    """The folder's content as SageMaker packs a model; returns the folder of the archive."""
    archive.mkdir(parents=True)
    with tarfile.open(archive / "model.tar.gz", "w:gz") as tar:
        for path in folder.iterdir():
            tar.add(path, path.name)
    return archive
