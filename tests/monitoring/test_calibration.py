"""Thresholds come from the baseline's own windows."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from tests.monitoring.conftest import script

calibration, reference, evidence = script("calibration"), script("reference"), script("evidence")
failure = script("failure")


def test_the_distance_from_the_rest_is_that_from_the_whole_times_n_over_what_is_left():
    chance = np.random.default_rng(1)
    values = np.concatenate([chance.normal(size=300), chance.normal(0.7, size=100)])
    known = reference.of_numbers(values)
    hourly = np.stack(
        [
            np.bincount(
                script("distances").bins_of(known.points, part), minlength=len(known.counts)
            )
            for part in np.split(values, 4)
        ]
    ).astype(float)
    windows = calibration.Windows(np.array([3]), np.array([4]), 4, 1)
    found = calibration.in_windows({"distance": hourly}, windows, known)["distance"][0]
    assert found == pytest.approx(ks_2samp(values[300:], values[:300]).statistic, abs=1 / 128)
    from_the_whole = script("distances").kolmogorov(hourly[3], known.counts)
    assert found == pytest.approx(from_the_whole * 400 / (400 - 100))


def test_windows_go_round_a_circle_of_whole_weeks():
    hourly = np.random.default_rng(2).integers(0, 5, size=(500, 3)).astype(float)
    windows = calibration.draw(hourly.sum(axis=1), length=50)
    assert windows.hours == 504
    circle = np.concatenate([hourly, np.zeros((4, 3)), hourly, np.zeros((4, 3))])
    expected = [circle[b:e].sum(axis=0) for b, e in zip(windows.begins, windows.ends, strict=True)]
    assert windows.sums(hourly) == pytest.approx(np.array(expected))
    assert (windows.ends > 504).any()


def test_draws_are_a_thousand_and_always_the_same():
    first, second = (calibration.draw(np.ones(600), length=100) for _ in range(2))
    assert len(first.begins) == 1000
    assert np.array_equal(first.begins, second.begins)


def test_a_window_over_a_gap_in_the_data_is_none():
    rows = np.ones(8 * 168)
    rows[200:400] = 0
    windows = calibration.draw(rows, length=168)
    traffic = [(rows[np.arange(b, b + 168) % len(rows)] > 0).sum() for b in windows.begins]
    assert min(traffic) >= 84
    assert windows.usual_days == 7


def test_days_that_never_have_traffic_are_not_asked_for():
    working_days = np.tile(np.repeat([1, 1, 1, 1, 1, 0, 0], 24), 8)
    usual = calibration.draw(working_days, length=168).usual_days
    assert usual == 6  # stretches of 24 hours that begin at noon: Friday's reaches into Saturday
    assert script("data_quality")._too_little([1000] * 5 + [0, 0], usual, 500) == ""


def test_a_baseline_of_less_than_two_windows_is_refused():
    with pytest.raises(failure.Failure) as refused:
        calibration.draw(np.ones(300), length=168)
    assert str(refused.value) == (
        "the baseline spans 300 hours; thresholds for windows of 168 hours need at least 336: "
        "give it more data, or the monitor a shorter window"
    )


def test_all_checks_together_ring_on_two_of_a_hundred_draws():
    chance = np.random.default_rng(3)
    common = chance.gamma(2, size=1000)
    drawn = {
        (f"column {index}", "distance"): (chance.gamma(2, size=1000) + common) / 30
        for index in range(40)
    }
    levels = calibration.thresholds(drawn)
    rings = np.any([values > levels[key] for key, values in drawn.items()], axis=0)
    assert 0.015 <= rings.mean() <= 0.02
    new = {key: (chance.gamma(2, size=1000) + chance.gamma(2, size=1000)) / 30 for key in drawn}
    rings = np.any([values > levels[key] for key, values in new.items()], axis=0)
    assert rings.mean() <= 0.05


def test_what_never_moved_may_move_a_little_and_nothing_may_be_wholly_different():
    still = {("a", "missing"): np.zeros(1000), ("a", "distance"): np.zeros(1000)}
    levels = calibration.thresholds(still)
    assert levels == pytest.approx({("a", "missing"): 0.005, ("a", "distance"): 0.02})
    wild = {("a", "distance"): np.linspace(0, 1, 1000)}
    assert calibration.thresholds(wild) == {("a", "distance"): 0.9}


def test_how_far_windows_go_beyond_the_rest_is_told_in_lengths_of_the_range():
    values = np.repeat(np.arange(11.0), 10)
    known = reference.of_numbers(values)
    hourly = np.zeros((3, len(known.counts)))
    hourly[0, 1:16:2], hourly[1, 17::2], hourly[2, 1:16:2] = 10, 10, 10
    windows = calibration.Windows(np.array([0, 1]), np.array([1, 2]), 3, 1)
    found = calibration.in_windows({"distance": hourly}, windows, known)["outside"]
    assert found == pytest.approx([0.0, (10 - 7) / 10])
