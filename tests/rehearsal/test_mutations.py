"""What is broken in the templates, and the tables that say who has to notice."""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rehearsal.mutations.derived import ARROWS, NO_ARROWS, mutations
from rehearsal.mutations.elsewhere import ELSEWHERE, UNPLAYED
from rehearsal.mutations.mutation import Mutation, Renamed, value_at
from rehearsal.mutations.other_ways import OTHER_WAYS
from rehearsal.mutations.rows import Elsewhere
from rehearsal.mutations.tables import ROWS, expectation
from tests.conftest import ROOT
from tests.stacks import test_unplayed_arrows as unplayed

Templates = Mapping[str, dict[str, Any]]


def unknown(kind: str) -> Mutation:
    return Mutation("Dev-Foundation", "Foundation/Door", kind, "Door", ("Resources",), "nothing")


@cache
def functions_of(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_whatever_is_broken_has_one_row(templates: Templates):
    broken = mutations(templates)
    assert len({mutation.name for mutation in broken}) == len(broken) > 200
    for mutation in broken:
        expectation(mutation)


def test_no_row_is_of_something_that_is_not_there(templates: Templates):
    used = {expectation(mutation).pattern for mutation in mutations(templates)}
    assert [row.pattern for row in ROWS if row.pattern not in used] == []


def test_every_test_that_a_row_names_exists():
    for row in [*ELSEWHERE, *OTHER_WAYS]:
        file, _, name = row.test.partition("::")
        assert name in functions_of(ROOT / file), row.test


def test_the_tests_of_what_is_not_played_fail_for_each_thing_that_is_broken(templates: Templates):
    held = 0
    for mutation in mutations(templates):
        row = expectation(mutation)
        if isinstance(row, Elsewhere) and row.test.startswith(UNPLAYED):
            broken = mutation.applied(templates[mutation.stack])
            check = getattr(unplayed, row.test.partition("::")[2])
            with pytest.raises((AssertionError, KeyError)):
                check({**templates, mutation.stack: broken})
            held += 1
    assert held > 40


def test_a_mutation_changes_one_place_and_nothing_else(templates: Templates):
    for mutation in mutations(templates):
        template = templates[mutation.stack]
        broken = mutation.applied(template)
        assert broken != template, mutation.name
        if isinstance(mutation.becomes, Renamed):
            renamed = (*mutation.at[:-1], mutation.becomes.to)
            assert value_at(broken, renamed) == value_at(template, mutation.at)
            assert value_at(broken, mutation.at) is None, mutation.name
        else:
            assert value_at(broken, mutation.at) == mutation.becomes, mutation.name
        others = [name for name in template["Resources"] if name not in mutation.at]
        assert all(broken["Resources"][n] == template["Resources"][n] for n in others)


def test_what_has_no_row_is_named_with_the_files_to_add_one_to():
    with pytest.raises(LookupError) as missing:
        expectation(unknown("knock"))
    assert str(missing.value) == (
        "one row must say which arrow of the story 'Foundation/Door | knock | Door' breaks, or "
        "which test holds it; got [] (rehearsal/mutations/expected.py, elsewhere.py)"
    )


def test_a_type_of_resource_that_nobody_thought_of_is_named():
    template = {"Resources": {"Queue": {"Type": "AWS::Pipes::Pipe", "Properties": {}}}}
    with pytest.raises(LookupError) as missing:
        mutations({"Dev-Foundation": template})
    assert str(missing.value) == (
        "Queue of Dev-Foundation is a AWS::Pipes::Pipe; say in rehearsal.mutations.derived how it "
        "is broken, or why it is no arrow"
    )


def test_no_type_is_in_both_lists_and_each_one_is_in_the_templates(templates: Templates):
    there = {r["Type"] for t in templates.values() for r in t["Resources"].values()}
    assert not ARROWS.keys() & NO_ARROWS.keys()
    assert ARROWS.keys() | NO_ARROWS.keys() == there
