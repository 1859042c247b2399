"""Capacity that AWS could not give is refused before anything is deployed."""

from typing import Any

import pytest
from pydantic import ValidationError

from mlops_constructs.serving import RealTime

GOOD: dict[str, Any] = {
    "instance_type": "ml.m5.large",
    "max_instances": 2,
    "invocations_per_instance": 100,
}


def refusal(**changed: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        RealTime(**(GOOD | changed))
    return str(refused.value)


def test_fewer_instances_at_most_than_at_least_are_refused():
    said = refusal(min_instances=3, max_instances=2)
    assert "max_instances must be at least min_instances (3), got 2" in said


def test_all_that_is_wrong_is_said_at_once():
    said = refusal(min_instances=3, instance_type="ml.m5d.large")
    assert "max_instances must be at least min_instances (3), got 2" in said
    assert "instance_type 'ml.m5d.large' has local storage" in said


@pytest.mark.parametrize(
    "local", ["ml.m5d.large", "ml.g5.xlarge", "ml.g4dn.xlarge", "ml.p4d.24xlarge"]
)
def test_an_instance_type_whose_storage_takes_no_key_is_refused(local: str):
    said = refusal(instance_type=local)
    assert (
        f"instance_type {local!r} has local storage, which takes no key; "
        "choose a type without, such as 'ml.m5.large'"
    ) in said


@pytest.mark.parametrize(
    "plain", ["ml.m5.large", "ml.c6g.2xlarge", "ml.inf2.xlarge", "ml.r5.large"]
)
def test_an_instance_type_without_local_storage_is_taken(plain: str):
    assert RealTime(**(GOOD | {"instance_type": plain})).instance_type == plain


def test_a_burstable_instance_type_is_refused():
    assert (
        "instance_type 'ml.t2.medium' is burstable, which AWS does not scale; "
        "take another, such as 'ml.m5.large'"
    ) in refusal(instance_type="ml.t2.medium")


@pytest.mark.parametrize(
    "impossible",
    [
        {"min_instances": 0},
        {"invocations_per_instance": 0},
        {"capture_percent": 101},
        {"instance_type": "m5.large"},
        {"instances": 2},
    ],
)
def test_what_is_out_of_bounds_or_unknown_is_refused(impossible: dict[str, Any]):
    [name] = impossible
    assert name in refusal(**impossible)


def test_what_was_decided_stays():
    with pytest.raises(ValidationError, match="frozen"):
        RealTime(**GOOD).max_instances = 5  # type: ignore[misc]
