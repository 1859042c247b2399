"""Nothing that differs is left out: base with every operation applied is head."""

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonpatch
import pytest

from review import Assembly, Review, page
from review.differences import differences
from review.findings import StackDifferences
from review.readings import readings


def applied(base: Any, head: Any) -> Any:
    """Base, changed by an implementation of RFC 6902 that is not ours."""
    operations = [one.as_operation() for one in differences(base, head)]
    return jsonpatch.apply_patch(deepcopy(base), json.loads(json.dumps(operations)))


@pytest.mark.parametrize(
    ("base", "head"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {}),
        ({}, {"a": None}),
        ({"a": None}, {}),
        ({"a": [1, 2, 3]}, {"a": [0, 1, 3, 4]}),
        ({"a": [{"b": 1}, {"b": 2}]}, {"a": [{"b": 2}, {"b": 3}]}),
        ({"a/b~c": 1}, {"a/b~c": 2}),
        ({"a": 1}, {"a": True}),
        ({"a": 0}, {"a": 0.0}),
        ({"a": {"b": []}}, {"a": []}),
    ],
)
def test_what_differs_is_an_operation(base: Any, head: Any):
    made = applied(base, head)
    assert json.dumps(made, sort_keys=True) == json.dumps(head, sort_keys=True)
    assert list(differences(base, base)) == []


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths to all leaves, by a plain walk."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in inner:
        if isinstance(one, dict | list) and one:
            yield from places(one, (*path, key))
        else:
            yield (*path, key)


def spoil(template: dict[str, Any], chance: random.Random, number: int) -> list[str]:
    """Change, add and remove at random; the new values, each unlike any other."""
    marks = []
    for count in range(number):
        path = chance.choice(list(places(template)))
        target: Any = template
        for key in path[:-1]:
            target = target[key]
        mark = f"mark-{count}-of-{number}"
        how = chance.choice(("change", "add", "remove"))
        if how == "remove" and len(target) > 1:
            del target[path[-1]]
        elif how == "add" and isinstance(target, list):
            target.insert(path[-1], mark)
            marks.append(mark)
        elif how == "add":
            target[mark] = mark
            marks.append(mark)
        else:
            target[path[-1]] = mark
            marks.append(mark)
    return marks


@pytest.fixture(scope="module")
def originals(assemblies: dict[str, Path]) -> list[dict[str, Any]]:
    """The app's own templates."""
    stacks = Assembly(assemblies["home"]).stacks.values()
    return [json.loads(json.dumps(stack.template)) for stack in stacks]


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_left_out_of_spoilt_templates(seed: int, originals: list[dict[str, Any]]):
    chance = random.Random(seed)
    for base in originals:
        head = deepcopy(base)
        spoil(head, chance, chance.randint(1, 8))
        assert applied(base, head) == head


@pytest.mark.parametrize("seed", range(5))
def test_every_new_value_stands_on_the_page_and_in_the_json(
    seed: int, originals: list[dict[str, Any]]
):
    chance = random.Random(seed)
    for base in originals:
        head = deepcopy(base)
        spoil(head, chance, chance.randint(1, 8))
        there = json.dumps(head)
        different = StackDifferences(
            "Stack",
            "changed",
            tuple(differences(base, head)),
            readings=tuple(readings(base, head)),
        )
        review = Review("base", "head", stacks=(different,))
        told, written = page(review), review.to_json()
        for mark in {word for word in there.split('"') if word.startswith("mark-")}:
            assert mark in told
            assert mark in written


def test_a_change_within_the_text_of_a_document_is_told_by_its_place():
    def body(value: int) -> dict[str, Any]:
        return {"Fn::Sub": [json.dumps({"Steps": [{"Name": "A", "Count": value}]}), {"B": "b"}]}

    [one] = readings({"Body": body(1)}, {"Body": body(2)})
    assert (one.path, one.before, one.after) == ("Body » Steps[A].Count", "1", "2")


def test_a_document_that_differs_only_in_its_spaces_is_not_left_out():
    [one] = readings({"Body": '{"a":1}'}, {"Body": '{"a": 1}'})
    assert (one.before, one.after) == ('{"a":1}', '{"a": 1}')


def test_two_functions_that_read_alike_are_told_apart():
    join, plain = {"Fn::Join": ["", ["a", {"Ref": "B"}]]}, {"Fn::Sub": "a${B}"}
    [one] = readings({"A": join}, {"A": plain})
    assert one.before != one.after
