"""How often comparisons are wrong, a little of it. `make bench-comparisons` does more."""

import pytest

from bench.comparisons import (
    AT_THE_BOUND,
    NOTHING_DIFFERS,
    PLANTED,
    PROMOTED,
    WINNERS,
    said,
    verdicts,
)

NUMBER = 60


@pytest.mark.parametrize("name", list(NOTHING_DIFFERS))
def test_two_that_do_not_differ_seldom_have_a_winner(name: str):
    assert said(verdicts(NOTHING_DIFFERS[name], NUMBER), *WINNERS) <= 0.1 * NUMBER


@pytest.mark.parametrize("name", list(AT_THE_BOUND))
def test_a_challenger_at_the_bound_is_seldom_promoted(name: str):
    assert said(verdicts(AT_THE_BOUND[name], NUMBER), *PROMOTED) <= 0.1 * NUMBER


@pytest.mark.parametrize("name", list(PLANTED))
def test_what_is_planted_is_found(name: str):
    world, word = PLANTED[name]
    assert said(verdicts(world, NUMBER), word) >= 0.85 * NUMBER
