"""A step's arguments against the input of the API that the step calls, as botocore describes it.

botocore's own ParamValidator knows no pipeline variables, patterns, enumerations and upper limits.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias

import botocore.session

from pipeline_definitions.validation.variables import GET, JOIN, is_placeholder, is_variable

OPERATIONS: Mapping[str, str] = {
    "Processing": "CreateProcessingJob",
    "QualityCheck": "CreateProcessingJob",
    "ClarifyCheck": "CreateProcessingJob",
    "Training": "CreateTrainingJob",
    "Tuning": "CreateHyperParameterTuningJob",
    "Transform": "CreateTransformJob",
    "Model": "CreateModel",
    "RegisterModel": "CreateModelPackage",
}
"""The API behind each type of step (SageMaker developer guide, "Pipelines steps")."""

NAMED_BY_PIPELINES = frozenset(
    {
        "HyperParameterTuningJobName",
        "ModelName",
        "ProcessingJobName",
        "TrainingJobName",
        "TransformJobName",
    }
)
"""Required by the APIs, and filled in by Pipelines when a step starts."""

_PYTHON = {
    "integer": (int,), "long": (int,), "float": (int, float), "double": (int, float),
    "boolean": (bool,), "string": (str,), "structure": (dict,), "map": (dict,), "list": (list,),
}  # fmt: skip
_PARAMETER_TYPES = {
    "integer": {"Integer"},
    "long": {"Integer"},
    "float": {"Float", "Integer"},
    "double": {"Float", "Integer"},
    "boolean": {"Boolean"},
    "string": {"String", "Integer", "Float", "Boolean"},
}


Shape: TypeAlias = Any  # botocore's, which carry no types
Parameters: TypeAlias = Mapping[str, Mapping[str, Any]]


def argument_problems(step: dict[str, Any], parameters: Parameters) -> Iterator[str]:
    """Yields what the step's API would refuse.

    Args:
        step: Of any type; those that call no API have no such problems.
        parameters: Of the pipeline, by name; their defaults are held against the API too.
    """
    operation = OPERATIONS.get(step.get("Type", ""))
    if operation:
        shape = _sagemaker().operation_model(operation).input_shape
        arguments = _Arguments(operation, parameters)
        yield from arguments.problems(step.get("Arguments", {}), shape, "Arguments")


@cache
def _sagemaker() -> Any:
    return botocore.session.get_session().get_service_model("sagemaker")


class _Arguments:
    """Walks arguments and the shape of an operation's input side by side."""

    def __init__(self, operation: str, parameters: Parameters) -> None:
        self._operation = operation
        self._parameters = parameters

    def problems(self, value: object, shape: Shape, path: str) -> Iterator[str]:
        kind = shape.type_name
        if is_variable(value):
            yield from self._variable(value, shape, path)
        elif isinstance(value, bool) != (kind == "boolean") or not isinstance(value, _PYTHON[kind]):
            yield f"{path} takes {_a(kind)}, got {value!r}"
        elif kind == "structure":
            yield from self._structure(value, shape, path)
        elif kind in ("list", "map"):
            yield from self._collection(value, shape, path)
        elif kind == "string":
            yield from _text(value, shape, path)
        else:
            yield from _limits(value, "", shape, path)

    def _collection(self, value: Any, shape: Shape, path: str) -> Iterator[str]:
        yield from _limits(len(value), "entries", shape, path)
        if shape.type_name == "map":
            for key, item in value.items():
                yield from self.problems(key, shape.key, f"{path} (key {key!r})")
                yield from self.problems(item, shape.value, f"{path}.{key}")
            return
        for index, item in enumerate(value):
            yield from self.problems(item, shape.member, f"{path}[{index}]")

    def _variable(self, value: dict[str, Any], shape: Shape, path: str) -> Iterator[str]:
        kind = shape.type_name
        if kind not in _PARAMETER_TYPES:
            yield f"{path} takes {_a(kind)}, got the variable {value}"
        elif JOIN in value and kind != "string":
            yield f"{path} takes {_a(kind)}, got a {JOIN}, which gives text"
        elif str(value.get(GET)).startswith("Parameters."):
            name = value[GET].partition(".")[2]
            yield from self._parameter(name, shape, path)

    def _parameter(self, name: str, shape: Shape, path: str) -> Iterator[str]:
        parameter = self._parameters.get(name, {})
        given, default = parameter.get("Type"), parameter.get("DefaultValue")
        if given is not None and given not in _PARAMETER_TYPES[shape.type_name]:
            yield f"{path} takes {_a(shape.type_name)}, got {name}, which is a {given} parameter"
        elif given is not None and default is not None and shape.type_name == "string":
            yield from self.problems(str(default), shape, f"{path} (the default of {name})")

    def _structure(self, value: Any, shape: Shape, path: str) -> Iterator[str]:
        if not value and shape.members:
            yield f"{path} is empty; leave it out, or give it some of {', '.join(shape.members)}"
            return
        for name in shape.required_members:
            if name not in value and name not in NAMED_BY_PIPELINES:
                yield f"{path} lacks {name}, which {self._operation} requires"
        for name, item in value.items():
            if name in shape.members:
                yield from self.problems(item, shape.members[name], f"{path}.{name}")
            else:
                known = ", ".join(shape.members)
                yield f"{path} has no member {name}; {self._operation} knows {known}"


def _text(value: Any, shape: Shape, path: str) -> Iterator[str]:
    if is_placeholder(value):
        return
    if shape.enum and value not in shape.enum:
        yield f"{path} takes one of {', '.join(shape.enum)}, got {value!r}"
    yield from _limits(len(value), "characters", shape, path)
    pattern = shape.metadata.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(value):
        yield f"{path} takes text that matches {pattern}, got {value!r}"


def _limits(size: Any, unit: str, shape: Shape, path: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and size < least) or (most is not None and size > most):
        allowed = f"at least {least}" if most is None else f"{least or 0} to {most}"
        yield f"{path} takes {allowed} {unit}".rstrip() + f", got {size}"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of the API model, of Java's dialect, which may repeat its length limits."""
    for java, python in {r"\p{L}": r"\w", r"\p{N}": r"\d", r"\p{Z}": r"\s"}.items():
        pattern = pattern.replace(java, python)
    return re.compile(re.sub(r"\$\{\d+,\d+\}$", "", pattern))


def _a(kind: str) -> str:
    name = {"long": "integer", "double": "number", "float": "number", "string": "text"}.get(
        kind, kind
    )
    return "text" if name == "text" else f"an {name}" if name[0] in "aeiou" else f"a {name}"
