"""The definition that a pipeline or state machine has in a template, as steps.

The format of pipelines:
https://aws-sagemaker-mlops.github.io/sagemaker-model-building-pipeline-definition-JSON-schema/
and of state machines: https://states-language.net/spec.html
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from review.assembly import Stack
from review.numbers import at
from review.resources import Resource
from review.text import document, is_intrinsic, shown

PIPELINE: Final = "AWS::SageMaker::Pipeline"
STATE_MACHINE: Final = "AWS::StepFunctions::StateMachine"


@dataclass(frozen=True)
class Step:
    """One step, or state.

    Attributes:
        name: Unique in its definition.
        kind: Its type, such as `Training`.
        content: What it is told, without the steps that it holds.
        after: The steps it waits for or takes something from.
    """

    name: str
    kind: str
    content: Mapping[str, Any]
    after: frozenset[str]


@dataclass(frozen=True)
class Definition:
    """What a pipeline does.

    Attributes:
        parameters: Name to default; None where there is none.
        steps: Name to step, those within conditions included.
        variables: What the template fills in, by the name it has in the text.
    """

    parameters: Mapping[str, Any] = field(default_factory=dict)
    steps: Mapping[str, Step] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)

    def resolved(self, value: Any) -> Any:
        """The default of the parameter that a value names, else the value."""
        if isinstance(value, Mapping) and set(value) == {"Get"}:
            name = str(value["Get"]).removeprefix("Parameters.")
            return self.parameters.get(name, value)
        return value


def definition_of(resource: Resource | None, stack: Stack | None) -> Definition | None:
    """What the resource does; None if its definition is not in the assembly."""
    if resource is None or stack is None:
        return None
    if resource.type == PIPELINE:
        text, told = _pipeline(resource, stack)
        if isinstance(told, Mapping):
            return _of_pipeline(told, _variables(text))
    if resource.type == STATE_MACHINE:
        text = resource.properties.get("DefinitionString", resource.properties.get("Definition"))
        told = text if isinstance(text, Mapping) and "States" in text else document(text)
        if isinstance(told, Mapping):
            return Definition(steps=dict(_states(told)), variables=_variables(text))
    return None


def _pipeline(resource: Resource, stack: Stack) -> tuple[Any, Any]:
    given = resource.properties.get("PipelineDefinition")
    body = at(given, "PipelineDefinitionBody")
    if body is not None:
        return body, document(body)
    key = shown(at(given, "PipelineDefinitionS3Location.Key") or "")
    for asset in stack.assets.values():
        if asset.digest in key and asset.path and asset.path.is_file():
            return None, json.loads(asset.path.read_text(encoding="utf-8"))
    return None, None


def _variables(text: Any) -> Mapping[str, Any]:
    inner = text.get("Fn::Sub") if isinstance(text, Mapping) else None
    found: Mapping[str, Any] = inner[1] if isinstance(inner, list) and len(inner) == 2 else {}
    return found


def _of_pipeline(told: Mapping[str, Any], variables: Mapping[str, Any]) -> Definition:
    parameters = {one["Name"]: one.get("DefaultValue") for one in told.get("Parameters") or ()}
    return Definition(parameters, dict(_steps(told.get("Steps") or ())), variables)


def _steps(steps: Any, within: str = "") -> Iterator[tuple[str, Step]]:
    for step in steps:
        name, arguments = step["Name"], dict(step.get("Arguments") or {})
        inner = [arguments.pop(key, None) or () for key in ("IfSteps", "ElseSteps")]
        rest = {
            k: v for k, v in step.items() if k not in ("Name", "Type", "Arguments", "DependsOn")
        }
        content = {**arguments, **rest}
        waits = {*(step.get("DependsOn") or ()), *_sources(content), *([within] if within else ())}
        yield name, Step(name, step["Type"], content, frozenset(waits - {name}))
        for branch, steps_within in zip(("if", "else"), inner, strict=True):
            yield from _steps(steps_within, f"{name} ({branch})")


def _sources(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if is_intrinsic(value) and isinstance(value.get("Get"), str):
            parts = value["Get"].split(".")
            if parts[0] == "Steps":
                yield parts[1]
        for inner in value.values():
            yield from _sources(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _sources(inner)


def _states(machine: Mapping[str, Any]) -> Iterator[tuple[str, Step]]:
    states = machine.get("States") or {}
    before: dict[str, set[str]] = {name: set() for name in states}
    for name, state in states.items():
        for follower in _followers(state):
            before.setdefault(follower, set()).add(name)
    for name, state in states.items():
        inner = [
            *(state.get("Branches") or ()),
            *(state.get(key) for key in ("ItemProcessor", "Iterator")),
        ]
        told = {
            k: v for k, v in state.items() if k not in ("Branches", "ItemProcessor", "Iterator")
        }
        yield name, Step(name, str(state.get("Type")), told, frozenset(before[name]))
        for machine_within in inner:
            if machine_within:
                yield from _states(machine_within)


def _followers(state: Mapping[str, Any]) -> Iterator[str]:
    yield from (state[key] for key in ("Next", "Default") if key in state)
    for key in ("Choices", "Catch"):
        yield from (one["Next"] for one in state.get(key) or () if "Next" in one)
