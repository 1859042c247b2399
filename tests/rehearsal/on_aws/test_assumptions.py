"""Each row of the assumptions gets a verdict, and one that AWS contradicts stops the run."""

import json
from pathlib import Path
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from local_aws.core.assumptions import rows as of_the_local_aws
from rehearsal.on_aws.assumptions import (
    NOT_PROBED,
    Judged,
    Verdict,
    judge,
    refuted,
    rows,
    told_in_short,
    write,
)
from rehearsal.on_aws.probes import PROBES
from rehearsal.on_aws.seen import Seen, unseen

NOTHING: Any = cast(Any, None)
PLAIN, TRUE, FALSE = (
    "package-versions-have-no-name", "alarm-rollback-fails-the-stack",
    "created-package-event-names-approval",
)  # fmt: skip
"""Rows: one that can't be switched, and two that are taken as true and as false."""


def verdict(row: str, seen: Seen) -> Judged:
    judged = judge(NOTHING, NOTHING, {row: lambda *_: seen})
    [found] = [one for one in judged if one.row == row]
    return found


def test_every_row_of_the_local_aws_is_judged():
    assert {name for _, name, _ in rows()} == set(of_the_local_aws())
    judged = judge(NOTHING, NOTHING, {})
    assert {one.row for one in judged} == set(of_the_local_aws())
    assert {one.verdict for one in judged} == {Verdict.NOT_SEEN}
    assert {one.what for one in judged} == {NOT_PROBED}


def test_every_probe_is_of_a_row():
    assert set(PROBES) <= set(of_the_local_aws())


@pytest.mark.parametrize(
    ("row", "holds", "expected"),
    [
        (PLAIN, True, Verdict.CONFIRMED),
        (PLAIN, False, Verdict.REFUTED),
        (PLAIN, None, Verdict.NOT_SEEN),
        (TRUE, True, Verdict.CONFIRMED),
        (TRUE, False, Verdict.REFUTED),
        (FALSE, False, Verdict.CONFIRMED),
        (FALSE, True, Verdict.REFUTED),
    ],
)
def test_a_row_is_refuted_where_aws_is_otherwise_than_it_is_taken(
    row: str, holds: bool | None, expected: Verdict
):
    assert verdict(row, Seen(holds, "seen so")).verdict is expected


def test_a_row_that_says_more_than_was_seen_is_confirmed_in_part_and_refuted_whole():
    assert verdict(PLAIN, Seen(True, "half", in_part=True)).verdict is Verdict.IN_PART
    assert verdict(PLAIN, Seen(False, "half", in_part=True)).verdict is Verdict.REFUTED


def test_a_refuted_row_names_the_file_to_change():
    one = verdict(TRUE, Seen(False, "the stack is UPDATE_COMPLETE"))
    assert refuted([one, verdict(PLAIN, unseen("x"))]) == [one]
    assert one.todo == (
        "local_aws/assumptions.toml: [alarm-rollback-fails-the-stack] is taken as true, and AWS"
        " does otherwise: the stack is UPDATE_COMPLETE"
    )


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DescribeEndpoint"),
        KeyError("StackStatus"),
    ],
)
def test_a_probe_that_fails_has_not_seen_anything_and_says_why(error: Exception):
    def fails(*_: object) -> Seen:
        raise error

    [found] = [one for one in judge(NOTHING, NOTHING, {PLAIN: fails}) if one.row == PLAIN]
    assert found.verdict is Verdict.NOT_SEEN
    assert found.what.startswith(f"could not be looked at ({type(error).__name__})")


def test_the_table_has_each_row_once_the_refuted_before_the_unseen(tmp_path: Path):
    seen = {PLAIN: Seen(True, "a | b"), TRUE: Seen(False, "otherwise")}
    judged = judge(NOTHING, NOTHING, {row: (lambda *_, s=s: s) for row, s in seen.items()})
    page = write(judged, tmp_path).read_text()
    lines = [line for line in page.splitlines() if line.startswith("| ") and "`" in line]
    assert len(lines) == len(judged)
    assert [line.split(" | ")[0] for line in lines[:3]] == [
        "| confirmed", "| refuted", "| not seen",
    ]  # fmt: skip
    assert "a \\| b" in lines[0]
    assert told_in_short(judged) in page
    plain = json.loads((tmp_path / "assumptions.json").read_text())
    assert {one["row"]: one["verdict"] for one in plain}[TRUE] == "refuted"
    assert set(plain[0]) == {"row", "file", "assumption", "taken", "verdict", "what"}
