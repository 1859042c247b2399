"""The ranking's likeness is what AWS documents and scikit-learn computes; the interval holds."""

import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from tests.monitoring.conftest import script

metrics = script("attribution_metrics")


def test_the_college_admissions_of_the_documentation():
    """SAT score, GPA, class rank.

    https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-feature-attribution-drift.html
    """
    training, live = np.array([0.70, 0.50, 0.05]), np.array([0.10, 0.20, 0.70])
    assert metrics.ndcg(training, live) == pytest.approx(0.69, abs=0.005)


@pytest.mark.parametrize("decimals", [6, 1, 0], ids=["no ties", "some ties", "many ties"])
def test_it_is_scikit_learns_score(decimals: int):
    chance = np.random.default_rng(5)
    for _ in range(100):
        features = int(chance.integers(2, 40))
        then = chance.gamma(0.5, size=features)
        now = np.round(chance.gamma(0.5, size=features), decimals)
        assert metrics.ndcg(then, now) == pytest.approx(ndcg_score([then], [now]), abs=1e-12)


def test_the_same_order_is_1_whatever_the_values():
    then = np.array([3.0, 1.0, 0.5, 0.0])
    assert metrics.ndcg(then, then) == 1
    assert metrics.ndcg(then, np.array([0.4, 0.3, 0.2, 0.1])) == pytest.approx(1)


def test_a_fall_of_what_mattered_more_costs_more():
    then = np.array([8.0, 4.0, 2.0, 1.0])
    top = metrics.ndcg(then, np.array([4.0, 8.0, 2.0, 1.0]))
    bottom = metrics.ndcg(then, np.array([8.0, 4.0, 1.0, 2.0]))
    assert top < bottom < 1


def test_no_order_has_less_than_the_reversed_one():
    chance = np.random.default_rng(6)
    then = chance.gamma(0.5, size=7)
    shuffled = [metrics.ndcg(then, chance.permutation(then)) for _ in range(500)]
    assert metrics.least_ndcg(then) <= min(shuffled)
    assert metrics.least_ndcg(then) == pytest.approx(ndcg_score([then], [-then]))


def test_a_model_that_rests_on_nothing_has_not_changed():
    assert metrics.ndcg(np.zeros(3), np.array([1.0, 2.0, 3.0])) == 1


def test_bootstrap_intervals_are_as_wide_as_theory_says():
    rows = np.abs(np.random.default_rng(7).exponential(size=(4_000, 2)))
    drawn = metrics.resampled(rows, seed=1)
    assert drawn.shape == (metrics.DRAWS, 2)
    assert drawn.std(axis=0) == pytest.approx(rows.std(axis=0) / np.sqrt(4_000), rel=0.1)
    assert drawn.mean(axis=0) == pytest.approx(rows.mean(axis=0), rel=0.01)


def test_an_interval_holds_its_value_and_95_of_100_draws():
    drawn = np.linspace(0, 1, 1001)
    found = metrics.interval(0.5, drawn)
    assert (found.lower, found.upper) == pytest.approx((0.025, 0.975))
    assert metrics.interval(2.0, drawn).upper == 2.0
