"""Folders of plain scripts, loaded side by side: two of them may both have a baseline.py."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

_LOADED: dict[Path, dict[str, Any]] = {}


def load(folder: Path, *names: str) -> list[Any]:
    """Modules of a folder whose scripts import their siblings by bare names.

    Nothing of them stays in sys.modules, and a module is loaded once however often it is asked for.
    """
    known = _LOADED.setdefault(folder, {})
    own = {path.stem for path in folder.glob("*.py")}
    others = {name: sys.modules.pop(name) for name in own if name in sys.modules}
    sys.modules.update(known)
    sys.path.insert(0, str(folder))
    try:
        return [import_module(name) for name in names]
    finally:
        sys.path.remove(str(folder))
        known.update({name: sys.modules.pop(name) for name in own if name in sys.modules})
        sys.modules.update(others)
