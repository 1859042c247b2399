"""Folders of plain scripts, loaded side by side: two of them may both have a baseline.py."""

import atexit
import io
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from mlops_constructs.archive import archive

_LOADED: dict[Path, dict[str, Any]] = {}


@cache
def unpacked(*folders: Path) -> Path:
    """One folder with what the archive of these folders holds, as jobs find it, until the end."""
    folder = tempfile.mkdtemp(prefix="scripts-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with tarfile.open(fileobj=io.BytesIO(archive(*folders).content)) as tar:
        tar.extractall(folder, filter="data")
    return Path(folder)


def load(folder: Path, *names: str) -> list[Any]:
    """Modules of a folder whose scripts import their siblings by bare names.

    Nothing of them stays in sys.modules, and a module is loaded once however often it is asked for.
    """
    with entered(folder):
        return [import_module(name) for name in names]


@contextmanager
def entered(folder: Path) -> Iterator[None]:
    """Bare names mean the scripts of this folder, as for a script there that imports one late."""
    known = _LOADED.setdefault(folder, {})
    own = {path.stem for path in folder.glob("*.py")}
    others = {name: sys.modules.pop(name) for name in own if name in sys.modules}
    sys.modules.update(known)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        known.update({name: sys.modules.pop(name) for name in own if name in sys.modules})
        sys.modules.update(others)
