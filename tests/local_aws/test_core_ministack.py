"""MiniStack has what the local AWS takes hold of, in the version that is pinned."""

import ast
import importlib
import inspect
from importlib.metadata import version
from pathlib import Path

import pytest

import local_aws.ministack
from local_aws.ministack import PINNED
from local_aws.ministack.seams import SEAMS, Seam

REPOSITORY = Path(__file__).resolve().parents[2]
PATCHES = Path(local_aws.ministack.__file__).parent


def test_the_installed_ministack_is_the_pinned_one() -> None:
    assert version("ministack") == PINNED


@pytest.mark.parametrize("seam", SEAMS, ids=lambda seam: seam.name)
def test_a_name_of_ministack_is_there_and_takes_what_it_took(seam: Seam) -> None:
    found = getattr(importlib.import_module(seam.module), seam.name)
    if seam.parameters is not None:
        assert tuple(inspect.signature(found).parameters) == seam.parameters


def used() -> set[tuple[str, str]]:
    """Every attribute of a module of MiniStack that the patches name."""
    found = set()
    for path in PATCHES.glob("*.py"):
        tree = ast.parse(path.read_text())
        modules = {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ministack")
            for alias in node.names
        }
        found |= {
            (modules[node.value.id], node.attr)
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in modules
        }
    return found


def test_every_name_that_the_patches_use_is_among_the_seams() -> None:
    assert used() - {(seam.module, seam.name) for seam in SEAMS} == set()


def test_only_one_package_touches_ministack() -> None:
    outside = [
        path
        for path in (REPOSITORY / "local_aws").rglob("*.py")
        if PATCHES not in path.parents and imports_ministack(path)
    ]
    assert outside == []


def imports_ministack(path: Path) -> bool:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
        elif isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
    return any(name.split(".")[0] == "ministack" for name in imported)
