"""Plays runs of pytest one after the other in one process, so that CDK is imported once.

Reads them from runs.json: settings, text of the asset, and arguments. Writes played.json.
"""

import contextlib
import io
import json
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DEFAULTS = {"timeout": 30, "cooling": 5, "fifo": False, "dashboard": True}


def run(settings: dict[str, object], code: str, arguments: list[str]) -> dict[str, object]:
    """One run of pytest, and the snapshots that are there afterwards."""
    (HERE / "settings.json").write_text(json.dumps(DEFAULTS | settings))
    (HERE / "code").mkdir(exist_ok=True)
    (HERE / "code" / "pack.py").write_text(code)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        status = pytest.main(["-W", "error", "-p", "no:cacheprovider", *arguments])
    files = sorted(HERE.glob("__snapshots__/*/*"))
    snapshots = {f"{file.parent.name}/{file.name}": file.read_text() for file in files}
    return {
        "status": int(status),
        "printed": printed.getvalue(),
        "snapshots": snapshots,
        "imported": sorted(sys.modules.keys() & {"aws_cdk", "syrupy"}),
    }


if __name__ == "__main__":
    played = [run(**one) for one in json.loads(Path("runs.json").read_text())]
    Path("played.json").write_text(json.dumps(played))
