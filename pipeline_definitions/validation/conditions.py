"""Condition steps: their types and operands."""

from collections.abc import Iterator, Mapping
from typing import Any

_BOTH = ("LeftValue", "RightValue")
OPERANDS: Mapping[str, tuple[str, ...]] = {
    "Equals": _BOTH,
    "GreaterThan": _BOTH,
    "GreaterThanOrEqualTo": _BOTH,
    "LessThan": _BOTH,
    "LessThanOrEqualTo": _BOTH,
    "In": ("QueryValue", "Values"),
    "Not": ("Condition",),
    "Or": ("Conditions",),
}
"""What each type compares (SageMaker Python SDK, sagemaker.core.workflow.conditions)."""


def condition_problems(step: dict[str, Any]) -> Iterator[str]:
    """Yields what is wrong with a Condition step; nothing for others."""
    if step.get("Type") != "Condition":
        return
    arguments = step.get("Arguments", {})
    if not arguments.get("Conditions"):
        yield "Arguments.Conditions is empty; without one the step decides nothing"
    if not arguments.get("IfSteps") and not arguments.get("ElseSteps"):
        yield "Arguments has neither IfSteps nor ElseSteps; one of the branches needs a step"
    for index, condition in enumerate(arguments.get("Conditions", [])):
        yield from _problems(condition, f"Arguments.Conditions[{index}]")


def _problems(condition: dict[str, Any], path: str) -> Iterator[str]:
    operands = OPERANDS.get(condition.get("Type", ""))
    if operands is None:
        yield f"{path}.Type is {condition.get('Type')!r}, expected one of {', '.join(OPERANDS)}"
        return
    for name in operands:
        if name not in condition:
            yield f"{path} lacks {name}, which {condition['Type']} compares"
    nested = (
        [condition["Condition"]] if "Condition" in condition else condition.get("Conditions", [])
    )
    for inner in nested:
        yield from _problems(inner, f"{path}.{condition['Type']}")
