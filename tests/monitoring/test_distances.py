"""Distances and intervals are those of scipy and of the published formulas."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, ks_2samp

from tests.monitoring.conftest import script

distances, reference = script("distances"), script("reference")


def counted(values: np.ndarray, known) -> np.ndarray:
    return np.bincount(distances.bins_of(known.points, values), minlength=len(known.counts))


@pytest.mark.parametrize("seed", range(5))
def test_with_ties_the_distance_is_scipys(seed: int):
    chance = np.random.default_rng(seed)
    usual, now = chance.integers(0, 20, size=500), chance.integers(2, 23, size=80)
    known = reference.of_numbers(usual.astype(float))
    found = distances.kolmogorov(counted(now, known), known.counts)
    assert found == pytest.approx(ks_2samp(usual, now).statistic, abs=1e-12)


@pytest.mark.parametrize("shift", [0.0, 0.1, 0.5, 3.0, 100.0])
def test_of_many_values_the_distance_is_scipys_less_what_lies_between_two_points(shift: float):
    chance = np.random.default_rng(7)
    usual, now = chance.gamma(2, size=20_000), chance.gamma(2, size=3_000) + shift
    known = reference.of_numbers(usual)
    found = distances.kolmogorov(counted(now, known), known.counts)
    exact = ks_2samp(usual, now).statistic
    assert exact - 1 / 200 <= found <= exact + 1e-12


def test_a_share_that_jumps_at_a_tie_is_seen_from_both_sides():
    known = reference.of_numbers(np.array([1.0, 2.0, 2.0, 3.0]))
    just_below = distances.kolmogorov(counted(np.array([1.999]), known), known.counts)
    assert just_below == ks_2samp([1, 2, 2, 3], [1.999]).statistic == 0.75


def test_the_distance_of_categories_is_that_of_pandas():
    chance = np.random.default_rng(3)
    usual = pd.Series(chance.choice(list("abcd"), p=[0.4, 0.3, 0.2, 0.1], size=900))
    now = pd.Series(chance.choice(list("abce"), size=200))
    known = reference.of_categories(usual.to_numpy(object))
    counts = np.bincount(known.codes(now.to_numpy(object)), minlength=len(known.counts))
    shares = [side.value_counts(normalize=True) for side in (now, usual)]
    expected = shares[0].sub(shares[1], fill_value=0).abs().max()
    assert distances.largest_difference(counts, known.counts) == pytest.approx(expected)


def test_a_window_without_values_is_at_no_distance():
    known = reference.of_numbers(np.arange(9.0))
    nothing = np.zeros_like(known.counts)
    assert distances.kolmogorov(nothing, known.counts) == 0
    assert distances.largest_difference(nothing, known.counts) == 0


def test_what_the_tolerance_lets_pass_is_at_no_distance_and_what_is_beyond_is():
    grid = np.round(np.arange(-4, 4.025, 0.05), 2)
    values = np.random.default_rng(1).normal(size=4000).round(1) + 0.013  # between points
    known = reference.of_numbers(values, grid)
    for shift, least, most in ((0.1, 0.0, 0.0), (-0.1, 0.0, 0.0), (0.5, 0.14, 0.18)):
        moved = counted(values + shift, known)
        found = distances.tolerant(moved, known.counts, steps=2)
        assert least - 1e-9 <= found <= most + 1e-9
        assert found <= distances.kolmogorov(moved, known.counts)


def test_the_band_is_massarts():
    # sqrt(ln(2 / 0.05) / 2n): 1.358 / sqrt(n), the asymptotic 5 % point of Kolmogorov's table.
    for n in (10, 100, 6000):
        assert distances.band(n) == pytest.approx(1.358 / np.sqrt(n), rel=1e-3)


def test_the_band_holds_the_true_distance_in_95_of_100_samples():
    chance = np.random.default_rng(4)
    usual = chance.normal(size=100_000)
    known = reference.of_numbers(usual)
    truth = distances.kolmogorov(counted(chance.normal(0.3, size=400_000), known), known.counts)
    missed = 0
    for _ in range(400):
        found = distances.kolmogorov(counted(chance.normal(0.3, size=150), known), known.counts)
        missed += abs(found - truth) > distances.band(150)
    assert missed <= 20


@pytest.mark.parametrize(("hits", "of"), [(0, 50), (1, 6000), (37, 400), (399, 400), (400, 400)])
def test_a_share_lies_in_an_interval_a_little_wider_than_clopper_and_pearsons(hits: int, of: int):
    lower, upper = distances.share_interval(np.array(hits), of)
    low = beta.ppf(0.025, hits, of - hits + 1) if hits else 0.0
    high = beta.ppf(0.975, hits + 1, of - hits) if hits < of else 1.0
    assert lower <= low + 1e-9
    assert upper >= high - 1e-9
    assert upper - lower <= 1.45 * (high - low)


def test_of_no_records_nothing_is_sure():
    assert distances.share_interval(np.array(0), 0) == pytest.approx([0.0, 1.0])


def test_weighted_shares_have_hoeffdings_band_when_all_weigh_the_same():
    n, weight = 500, 20.0
    found = distances.weighted_band(n * weight**2, n * weight)
    assert found == pytest.approx(np.sqrt(np.log(2 / 0.05) / (2 * n)))
