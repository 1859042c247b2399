"""One comment, posted once and then put in its own place; `gh` is one that remembers."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

HEAD = "c" * 40
MARK = "<!-- perennial: what this change does -->"
GH = """#!/usr/bin/env python3
import json, os, pathlib, sys
world = pathlib.Path(os.environ["WORLD"])
arguments = sys.argv[1:]
if "--input" in arguments:
    body = json.loads(pathlib.Path(arguments[arguments.index("--input") + 1]).read_text())
    call = [arguments[arguments.index("--method") + 1], arguments[-3], body["body"]]
    with (world / "calls").open("a") as calls:
        calls.write(json.dumps(call) + "\\n")
else:
    kind = "comments" if "/comments" in arguments[-1] else "pulls"
    print((world / kind).read_text())
"""


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """One open pull request of that head, another, and no comment."""
    pulls = [{"number": 7, "head": {"sha": "a" * 40}}, {"number": 8, "head": {"sha": HEAD}}]
    (tmp_path / "pulls").write_text(json.dumps(pulls))
    (tmp_path / "comments").write_text("[]")
    (tmp_path / "gh").write_text(GH)
    (tmp_path / "gh").chmod(0o755)
    return tmp_path


def comment(world: Path, page: str, head: str = HEAD) -> list[Any]:
    """Which calls change something: method, path, body."""
    (world / "page.md").write_text(page)
    given = {"REPOSITORY": "o/r", "HEAD": head, "PAGE": str(world / "page.md"), "WORLD": str(world)}
    subprocess.run(
        [str(ROOT / ".ci/comment")],
        env={**os.environ, **given, "PATH": f"{world}:{os.environ['PATH']}"},
        check=True,
        capture_output=True,
    )
    calls = world / "calls"
    return [json.loads(line) for line in calls.read_text().splitlines()] if calls.exists() else []


def test_the_first_page_is_posted_on_the_pull_request_of_its_commit(world: Path):
    assert comment(world, "page\n") == [["POST", "repos/o/r/issues/8/comments", f"{MARK}\npage\n"]]


def test_the_next_one_takes_its_place(world: Path):
    told = [
        {"id": 1, "user": {"login": "ann"}, "body": f"{MARK}\nnot ours"},
        {"id": 2, "user": {"login": "github-actions[bot]"}, "body": "of another workflow"},
        {"id": 3, "user": {"login": "github-actions[bot]"}, "body": f"{MARK}\npage"},
    ]
    (world / "comments").write_text(json.dumps(told))
    assert comment(world, "new\n") == [["PATCH", "repos/o/r/issues/comments/3", f"{MARK}\nnew\n"]]


def test_a_page_of_a_commit_that_no_open_pull_request_ends_with_is_not_posted(world: Path):
    assert not comment(world, "page", head="d" * 40)


def test_a_page_can_not_run_anything_nor_call_anybody(world: Path):
    page = 'hello @everyone $(touch "$WORLD/owned") `touch owned`\n"; rm -rf x\n'
    [(_, _, body)] = comment(world, page)
    assert body == f"{MARK}\n{page}".replace("@", "@\u200b")
    assert not (world / "owned").exists()


def test_a_page_is_never_longer_than_github_takes(world: Path):
    [(_, _, body)] = comment(world, "@" * 70000)
    assert len(body) == 65536
