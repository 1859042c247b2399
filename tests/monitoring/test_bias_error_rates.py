"""On real mortgages: how often the bias monitor is wrong. `make bench-monitors` does more of it."""

import numpy as np
import pytest

from bench import monitors_bias


def test_windows_of_the_baseline_ring_in_at_most_5_of_100():
    town = monitors_bias.mortgages()
    assert int(town.facets["black"].sum()) == 197
    assert monitors_bias.false_alarms(town, 40, 1_000) <= 1


@pytest.mark.nightly
def test_people_of_the_same_town_seldom_ring():
    assert monitors_bias.of_the_same_town(monitors_bias.mortgages(), 10) <= 1


def test_a_third_of_a_group_that_is_refused_is_found_in_at_least_90_of_100():
    assert monitors_bias.refused(monitors_bias.mortgages(), 20, 2_000, 0.33) >= 18


def test_the_generator_is_fair_unless_it_is_told_not_to_be():
    fair = monitors_bias.drawn(200_000, np.random.default_rng(1))
    unfair = monitors_bias.drawn(200_000, np.random.default_rng(1), unfair=0.2)
    rates = [
        [(people.answers[people.facets["group"] == at] >= 0.5).mean() for at in (0, 1)]
        for people in (fair, unfair)
    ]
    assert abs(rates[0][0] - rates[0][1]) < 0.02
    assert rates[1][1] < 0.85 * rates[1][0]
