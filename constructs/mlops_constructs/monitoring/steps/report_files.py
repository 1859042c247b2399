"""What a run leaves behind: documents for machines, and a page for people."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write(
    folder: Path, documents: Mapping[str, Any], html: str, *, page: str = "report.html"
) -> None:
    """The files of a report; the folder is made.

    Args:
        folder: Where they go.
        documents: File name to what it holds as JSON, in which NaN has no place.
        html: Of the page.
        page: Its file name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in documents.items():
        text = json.dumps(content, allow_nan=False) + "\n"
        (folder / name).write_text(text, encoding="utf-8")
    (folder / page).write_text(html, encoding="utf-8")
