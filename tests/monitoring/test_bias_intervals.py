"""Intervals of bias metrics: published ones, scipy's, and how often they hold the truth."""

import math

import numpy as np
import pytest
from scipy.stats import beta, binomtest
from scipy.stats.contingency import relative_risk

from tests.monitoring.conftest import script

intervals, metrics = script("bias_intervals"), script("bias_metrics")


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_a_difference_has_the_interval_of_newcombes_table(first, second, low, high):
    # Statistics in Medicine 17, 1998, 873-890, table II, method 10.
    assert intervals.difference(first, second) == pytest.approx((low, high), abs=5.1e-5)


def test_the_imbalance_of_groups_has_scipys_wilson_interval():
    theirs = binomtest(30, 200).proportion_ci(0.95, method="wilson")
    ours = intervals.interval(metrics.BY_NAME["CI"], np.array([[100, 70], [10, 20]]))
    assert ours == pytest.approx((1 - 2 * theirs.high, 1 - 2 * theirs.low))


def test_a_ratio_of_many_records_has_the_interval_of_scipys_relative_risk():
    ours = intervals.ratio((4_000, 10_000), (7_000, 12_000))
    theirs = relative_risk(4_000, 10_000, 7_000, 12_000).confidence_interval(0.95)
    assert ours == pytest.approx((theirs.low, theirs.high), rel=1e-3)


def test_a_ratio_of_nothing_begins_at_0_and_one_to_almost_nothing_has_no_end():
    low, high = intervals.ratio((0, 20), (8, 20))
    assert low == 0.0
    assert 0 < high < 1
    low, high = intervals.ratio((15, 20), (1, 20))
    assert low > 1
    assert math.isfinite(high)


def test_the_ratio_turned_round_has_the_interval_turned_round():
    low, high = intervals.ratio((30, 80), (90, 160))
    assert intervals.ratio((90, 160), (30, 80)) == pytest.approx((1 / high, 1 / low))


def test_a_single_share_of_the_posterior_has_jeffreys_interval():
    drawn = intervals.posterior(np.array([13.0, 7.0]), 200_000, 1)[:, 0]
    expected = beta.ppf([0.025, 0.975], 13.5, 7.5)
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx(expected, abs=2e-3)


def test_the_prior_of_many_cells_is_worth_no_more_than_that_of_eight():
    counts = np.zeros((100, 2, 2))
    counts[0, 0, 0] = 1_000
    others = 1 - intervals.posterior(counts, 2_000, 1)[:, 0, 0, 0]
    assert others.mean() == pytest.approx(4 / 1_004, rel=0.1)


TRUTH = np.array([[[0.10, 0.05], [0.15, 0.50]], [[0.06, 0.03], [0.04, 0.07]]])


@pytest.mark.parametrize("name", ["DPPL", "DI", "DCA", "DCR", "RD", "SD", "AD", "TE", "CI", "GE"])
def test_95_of_100_intervals_hold_the_truth(name: str, monkeypatch):
    monkeypatch.setattr(intervals, "DRAWS", 1_000)
    metric = metrics.BY_NAME[name]
    chance = np.random.default_rng(5)
    samples = chance.multinomial(600, TRUTH.ravel(), size=300).reshape(300, 2, 2, 2)

    def table(cells: np.ndarray) -> np.ndarray:
        if metric.table == metrics.BOTH:
            return cells
        return cells.sum(axis=-2 if metric.table == metrics.ANSWERS else -1)

    truth = float(metric.value(table(TRUTH)))
    ends = np.array([intervals.interval(metric, table(sample)) for sample in samples])
    held = np.mean((ends[:, 0] <= truth) & (truth <= ends[:, 1]))
    assert 0.915 <= held <= 0.985  # 0.95, and three deviations of 300 draws


def test_an_interval_holds_the_value_that_it_is_of():
    right = np.array([[[40, 0], [0, 60]], [[20, 0], [0, 30]]])
    for name in ("DCA", "DCR", "GE", "RD", "AD"):
        low, high = intervals.interval(metrics.BY_NAME[name], right)
        assert low <= float(metrics.BY_NAME[name].value(right)) <= high


def test_shares_of_0_and_1_leave_doubt():
    right = np.array([[[40, 0], [0, 60]], [[20, 0], [0, 30]]])
    low, high = intervals.interval(metrics.BY_NAME["RD"], right)
    assert low < -0.05
    assert high > 0.1
