"""What Pipelines itself reads: parameters, and each step's name, type and own members."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline_definitions.validation.arguments import OPERATIONS
from pipeline_definitions.validation.references import Declared

VERSION = "2020-12-01"

STEP_TYPES = frozenset({*OPERATIONS, "Condition", "Fail"})
"""What this validator understands; Pipelines knows more."""

CHECK_TYPES: Mapping[str, frozenset[str]] = {
    "QualityCheck": frozenset({"DATA_QUALITY", "MODEL_QUALITY"}),
    "ClarifyCheck": frozenset({"DATA_BIAS", "MODEL_BIAS", "MODEL_EXPLAINABILITY"}),
}

PARAMETER_TYPES: Mapping[str, tuple[type, ...]] = {
    "String": (str,),
    "Integer": (int,),
    "Float": (int, float),
    "Boolean": (bool,),
}

_NAME = re.compile(r"[A-Za-z0-9](-*[A-Za-z0-9])*")


def envelope_problems(definition: dict[str, Any], declared: Declared) -> Iterator[str]:
    """Yields what is wrong around the steps."""
    if definition.get("Version") != VERSION:
        yield f"Version is {definition.get('Version')!r}, expected {VERSION!r}"
    if not declared.steps:
        yield "Steps is empty; a pipeline has at least one step"
    parameters = definition.get("Parameters", [])
    yield from _repeated("steps", [step.get("Name") for step in declared.steps])
    yield from _repeated("parameters", [parameter.get("Name") for parameter in parameters])
    for parameter in parameters:
        yield from _parameter_problems(parameter)


def _repeated(what: str, names: list[str | None]) -> Iterator[str]:
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{count} {what} are called {name!r}; their names must differ"


def _parameter_problems(parameter: dict[str, Any]) -> Iterator[str]:
    name, kind = str(parameter.get("Name")), str(parameter.get("Type"))
    if not _NAME.fullmatch(name):
        yield f"parameter {name!r}: a name is letters, digits and inner hyphens"
    if kind not in PARAMETER_TYPES:
        yield f"parameter {name!r}: Type is {kind!r}, expected one of {', '.join(PARAMETER_TYPES)}"
    elif "DefaultValue" in parameter:
        default = parameter["DefaultValue"]
        fits = isinstance(default, PARAMETER_TYPES[kind])
        if not fits or isinstance(default, bool) != (kind == "Boolean"):
            yield f"parameter {name!r}: DefaultValue is {default!r}, expected a {kind}"


def step_problems(step: dict[str, Any]) -> Iterator[str]:
    """Yields what is wrong with a step's name, type and own members."""
    name, kind = str(step.get("Name")), str(step.get("Type"))
    if not _NAME.fullmatch(name) or len(name) > 64:
        yield "a name is 1 to 64 letters, digits and inner hyphens"
    if kind not in STEP_TYPES:
        yield f"Type is {kind!r}, expected one of {', '.join(sorted(STEP_TYPES))}"
    elif kind in CHECK_TYPES and step.get("CheckType") not in CHECK_TYPES[kind]:
        allowed = ", ".join(sorted(CHECK_TYPES[kind]))
        yield f"CheckType is {step.get('CheckType')!r}, expected one of {allowed}"
    elif kind == "Fail" and not step.get("Arguments", {}).get("ErrorMessage"):
        yield "Arguments.ErrorMessage is empty; say why the pipeline fails"
    yield from _resource_problems(step)


def _resource_problems(step: dict[str, Any]) -> Iterator[str]:
    """CreateTrainingJob marks no member of ResourceConfig as required, yet refuses an empty one."""
    if step.get("Type") == "Training":
        resources = step.get("Arguments", {}).get("ResourceConfig", {})
        if "InstanceGroups" not in resources and not {"InstanceType", "InstanceCount"} <= set(
            resources
        ):
            yield (
                "Arguments.ResourceConfig names no instances; it needs InstanceType and "
                "InstanceCount, or InstanceGroups"
            )
