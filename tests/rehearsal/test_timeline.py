"""The timeline is whole at every moment, for a program and for a person."""

import io
import json
from pathlib import Path

from rehearsal.timeline import Timeline


def recorded(tmp_path: Path, **detail: object) -> tuple[dict[str, object], str]:
    screen, seconds = io.StringIO(), iter([100.0, 112.5])
    timeline = Timeline(tmp_path / "out" / "t.jsonl", screen, seconds=lambda: next(seconds))
    timeline.record("approver", "version approved", **detail)
    return json.loads((tmp_path / "out" / "t.jsonl").read_text()), screen.getvalue()


def test_an_event_says_when_who_what_and_its_figures(tmp_path: Path):
    line, _ = recorded(tmp_path, auc=0.712345678)
    assert line == {
        "t": 12.5,
        "actor": "approver",
        "event": "version approved",
        "detail": {"auc": 0.712345678},
    }


def test_the_screen_shows_the_same_event_at_the_same_time(tmp_path: Path):
    _, shown = recorded(tmp_path, auc=0.712345678)
    assert shown.split() == [
        "day",
        "0",
        "00:00:12",
        "approver",
        "version",
        "approved:",
        "auc",
        "0.7123",
    ]


def test_a_long_value_is_cut_on_screen_and_whole_in_the_file(tmp_path: Path):
    line, shown = recorded(tmp_path, package="a" * 300)
    assert line["detail"] == {"package": "a" * 300}
    assert "a" * 53 + "..." in shown and "a" * 54 not in shown


def test_a_new_rehearsal_does_not_continue_the_old_timeline(tmp_path: Path):
    recorded(tmp_path, round=1)
    line, _ = recorded(tmp_path, round=2)
    assert line["detail"] == {"round": 2}


def test_an_arn_is_shown_by_its_name(tmp_path: Path):
    arn = "arn:aws:sagemaker:eu-west-1:111122223333:model-package/dev-flight-delay/1"
    _, shown = recorded(tmp_path, package=arn)
    assert shown.endswith("package model-package/dev-flight-delay/1\n")
