"""What a definition refers to exists: parameters, variables, steps, their outputs and files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline_definitions.validation.variables import GET, JSON_GET, variables

EXECUTION_VARIABLES = frozenset(
    {
        "CurrentDateTime",
        "PipelineArn",
        "PipelineExecutionArn",
        "PipelineExecutionId",
        "PipelineName",
        "StartDateTime",
    }
)
"""SageMaker developer guide, "Pipelines variables"."""

_OUTPUT = re.compile(r"ProcessingOutputConfig\.Outputs\['([^']*)'\]")


@dataclass(frozen=True)
class Declared:
    """What a definition declares, and others of its parts may refer to.

    Attributes:
        parameters: By name: their Type, and DefaultValue if they have one.
        steps: All of them, those in the branches of conditions included.
    """

    parameters: dict[str, dict[str, Any]]
    steps: list[dict[str, Any]]

    @classmethod
    def of(cls, definition: dict[str, Any]) -> "Declared":
        """What `definition` declares."""
        parameters = {found.get("Name"): found for found in definition.get("Parameters", [])}
        return cls(parameters, list(_walk(definition.get("Steps", []))))

    def step(self, name: str) -> dict[str, Any] | None:
        """The step of that name."""
        return next((step for step in self.steps if step.get("Name") == name), None)


def _walk(steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for step in steps:
        yield step
        for branch in _branches(step):
            yield from _walk(branch)


def _branches(step: dict[str, Any]) -> list[list[dict[str, Any]]]:
    if step.get("Type") != "Condition":
        return []
    return [step.get("Arguments", {}).get(name, []) for name in ("IfSteps", "ElseSteps")]


def reference_problems(step: dict[str, Any], declared: Declared) -> Iterator[str]:
    """Yields each reference of the step, its branches left out, that leads nowhere."""
    for name in step.get("DependsOn", []):
        if declared.step(name) is None or name == step.get("Name"):
            yield f"DependsOn names {name!r}, which is no other step"
    outputs = _outputs(step)
    for file in step.get("PropertyFiles", []):
        if file.get("OutputName") not in outputs:
            yield (
                f"property file {file.get('PropertyFileName')!r} is on output "
                f"{file.get('OutputName')!r}; the step has {', '.join(sorted(outputs)) or 'none'}"
            )
    for variable in variables(_without_branches(step)):
        if GET in variable:
            yield from _get_problems(variable[GET], step, declared)
        elif JSON_GET in variable and not variable[JSON_GET].get("Path"):
            yield f"{JSON_GET} has no Path"


def _without_branches(step: dict[str, Any]) -> dict[str, Any]:
    arguments = step.get("Arguments", {})
    if step.get("Type") != "Condition":
        return step
    return {**step, "Arguments": {"Conditions": arguments.get("Conditions", [])}}


def _get_problems(reference: str, step: dict[str, Any], declared: Declared) -> Iterator[str]:
    kind, _, rest = reference.partition(".")
    if kind == "Parameters" and rest not in declared.parameters:
        known = ", ".join(declared.parameters) or "none"
        yield f"{reference}: no such parameter; there are {known}"
    elif kind == "Execution" and rest not in EXECUTION_VARIABLES:
        yield f"{reference}: no such variable; there are {', '.join(sorted(EXECUTION_VARIABLES))}"
    elif kind == "Steps":
        yield from _step_reference_problems(reference, step, declared)
    elif kind not in ("Parameters", "Execution"):
        yield f"{reference}: expected Parameters., Execution. or Steps."


def _step_reference_problems(
    reference: str, step: dict[str, Any], declared: Declared
) -> Iterator[str]:
    _, name, path = [*reference.split(".", 2), "", ""][:3]
    target = declared.step(name)
    if target is None or target is step:
        others = [
            other["Name"] for other in declared.steps if other is not step and "Name" in other
        ]
        yield f"{reference}: no other step is called {name!r}; there are {', '.join(others)}"
    elif not path:
        yield f"{reference} names a step, but nothing of it"
    elif path.startswith("PropertyFiles."):
        files = {file.get("PropertyFileName") for file in target.get("PropertyFiles", [])}
        if path.partition(".")[2] not in files:
            yield f"{reference}: step {name!r} has no such property file"
    elif (output := _OUTPUT.match(path)) and output.group(1) not in _outputs(target):
        yield f"{reference}: step {name!r} has no output {output.group(1)!r}"


def _outputs(step: dict[str, Any]) -> set[str]:
    config = step.get("Arguments", {}).get("ProcessingOutputConfig", {})
    return {output.get("OutputName") for output in config.get("Outputs", [])}
