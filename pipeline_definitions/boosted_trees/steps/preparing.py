"""What is the same in every preprocess.py: its options, and what the other steps find of it."""

import argparse
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd
from failing import exit_code
from features import SCHEMA, BadData

PARTS = ("train", "validation", "test")

REGISTRY_TEXT = re.compile(r"[\w .:/=+\-@]{1,256}")
"""What the registry takes (API reference, CreateModelPackage: CustomerMetadataProperties)."""


@dataclass(frozen=True)
class Prepared:
    """The examples of each of PARTS, and what there is to say of them.

    Attributes:
        parts: Tables with the columns of schema.json: those of a request, the id, the label and,
            where there is one, the time.
        report: What went in, what was left out and why.
    """

    parts: Mapping[str, pd.DataFrame]
    report: Mapping[str, object]


def prepare(argv: list[str] | None, says: str | None, work: Callable[[Path], Prepared]) -> int:
    """The processing job, and its exit code.

    Args:
        argv: The job's arguments; by default those of the process.
        says: What the script does, for `--help`.
        work: Makes the examples of a folder with raw data, or raises BadData.
    """
    options = _options(argv, says)
    return exit_code(partial(_run, options, work), options.message)


def _run(options: argparse.Namespace, work: Callable[[Path], Prepared]) -> None:
    check_registry_texts({"DataVersion": options.data_version, "Reason": options.reason})
    prepared = work(options.data)
    for name in PARTS:
        folder: Path = getattr(options, name)
        folder.mkdir(parents=True, exist_ok=True)
        prepared.parts[name].to_csv(folder / f"{name}.csv", index=False)
    report = {**prepared.report, "data_version": options.data_version}
    options.report.mkdir(parents=True, exist_ok=True)
    for file, content in (("data_report.json", report), ("schema.json", SCHEMA)):
        text = json.dumps(content, indent=2) + "\n"
        (options.report / file).write_text(text, encoding="utf-8")


def check_registry_texts(texts: Mapping[str, str]) -> None:
    """Refuses, before any work is done, what registering would refuse at the end of the run.

    Raises:
        BadData: Naming the pipeline parameter.
    """
    for name, text in texts.items():
        if not REGISTRY_TEXT.fullmatch(text):
            raise BadData(
                f"the pipeline parameter {name} is {text!r}; the registry takes 1 to 256 letters, "
                "digits, spaces and _.:/=+-@"
            )


def _options(argv: list[str] | None, says: str | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=says, allow_abbrev=False)
    processing = Path("/opt/ml/processing")
    parser.add_argument("--data", type=Path, default=processing / "input/data")
    for name in (*PARTS, "report"):
        parser.add_argument(f"--{name}", type=Path, default=processing / "output" / name)
    parser.add_argument("--message", type=Path, default=Path("/opt/ml/output/message"))
    parser.add_argument("--data-version", default="unversioned")
    parser.add_argument("--reason", default="started by a person")
    return parser.parse_args(argv)
