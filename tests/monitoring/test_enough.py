"""Whether a window holds enough to be judged."""

import pytest

from tests.monitoring.conftest import STEPS, script

enough = script("enough")


def test_as_many_as_are_needed_are_enough():
    assert enough.too_few(500, 500) == ""
    assert enough.too_few_labels(500, 1_000, minimum_records=500, minimum_coverage=0.5) == ""


def test_one_less_is_said_with_what_is_needed():
    assert enough.too_few(1_499, 1_500) == "1,499 records, and at least 1,500 are needed"
    said = enough.too_few_labels(499, 600, minimum_records=500, minimum_coverage=0.5)
    assert said == "499 records with a label, and at least 500 are needed"


@pytest.mark.parametrize("records", [4_000, 0])
def test_a_share_that_is_too_small_is_said_first_and_of_nothing_it_is_none(records: int):
    said = enough.too_few_labels(records // 4, records, minimum_records=5_000, minimum_coverage=0.5)
    share = "1,000 of 4,000 records have a label (25%)" if records else (
        "0 of 0 records have a label (0%)"
    )  # fmt: skip
    assert said == f"{share}, and at least 50% are needed"


def test_every_monitor_has_its_words_from_one_place():
    own = "have a label ({"
    assert [path.name for path in STEPS.glob("*.py") if own in path.read_text()] == ["enough.py"]
