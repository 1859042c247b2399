"""Conditions of a Condition step."""

from typing import Any

import pytest

from local_aws.pipelines.conditions import COMPARISONS, Incomparable, all_hold


def holds(kind: str, left: Any, right: Any) -> bool:
    condition = {"Type": kind, "LeftValue": left, "RightValue": right}
    return all_hold([condition], lambda value: value)


@pytest.mark.parametrize(
    ("kind", "below", "same", "above"),
    [
        ("Equals", False, True, False),
        ("NotEquals", True, False, True),
        ("GreaterThan", False, False, True),
        ("GreaterThanOrEqualTo", False, True, True),
        ("LessThan", True, False, False),
        ("LessThanOrEqualTo", True, True, False),
    ],
)
def test_numbers_are_compared(kind: str, below: bool, same: bool, above: bool) -> None:
    assert [holds(kind, left, 0.5) for left in (0.4, 0.5, 1)] == [below, same, above]


@pytest.mark.parametrize(("left", "right"), [(1, "1"), (True, 1), (0, False), ("a", "A")])
def test_values_of_different_types_are_not_equal(left: Any, right: Any) -> None:
    assert not holds("Equals", left, right)


def test_an_order_of_texts_is_refused() -> None:
    with pytest.raises(Incomparable, match=r"^GreaterThan compares numbers, got '2' and 1$"):
        holds("GreaterThan", "2", 1)


@pytest.mark.parametrize(("kind", "expected"), [("In", True), ("NotIn", False)])
def test_a_value_is_looked_for_among_values(kind: str, expected: bool) -> None:
    condition = {"Type": kind, "QueryValue": "b", "Values": ["a", "b"]}
    assert all_hold([condition], lambda value: value) is expected


def test_conditions_nest() -> None:
    yes = {"Type": "Equals", "LeftValue": 1, "RightValue": 1}
    no = {"Type": "Not", "Condition": yes}

    assert all_hold([{"Type": "Or", "Conditions": [no, yes]}, yes], lambda value: value)
    assert not all_hold([yes, no], lambda value: value)
    assert not all_hold([{"Type": "Or", "Conditions": [no, no]}], lambda value: value)


def test_every_operator_that_the_sdk_writes_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    sdk = pytest.importorskip("sagemaker.core.workflow.conditions")

    assert {kind.value for kind in sdk.ConditionTypeEnum} <= COMPARISONS.keys()
