"""What is wrong with a pipeline definition, found without AWS.

AWS's published JSON schema of definitions rejects what the SDK writes, so each step's arguments are
held against the API that the step will call, as botocore describes it, and the rest against what
the pipeline itself declares.
"""

from collections.abc import Iterator
from typing import Any

from pipeline_definitions.validation.arguments import argument_problems
from pipeline_definitions.validation.conditions import condition_problems
from pipeline_definitions.validation.envelope import envelope_problems, step_problems
from pipeline_definitions.validation.references import Declared, reference_problems


def definition_problems(definition: dict[str, Any]) -> list[str]:
    """One sentence for each problem, all at once; none if the definition is sound."""
    declared = Declared.of(definition)
    problems = list(envelope_problems(definition, declared))
    for step in declared.steps:
        problems += [f"step {step.get('Name')!r}: {p}" for p in _problems_of(step, declared)]
    return problems


def _problems_of(step: dict[str, Any], declared: Declared) -> Iterator[str]:
    yield from step_problems(step)
    yield from argument_problems(step, declared.parameters)
    yield from condition_problems(step)
    yield from reference_problems(step, declared)
