"""A pipeline's jobs, placed in the network of the stage that runs it.

A definition is committed once and runs in every stage, so it names no network; the stage that has
one puts it into each job when it is synthesized.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from mlops_constructs.network import Network
from mlops_constructs.problems import refuse

_PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    "ClarifyCheck": ("NetworkConfig", "VpcConfig"),
    "Model": ("VpcConfig",),
    "Processing": ("NetworkConfig", "VpcConfig"),
    "QualityCheck": ("NetworkConfig", "VpcConfig"),
    "Training": ("VpcConfig",),
    "Tuning": ("TrainingJobDefinition", "VpcConfig"),
}
"""Type of step to where the arguments of its job have the VPC."""

_NEITHER_JOB_NOR_MODEL: Final = frozenset({"Condition", "Fail", "RegisterModel", "Transform"})
"""A transform job runs where its model is."""


def placed(pipeline: str, definition: str, network: Network | None) -> str:
    """The definition with all its jobs in ``network``; without one, the same text.

    Raises:
        InvalidProps: A step has a network of its own, or is of a type that is not known here.
    """
    if network is None:
        return definition
    body = json.loads(definition)
    steps = list(_steps(body["Steps"]))
    refuse(problem for step in steps for problem in _problems(pipeline, step))
    for step in steps:
        if step["Type"] in _PLACES:
            *above, last = _PLACES[step["Type"]]
            arguments = step["Arguments"]
            for name in above:
                arguments = arguments.setdefault(name, {})
            arguments[last] = network.vpc_config
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def _steps(steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for step in steps:
        yield step
        arguments = step.get("Arguments", {})
        yield from _steps(arguments.get("IfSteps", []))
        yield from _steps(arguments.get("ElseSteps", []))


def _problems(pipeline: str, step: dict[str, Any]) -> Iterator[str]:
    kind, said = step["Type"], f"step {step['Name']!r} of pipeline {pipeline!r}"
    if kind not in _PLACES and kind not in _NEITHER_JOB_NOR_MODEL:
        yield (
            f"{said} is of type {kind!r}, which can't be placed in the stage's network; known are "
            f"{', '.join(sorted({*_PLACES, *_NEITHER_JOB_NOR_MODEL}))}; take network= out of the "
            "stage, or the step out of pipeline.py"
        )
    arguments = step.get("Arguments", {})
    for name in _PLACES.get(kind, ()):
        arguments = arguments.get(name, {})
    if kind in _PLACES and arguments:
        yield (
            f"{said} has a VpcConfig of its own, got {arguments}, but the stage's network holds "
            "for all its jobs; take it out of pipeline.py, or network= out of the stage"
        )
