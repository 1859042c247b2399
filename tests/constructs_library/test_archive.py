"""The same scripts give the same bytes, wherever and whenever they are packed."""

import io
import os
import shutil
import tarfile
from pathlib import Path

import pytest

from mlops_constructs.archive import archive
from mlops_constructs.problems import InvalidProps


def scripts(folder: Path) -> Path:
    (folder / "sub").mkdir(parents=True)
    (folder / "train.py").write_text("print('trains')")
    (folder / "sub" / "part.py").write_text("part = 1")
    return folder


def members(content: bytes) -> list[tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as tar:
        return tar.getmembers()


def test_two_copies_of_other_age_owner_and_mode_are_the_same_archive(tmp_path: Path):
    first = scripts(tmp_path / "first")
    second = shutil.copytree(first, tmp_path / "second")
    for path in (second / "train.py", second / "sub" / "part.py"):
        os.utime(path, (1, 1))
        path.chmod(0o700)
    assert archive(first) == archive(second)


def test_it_opens_as_the_training_toolkit_opens_it(tmp_path: Path):
    packed = archive(scripts(tmp_path / "steps"))
    with tarfile.open(fileobj=io.BytesIO(packed.content), mode="r:gz") as tar:
        tar.extractall(tmp_path / "out", filter="data")
    assert (tmp_path / "out" / "train.py").read_text() == "print('trains')"
    assert (tmp_path / "out" / "sub" / "part.py").read_text() == "part = 1"


def test_names_are_sorted_and_byte_code_stays_out(tmp_path: Path):
    folder = scripts(tmp_path / "steps")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "train.cpython-311.pyc").write_bytes(b"\0")
    assert [m.name for m in members(archive(folder).content)] == ["sub/part.py", "train.py"]


def test_the_caches_that_checkers_leave_change_nothing(tmp_path: Path):
    folder = scripts(tmp_path / "steps")
    before = archive(folder)
    for hidden in (".mypy_cache/3.11/train.meta.json", "sub/.ruff_cache/0.1/1", ".DS_Store"):
        path = folder / hidden
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("cached")
    assert archive(folder) == before


def test_a_folder_below_a_hidden_one_is_packed_like_any_other(tmp_path: Path):
    plain = archive(scripts(tmp_path / "plain" / "steps"))
    assert archive(scripts(tmp_path / ".hidden" / "steps")) == plain


def test_no_time_owner_or_folder_of_the_maker_is_in_it(tmp_path: Path):
    packed = archive(scripts(tmp_path / "steps"))
    assert packed.content[4:8] == b"\0\0\0\0"
    for member in members(packed.content):
        assert (member.mtime, member.uid, member.gid, member.uname) == (0, 0, 0, "")


def test_a_changed_script_changes_the_digest(tmp_path: Path):
    folder = scripts(tmp_path / "steps")
    before = archive(folder).digest
    (folder / "train.py").write_text("print('trains better')")
    assert archive(folder).digest != before


def test_files_of_several_folders_are_siblings_in_it(tmp_path: Path):
    own, shared = scripts(tmp_path / "own"), tmp_path / "shared"
    shared.mkdir()
    (shared / "evaluate.py").write_text("print('judges')")
    names = [member.name for member in members(archive(own, shared).content)]
    assert names == ["evaluate.py", "sub/part.py", "train.py"]
    assert archive(shared, own) == archive(own, shared)


def test_two_folders_with_a_file_of_the_same_name_are_refused(tmp_path: Path):
    own, shared = scripts(tmp_path / "own"), scripts(tmp_path / "shared")
    with pytest.raises(InvalidProps) as refused:
        archive(own, shared)
    assert refused.value.problems == tuple(
        f"one archive can't hold both {own}/{name} and {shared}/{name}; rename one of them"
        for name in ("sub/part.py", "train.py")
    )
