"""On real flights: how often the monitor is wrong. `make bench-monitors` does more of the same."""

import pytest

from bench import flights
from bench import monitors_data_quality as monitors

pytestmark = pytest.mark.nightly


@pytest.fixture(scope="module")
def rows():
    winter = flights.flights(range(1, 4))
    return monitors.batch(winter)


@pytest.fixture(scope="module")
def monitor(rows):
    return monitors.calibrated(rows)


def test_windows_of_the_baseline_ring_in_at_most_5_of_100(monitor, rows):
    assert monitors.false_alarms(monitor, rows, 30) <= 1


def test_planted_shifts_are_found_in_at_least_90_of_100(monitor, rows):
    for kind, by_column in monitors.power(monitor, rows, 2).items():
        found, planted = (sum(side) for side in zip(*by_column.values(), strict=True))
        assert found >= 0.9 * planted, (kind, by_column)
