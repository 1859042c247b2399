"""What is wrong with a pipeline definition, found without AWS."""

from typing import Any


def definition_problems(definition: dict[str, Any]) -> list[str]:
    """One sentence for each problem; none if the definition is sound."""
    return []
