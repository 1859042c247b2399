"""The page itself."""

import re

import pytest

from review import Review, page
from review.differences import Difference
from review.findings import Guard, Permission, StackDifferences, Stopped, Thing
from review.page import FIRST_LINES
from review.page.markdown import block, code, table
from review.readings import Reading

SORTS = ("endpoint", "bucket", "queue", "alarm", "role")


def thing(noun: str, number: int) -> Thing:
    return Thing("Stack", f"{noun}{number}", f"AWS::X::{noun}", noun, f"{noun}-{number}")


def crowded() -> Review:
    """Twenty of everything that is dangerous, the worst of them last."""
    nouns = [SORTS[number % 5] for number in range(20)][::-1]
    return Review(
        "base",
        "head",
        stopped=tuple(Stopped(thing(noun, n), "replaced") for n, noun in enumerate(nouns)),
        guards=tuple(
            Guard(kind, thing(noun, n), "does less")
            for n, noun in enumerate(nouns)
            for kind in ("rule", "alarm", "monitor", "gate")
        ),
        permissions=tuple(
            Permission("gained", thing("role", n), "Allow", "w", ("s3:*",), ("*",), "", True, True)
            for n in range(20)
        ),
        stacks=(different("some"),),
    )


def different(text: str) -> StackDifferences:
    one = (Difference("/A", "a", text),)
    return StackDifferences("Stack", "changed", one, readings=(Reading("A", "a", text),))


def test_the_worst_of_each_stands_in_the_first_lines_however_much_there_is():
    first = "\n".join(page(crowded()).splitlines()[:FIRST_LINES])
    assert "Endpoint `endpoint-" in first
    assert "**Gate**" in first
    assert "**Monitor**" in first
    assert "may **`s3:*`** on **`*`**" in first


def test_what_does_not_fit_there_follows_folded():
    told = page(crowded())
    assert "- … and 16 more, below" in told
    assert "<details><summary>Replaced, removed or stopped: all 20</summary>" in told


def test_no_difference_is_one_line_with_the_notes():
    review = Review("`main`", "the working tree", notes=("The base has its own lock.",))
    assert page(review) == (
        "Nothing changed between `main` and the working tree. The base has its own lock.\n"
    )


def test_a_difference_that_no_section_tells_is_in_the_headline_all_the_same():
    told = page(Review("base", "head", stacks=(different("b"),)))
    assert told.startswith("### Review: 1 difference without effect known\n")


@pytest.mark.parametrize("limit", [400, 1000, 3000])
def test_a_page_for_a_comment_is_cut_at_its_limit_and_says_so(limit: int):
    told = page(crowded(), limit=limit)
    assert len(told) <= limit
    assert told.splitlines()[-1].startswith("*The page is cut here.")
    assert told.count("<details>") == told.count("</details>")


def test_a_cut_within_a_block_closes_it():
    long = "\n".join(f"+{number}" for number in range(1000))
    readings = (Reading("A", text=long),)
    review = Review("b", "h", stacks=(StackDifferences("S", "changed", (), readings=readings),))
    told = page(review, limit=2000)
    assert len(re.findall(r"^\s*```", told, flags=re.M)) == 2


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("a", "`a`"),
        ("a`b", "``a`b``"),
        ("`a", "`` `a ``"),
        ("a\nb", "`a b`"),
        ("", "(empty)"),
        (" ", "(blank)"),
        ("<details>", "`<details>`"),
    ],
)
def test_what_a_template_holds_becomes_no_markup(text: str, markdown: str):
    assert code(text) == markdown


def test_a_bar_in_a_cell_ends_no_cell():
    assert table(["A"], [["`a|b`"]])[-1] == "| `a\\|b` |"


def test_a_fence_within_a_block_does_not_end_it():
    assert block("a\n```\nb", "diff") == ["````diff", "a", "```", "b", "````"]


def test_a_long_text_is_short_above_and_whole_below():
    long = "x" * 150 + "the middle" + "y" * 150
    assert "the middle" not in code(long, short=True)
    assert "the middle" in page(Review("base", "head", stacks=(different(long),)))


def test_the_json_is_the_same_whatever_the_order_of_its_making():
    one, other = crowded().to_json(), crowded().to_json()
    assert one == other
    assert one.index('"base"') < one.index('"files"') < one.index('"stopped"')
