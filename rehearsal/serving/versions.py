"""Versions of a model that say who they are; no training is needed for them.

Each answers every row of a request with its own number.
"""

import io
import tarfile
from collections.abc import Mapping

SAYS = """
import pathlib

def model_fn(model_dir):
    return pathlib.Path(model_dir, "version").read_text()

def input_fn(body, content_type):
    return body.splitlines()

def predict_fn(rows, version):
    return [version for _ in rows]

def output_fn(answers, accept):
    return "\\n".join(answers), "text/csv"
"""
FAILS = f"""{SAYS}
def predict_fn(rows, version):
    raise RuntimeError("no such column: tailnum")
"""
DISAGREES = f"""{SAYS}
def predict_fn(rows, version):
    return [str(int(version) + 40) for _ in rows]
"""
ECHOES = f"""{SAYS}
def predict_fn(rows, version):
    return [f"{{version}}:{{row}}" for row in rows]
"""
"""It answers each row with its number and the row, so that nobody can mistake one for another."""

DOES_NOT_START = 'raise SystemExit("this model does not start")'


def archive(version: int, script: str = SAYS) -> bytes:
    """The `model.tar.gz` of a version."""
    return packed({"version": str(version), "code/inference.py": script})


def packed(files: Mapping[str, str]) -> bytes:
    """A `tar.gz` of these files."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return made.getvalue()
