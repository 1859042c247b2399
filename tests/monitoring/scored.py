"""Batches as a transform job leaves them: rows, answers, and manifests of both."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path


def manifest(folder: Path, side: str, began: datetime, prefix: str, names: Sequence[str]) -> None:
    """One of a job's two, as model-monitor-data-capture-batch.html shows them."""
    place = folder / "capture" / side / f"{began:%Y/%m/%d/%H}"
    place.mkdir(parents=True, exist_ok=True)
    text = json.dumps([{"prefix": prefix}, *names], indent=4)
    (place / f"{began:%M}.json").write_text(text)


def write(folder: Path, texts: Mapping[str, str]) -> None:
    """Files by their names below a folder."""
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def scored(
    folder: Path, began: datetime, asked: Mapping[str, str], answered: Mapping[str, str] | None
) -> str:
    """What a job that began then read and wrote, by name; the place of its capture."""
    write(folder / "requests", asked)
    manifest(folder, "input", began, f"{folder}/requests/", [*asked])
    if answered is not None:
        outputs = {f"{name}.out": text for name, text in answered.items()}
        write(folder / "answers", outputs)
        manifest(folder, "output", began, f"{folder}/answers/", [*outputs])
    return str(folder / "capture")


def identified(answers: Sequence[str], ids: Sequence[str], began: datetime) -> str:
    """Answers with inference ids and the time beside them."""
    return "".join(
        f"{answer},{one},{began:%Y-%m-%dT%H:%M:%SZ}\n"
        for answer, one in zip(answers, ids, strict=True)
    )
