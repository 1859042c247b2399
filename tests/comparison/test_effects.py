"""Effects and their intervals: published ones, scipy's, and what they must not do."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest, norm, ttest_1samp

from tests.comparison.trials import minutes, more_errors, script

effects, stretches = script("effects"), script("stretches")
BOUND = {"bound": 1.0, "of": 2}


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_a_difference_of_shares_has_the_interval_of_newcombes_table(first, second, low, high):
    # Statistics in Medicine 17, 1998, 873-890, table II, method 10.
    assert effects.newcombe(first, second) == pytest.approx((low, high), abs=5.1e-5)


@pytest.mark.parametrize("of", [1, 2, 3])
def test_intervals_of_several_effects_are_wider_as_bonferroni_says(of: int):
    assert effects.quantile(of) == pytest.approx(norm.ppf(1 - 0.05 / of / 2))


def test_agreement_of_unrelated_requests_has_scipys_wilson_interval():
    pairs = np.full(1440, 2.0)
    agreeing = np.where(np.arange(1440) % 10 == 0, 1.0, 2.0)  # evenly: no design effect
    found = effects.agreement(agreeing, pairs, bound=90, of=3)
    hits, of = int(agreeing.sum()), 2880
    theirs = binomtest(hits, of).proportion_ci(0.95, method="wilson")
    wider = binomtest(hits, of).proportion_ci(1 - 0.05 / 3, method="wilson")
    assert (found.low, found.high) == pytest.approx((100 * theirs.low, 100 * theirs.high))
    assert (found.sure_low, found.sure_high) == pytest.approx((100 * wider.low, 100 * wider.high))


def test_latency_without_memory_has_scipys_t_interval_of_stretches():
    champion, challenger = minutes(seed=1), minutes(seed=2, latency=33_000)
    place = stretches.stretches(np.minimum(champion.timed, challenger.timed), 12)
    logarithms = [
        np.log(np.bincount(place, side.latency) / np.bincount(place, side.timed))
        for side in (challenger, champion)
    ]
    interval = ttest_1samp(logarithms[0] - logarithms[1], 0).confidence_interval(0.95)
    found = effects.latency(champion, challenger, bound=20, of=2)
    low, high = (100 * np.expm1(end) for end in interval)
    assert found.low <= low + 1e-9 and found.high >= high - 1e-9  # never narrower
    assert found.high - found.low < 1.5 * (high - low)


def test_what_slows_both_is_no_difference_and_makes_it_no_less_sure():
    champion, challenger = minutes(seed=1), minutes(seed=2)
    wave = np.exp(np.sin(np.arange(1440) / 200))
    slowed = [replace(side, latency=side.latency * wave) for side in (champion, challenger)]
    plain = effects.latency(champion, challenger, bound=20, of=2)
    found = effects.latency(*slowed, bound=20, of=2)
    assert found.estimate == pytest.approx(plain.estimate, abs=0.5)
    assert found.high - found.low < 1.3 * (plain.high - plain.low)


def test_waves_of_one_alone_make_latency_less_sure():
    champion, challenger = minutes(60, seed=1), minutes(60, seed=2)
    wave = np.exp(0.1 * np.sin(np.arange(60) / 8))
    waved = replace(challenger, latency=challenger.latency * wave)
    plain = effects.latency(champion, challenger, bound=20, of=2)
    found = effects.latency(champion, waved, bound=20, of=2)
    assert found.high - found.low > 1.5 * (plain.high - plain.low)


@pytest.mark.parametrize(("number", "said"), [(29, False), (30, True)])
def test_latency_needs_half_an_hour_with_traffic_to_both(number: int, said: bool):
    champion, challenger = minutes(seed=1), minutes(seed=2)
    timed = np.where(np.arange(1440) < number, challenger.timed, 0)
    rare = replace(challenger, timed=timed)
    assert (effects.latency(champion, rare, bound=20, of=2) is not None) == said


def test_one_minute_with_nearly_all_the_traffic_does_not_decide_alone():
    crowd = np.arange(1440) == 700
    champion, challenger = (
        replace(side, timed=np.where(crowd, 1e6, side.timed)) for side in map(minutes, [1440] * 2)
    )
    slow, slower = (
        replace(side, latency=np.where(crowd, latency, side.latency))
        for side, latency in ((champion, 3e10), (challenger, 9e10))
    )
    found = effects.latency(slow, slower, bound=20, of=2)
    assert found.low < 0 < found.high
    assert not found.too_bad and not found.within


def test_failures_in_bursts_make_errors_less_sure():
    steady = [more_errors(minutes(seed=seed, errors=0.0), 0.05, seed) for seed in (1, 2)]
    bursts = [
        replace(side, failed=np.where((np.arange(1440) // 10) % 20 == at, side.requests, 0))
        for at, side in enumerate(steady)
    ]
    plain, found = (effects.errors(*sides, **BOUND) for sides in (steady, bursts))
    assert found.high - found.low > 2 * (plain.high - plain.low)


def test_failures_of_four_hundred_and_five_hundred_count_alike():
    plain = minutes(seed=1, errors=0.0)
    refusing = replace(plain, refused=np.ones(1440))
    failing = replace(plain, failed=np.ones(1440))
    one, other = (effects.errors(plain, side, **BOUND) for side in (refusing, failing))
    assert one == other
    assert one.estimate > 0


def test_more_errors_than_requests_are_as_many_as_there_were():
    side = replace(minutes(seed=1), refused=np.full(1440, 1e6))
    assert effects.errors(side, side, **BOUND).estimate == 0
    assert side.errors.tolist() == side.requests.tolist()


def test_without_any_failure_the_interval_still_has_a_width():
    found = effects.errors(minutes(seed=1, errors=0), minutes(seed=2, errors=0), **BOUND)
    assert found.low < 0 < found.high < 0.05


def test_turned_round_an_effect_is_turned_round():
    champion, challenger = minutes(seed=1), more_errors(minutes(seed=2), 0.02)
    one, other = (
        effects.errors(*sides, **BOUND)
        for sides in ((champion, challenger), (challenger, champion))
    )
    assert (one.estimate, one.low, one.high) == pytest.approx(
        (-other.estimate, -other.high, -other.low)
    )


def test_without_a_pair_nothing_is_said_of_agreement():
    assert effects.agreement(np.zeros(60), np.zeros(60), bound=90, of=3) is None


def test_stretches_follow_upon_one_another_and_weigh_about_the_same():
    weights = np.random.default_rng(1).poisson(np.linspace(1, 50, 600)).astype(float)
    place = stretches.stretches(weights, 12)
    assert (np.diff(place) >= 0).all() and place[0] == 0 and place[-1] == 11
    sums = np.bincount(place, weights)
    assert sums.max() - sums.min() < 2 * weights.max()


@pytest.mark.parametrize(("minutes", "number"), [(30, 4), (240, 8), (1440, 12), (10_080, 12)])
def test_there_are_few_stretches_so_that_each_is_long(minutes: int, number: int):
    assert stretches.long_ones(minutes) == number
