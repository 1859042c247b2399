"""What changed inside assets."""

import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from review import Assembly
from review.files import file_changes
from review.findings import FileChange
from review.resources import stack_pairs
from tests.review.handmade import template, write

Content = dict[str, bytes]


def tar(path: Path, files: Content) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def zipped(path: Path, files: Content) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def folder(path: Path, files: Content) -> None:
    path.mkdir()
    for name, content in files.items():
        (path / name).write_bytes(content)


PACKED: dict[str, Callable[[Path, Content], None]] = {
    "code.tar.gz": tar,
    "code.zip": zipped,
    "code": folder,
}


def compared(tmp_path: Path, kind: str, before: Content, after: Content) -> list[FileChange]:
    sides = []
    for side, files in (("base", before), ("head", after)):
        digest = side * 8
        made = write(
            tmp_path / side,
            {"A": template(), "B": template()},
            assets={digest: ("Pipeline/Code", f"{digest}-{kind}")},
        )
        PACKED[kind](made / f"{digest}-{kind}", files)
        sides.append(Assembly(made))
    return list(file_changes(stack_pairs(*sides)))


@pytest.mark.parametrize("kind", PACKED)
def test_a_script_in_an_archive_is_a_unified_diff(tmp_path: Path, kind: str):
    before, after = (
        {"a.py": b"x = 1\ny = 2\n", "b.py": b""},
        {"a.py": b"x = 1\ny = 3\n", "b.py": b""},
    )
    [one] = compared(tmp_path, kind, before, after)
    assert (one.file, one.change, one.added, one.removed) == ("a.py", "changed", 1, 1)
    assert one.diff.splitlines()[1:] == [" x = 1", "-y = 2", "+y = 3"]


def test_an_asset_of_two_stacks_is_told_once(tmp_path: Path):
    [one] = compared(tmp_path, "code.zip", {"a": b"1"}, {"a": b"2"})
    assert one.asset == "A: Pipeline/Code, B: Pipeline/Code"


def test_files_come_and_go(tmp_path: Path):
    found = compared(tmp_path, "code.zip", {"a": b"1\n"}, {"b": b"1\n2\n"})
    told = [(one.file, one.change, one.added, one.removed) for one in found]
    assert told == [("a", "removed", 0, 1), ("b", "added", 2, 0)]


def test_what_is_not_text_only_changed(tmp_path: Path):
    [one] = compared(tmp_path, "code.zip", {"a": b"\xff\xfe\x00"}, {"a": b"\xff\xfe\x01"})
    assert (one.change, one.diff) == ("changed", "")


def test_an_archive_made_anew_of_the_same_files_is_no_change(tmp_path: Path):
    assert compared(tmp_path, "code.tar.gz", {"a": b"1"}, {"a": b"1"}) == []


def test_an_image_that_a_command_makes_has_no_files_to_compare(tmp_path: Path):
    sides = [
        Assembly(write(tmp_path / side, {"A": template()}, assets={side: ("Image", f"no {side}")}))
        for side in ("base", "head")
    ]
    assert list(file_changes(stack_pairs(*sides))) == []
