"""From effects to one word and one sentence."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.comparison.trials import CHALLENGER, CHAMPION, SINCE, minutes, script

decision, effects, answers = script("decision"), script("effects"), script("answers")
SIDE = minutes(60, seed=1)
Effect = effects.Effect


def effect(name: str, low: float, high: float, *, wider: float = 0.0, bound: float = 1.0) -> Any:
    unit = "percentage points" if name == "errors" else "percent"
    middle = (low + high) / 2
    return Effect(name, middle, low, high, low - wider, high + wider, bound, unit, "a method")


def comparison(*found: Any, release: str = "split") -> Any:
    """Of half an hour with enough requests."""
    settings = script("trial_settings").Settings(release, 1000, 1.0, 20.0, 90.0, 0.05)
    window = script("verdict").Window(SINCE, SINCE + timedelta(hours=1))
    pairs = None if release == "split" else answers.Pairs(SIDE.requests, SIDE.requests)
    versions = {"champion": CHAMPION, "challenger": CHALLENGER}
    return decision.Comparison("shop", versions, window, settings, SIDE, SIDE, pairs, found)


FINE = effect("latency", -5, 5, bound=20)
AGREES = effect("agreement", 95, 97, bound=90)


@pytest.mark.parametrize(
    ("errors", "verdict"),
    [
        (effect("errors", -0.5, 0.5), "no worse"),
        (effect("errors", -0.5, 1.0), "no worse"),
        (effect("errors", -0.5, 1.1), "undecided"),
        (effect("errors", 0.2, 0.8), "no worse"),  # worse, but not by too much
        (effect("errors", 1.1, 2.0), "worse"),
        (effect("errors", 1.1, 2.0, wider=0.2), "undecided"),  # not sure among several
        (effect("errors", -0.5, -0.1), "better"),
        (effect("errors", -0.5, -0.1, wider=0.2), "no worse"),
    ],
)
def test_the_word_follows_from_intervals_and_bounds(errors: Any, verdict: str):
    assert comparison(errors, FINE).verdict == verdict


def test_what_is_better_in_one_thing_and_worse_in_another_is_not_called_better():
    quick = effect("latency", -30, -20, bound=20)
    assert comparison(effect("errors", 0.1, 0.5), quick).verdict == "no worse"
    assert comparison(effect("errors", -0.1, 0.5), quick).verdict == "better"


def test_one_thing_that_is_too_bad_outweighs_all_that_is_better():
    quick = effect("latency", -30, -20, bound=20)
    assert comparison(effect("errors", 2, 3), quick).verdict == "worse"


@pytest.mark.parametrize(
    ("agreement", "verdict"),
    [
        (AGREES, "no worse"),
        (effect("agreement", 89, 97, bound=90), "undecided"),
        (effect("agreement", 80, 89, bound=90), "worse"),
    ],
)
def test_agreement_has_to_be_large_and_makes_nobody_better(agreement: Any, verdict: str):
    found = comparison(effect("errors", -0.5, 0.5), FINE, agreement, release="shadow")
    assert found.verdict == verdict


def test_without_a_pair_of_answers_there_is_no_verdict_on_a_shadow():
    found = comparison(effect("errors", -0.5, 0.5), FINE, release="shadow")
    assert found.verdict == "not enough traffic"
    assert found.why == "Not enough traffic: of no request the answers of both were captured."


def test_failures_alone_can_be_too_many():
    found = comparison(effect("errors", 90, 95))
    assert found.verdict == "worse"


@pytest.mark.parametrize("fewer", ["champion", "challenger"])
def test_who_was_asked_too_rarely_is_named(fewer: str):
    side = replace(SIDE, requests=SIDE.requests / 2)
    found = replace(comparison(), **{fewer: side})
    assert found.verdict == "not enough traffic"
    assert found.lacking.startswith(f"the {fewer} was asked ")


def test_sentences_say_what_how_sure_and_what_was_wanted():
    assert comparison(effect("errors", 1.1, 2.1), FINE).why == (
        "The challenger is worse: 1.60 points more of its requests fail (+1.10 to +2.10 points), "
        "where at most 1 point more may be (95 % confidence)."
    )
    assert comparison(effect("errors", -0.5, 0.1), effect("latency", 15, 25, bound=20)).why == (
        "It can't be told whether the challenger is worse: its mean latency is 20.0 % higher "
        "(+15.0 to +25.0 %), where at most 20 % more may be (95 % confidence)."
    )
    better = comparison(effect("errors", -0.5, -0.1), FINE).why
    assert better == (
        "The challenger is better: 0.30 points fewer of its requests fail (-0.50 to -0.10 points); "
        "nothing can be beyond its bound (95 % confidence)."
    )
    agreeing = comparison(effect("agreement", 80, 89, bound=90), release="shadow").why
    assert (
        "84.5 % of its answers are the champion's (80.0 to 89.0 %), where at least 90 %" in agreeing
    )


def test_a_word_that_rests_on_the_wider_interval_shows_it():
    assert "(+1.20 to +1.90 points)" in comparison(effect("errors", 1.3, 1.8, wider=0.1), FINE).why
