"""The diff of a failed comparison: what it shows, what it leaves out, and how it names a place."""

import json
from typing import Any

import pytest

from mlops_constructs.testing.difference import MOST, difference

STEPS = [
    {"Name": name, "Type": "Processing", "Arguments": {"Sizes": [1, 2, 3], "On": True}}
    for name in ("Preprocess", "Train", "Evaluate")
]


def shown(before: Any, after: Any) -> list[str]:
    return difference(*(json.dumps(value, indent=2) + "\n" for value in (before, after)))


def headings(before: Any, after: Any) -> list[str]:
    return [line.strip("@ ") for line in shown(before, after) if line.startswith("@@")]


def test_nothing_is_shown_of_what_is_equal():
    assert shown(STEPS, STEPS) == []


def test_two_lines_stand_around_a_change():
    before = {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6}
    assert shown(before, {**before, "d": 0}) == [
        "@@ d @@",
        '    "b": 2,',
        '    "c": 3,',
        '-   "d": 4,',
        '+   "d": 0,',
        '    "e": 5,',
        '    "f": 6',
    ]


def changed(path: list[str | int], value: Any) -> list[Any]:
    copy = json.loads(json.dumps(STEPS))
    inside = copy
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    return copy


@pytest.mark.parametrize(
    "path, heading",
    [
        ([1, "Type"], "[Train].Type"),
        ([2, "Arguments", "Sizes", 1], "[Evaluate].Arguments.Sizes[1]"),
        ([0, "Arguments", "On"], "[Preprocess].Arguments.On"),
    ],
)
def test_a_change_is_headed_by_its_path(path: list[str | int], heading: str):
    assert headings(STEPS, changed(path, 0)) == [heading]


def test_each_change_has_a_heading_of_its_own():
    other = changed([0, "Type"], "Training")
    other[2]["Type"] = "Training"
    assert headings(STEPS, other) == ["[Preprocess].Type", "[Evaluate].Type"]


def test_what_is_gone_is_headed_by_where_it_was():
    assert headings({"a": {"b": 1, "c": 2, "d": 3}}, {"a": {"b": 1, "d": 3}}) == ["a.c"]


def test_a_value_that_looks_like_a_bracket_misleads_nobody():
    before = {"a": {"b": "{", "c": '"x": {', "d": [{}, []], "e": 1}, "f": 1}
    assert headings(before, {**before, "f": 2}) == ["f"]


def test_a_long_difference_ends_with_how_much_is_left():
    lines = shown(list(range(100)), [])
    assert len(lines) == MOST + 1
    assert lines[-1] == "… and 44 more lines"


def test_a_text_that_is_not_indented_is_shown_as_well():
    assert difference("{]}\n", "]{]\n") == ["@@  @@", "- {]}", "+ ]{]"]
