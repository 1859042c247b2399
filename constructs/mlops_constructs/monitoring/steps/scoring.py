"""What a model archive's own code says of rows: its answers, and what they rest on.

The code runs in a process of its own (model_process.py); what it prints goes to stderr.
"""

import csv
import json
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from failure import Failure

CODE = "code/inference.py"
"""What answers requests, as the XGBoost image finds it in an archive."""


@dataclass(frozen=True)
class Explained:
    """What answers rest on.

    Attributes:
        names: Of the model's features.
        contributions: Rows x features, without those that were refused.
        refused: Positions of the rows that the model's code can't read.
    """

    names: list[str]
    contributions: np.ndarray
    refused: list[int]


@contextmanager
def unpacked(archive: Path) -> Iterator[Path]:
    """The folder of an archive's files, as long as it is needed.

    Raises:
        Failure: If it is no model archive that brings its code.
    """
    with TemporaryDirectory() as folder:
        try:
            with tarfile.open(archive, "r:gz") as tar:
                tar.extractall(folder, filter="data")
        except (OSError, EOFError, tarfile.TarError) as error:
            raise Failure(f"{archive.name} is no archive of a model: {error}") from None
        if not (Path(folder) / CODE).is_file():
            raise Failure(f"{archive.name} is no archive of a model that answers: no {CODE} in it")
        yield Path(folder)


def archive_in(folder: Path) -> Path:
    """The one archive of a folder.

    Raises:
        Failure: If there is not exactly one.
    """
    found = sorted(folder.glob("*.gz"))
    if len(found) != 1:
        raise Failure(f"expected one model archive (.tar.gz) in {folder}, got {len(found)}")
    return found[0]


def answers(model: Path, rows: Iterable[Sequence[str]]) -> list[str]:
    """One line of text for each row, by the code of an unpacked archive.

    Raises:
        Failure: If the code fails.
    """
    with _asked(model, "answers", rows) as out:
        return (out / "answers.txt").read_text(encoding="utf-8").splitlines()


def explained(model: Path, rows: Iterable[Sequence[str]]) -> Explained:
    """SHAP contributions to the answers, by the explain_fn of an unpacked archive.

    Raises:
        Failure: If the code fails, or can't read any of the rows.
    """
    with _asked(model, "contributions", rows) as out:
        names = json.loads((out / "names.json").read_text(encoding="utf-8"))
        refused, _ = json.loads((out / "refused.json").read_text(encoding="utf-8"))
        return Explained(names, np.load(out / "contributions.npy"), refused)


@contextmanager
def _asked(model: Path, task: str, rows: Iterable[Sequence[str]]) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        out = Path(folder)
        with (out / "rows.csv").open("w", encoding="utf-8", newline="") as lines:
            csv.writer(lines, lineterminator="\n").writerows(rows)
        script = Path(__file__).parent / "model_process.py"
        command = [sys.executable, "-I", script, model, task, out / "rows.csv", out]
        done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failure(f"the model can't be asked for its {task}: {_last(done)}")
        sys.stderr.write(done.stdout + done.stderr)
        yield out


def _last(done: subprocess.CompletedProcess[str]) -> str:
    if done.returncode < 0:
        return f"its process was ended by signal {-done.returncode}"
    return done.stderr.strip().rpartition("\n")[2] or f"it ended with {done.returncode}"
