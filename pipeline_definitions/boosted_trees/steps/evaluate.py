"""Challenger and champion on the same held-out rows, each answering with its own code."""

import argparse
import csv
import json
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from failing import exit_code
from features import ROW_ID, BadData
from tables import Table, read_table

NO_CHAMPION = "NO_CHAMPION"
"""The one file of the archive that stands where a champion's would while there is none."""


def main(argv: list[str] | None = None) -> int:
    """The processing job; its exit code."""
    options = _options(argv)
    return exit_code(partial(run, options), options.message)


def run(options: argparse.Namespace) -> None:
    """Score, compare, write."""
    table = read_table(options.test)
    archives = (options.challenger, options.champion)
    with ThreadPoolExecutor(len(archives)) as side_by_side:
        answers = side_by_side.map(lambda archive: score(archive, options.test), archives)
        # scikit-learn takes as long to load as the models take to answer.
        from figures import evaluation
    challenger, champion = answers
    if challenger is None:
        raise BadData(f"the archive in {options.challenger} is no model; it holds {NO_CHAMPION}")
    options.evaluation.mkdir(parents=True, exist_ok=True)
    report = evaluation(table.labels, challenger, champion, package=options.champion_package)
    text = json.dumps(report, indent=2) + "\n"
    (options.evaluation / "evaluation.json").write_text(text, encoding="utf-8")
    write_predictions(options.evaluation / "predictions.csv", table, challenger, champion)
    print(report["gate"])


def score(archive: Path, test: Path) -> list[float] | None:
    """The probabilities of the model in the folder's one archive; None if it holds no model.

    Raises:
        BadData: If there is not one archive, or its code fails on the held-out rows.
    """
    found = sorted(archive.glob("*.gz"))
    if len(found) != 1:
        raise BadData(f"expected one model archive (.tar.gz) in {archive}, got {len(found)}")
    with TemporaryDirectory() as unpacked:
        with tarfile.open(found[0]) as tar:
            tar.extractall(unpacked, filter="data")
        if (Path(unpacked) / NO_CHAMPION).is_file():
            return None
        return _answers(Path(unpacked), test, name=archive.name)


def _answers(model: Path, test: Path, *, name: str) -> list[float]:
    script = Path(__file__).parent / "score.py"
    answers: list[float] = []
    for table in sorted(test.glob("*.csv")):
        command = [sys.executable, "-I", str(script), str(model), str(table)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            last = done.stderr.strip().rpartition("\n")[2]
            raise BadData(f"the {name}'s own code fails on the held-out rows: {last}")
        answers += [float(line) for line in done.stdout.split()]
    return answers


def write_predictions(
    path: Path, table: Table, challenger: Sequence[float], champion: Sequence[float] | None
) -> None:
    """`predictions.csv`: the id, label, challenger_score, champion_score (empty without one)."""
    beside: Sequence[float | str] = champion or [""] * len(table.ids)
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow([ROW_ID, "label", "challenger_score", "champion_score"])
        writer.writerows(zip(table.ids, table.labels, challenger, beside, strict=True))


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    processing = Path("/opt/ml/processing")
    for name in ("challenger", "champion", "test"):
        parser.add_argument(f"--{name}", type=Path, default=processing / "input" / name)
    parser.add_argument("--evaluation", type=Path, default=processing / "output/evaluation")
    parser.add_argument("--message", type=Path, default=Path("/opt/ml/output/message"))
    parser.add_argument("--champion-package", default="NONE")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
