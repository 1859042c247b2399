"""A pipeline's definition, read and judged as CreatePipeline does.

https://docs.aws.amazon.com/sagemaker/latest/dg/define-pipeline.html and the published schema,
https://aws-sagemaker-mlops.github.io/sagemaker-model-building-pipeline-definition-JSON-schema/
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local_aws.core.errors import ValidationException

VERSION = "2020-12-01"
# botocore, StepName; the published schema has the length.
_NAME = re.compile(r"[A-Za-z0-9\-_]{1,64}")


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter; `default` is None if every execution has to give a value."""

    name: str
    type: str
    default: Any
    allowed: Sequence[Any]


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step.

    Attributes:
        condition: The Condition step in whose branch it is; None at the top.
        branch: Whether it is among that step's IfSteps; else it is among its ElseSteps.
        property_files: Output name and path in it, by the property file's name.
    """

    name: str
    type: str
    arguments: Mapping[str, Any]
    depends_on: Sequence[str] = ()
    display_name: str | None = None
    description: str | None = None
    property_files: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    condition: str | None = None
    branch: bool = True


@dataclass(frozen=True, kw_only=True)
class Definition:
    """Parameters and steps by their names, in the order of the text."""

    text: str
    parameters: Mapping[str, Parameter]
    steps: Mapping[str, Step]


class Unreadable(ValidationException):
    """The definition is not one."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"Unable to parse pipeline definition. {problem}")


def read(text: str) -> Definition:
    """Read a definition; `check.check` judges what its parts say of each other.

    Raises:
        Unreadable: It is no JSON, or a member is missing, of the wrong type or not known.
    """
    try:
        body = json.loads(text)
    except ValueError as error:
        raise Unreadable(f"It is not JSON: {error}.") from error
    members(body, "The definition", required={"Version": str, "Steps": list}, optional=_OPTIONAL)
    if body["Version"] != VERSION:
        raise Unreadable(f"Version must be {VERSION!r}, got {body['Version']!r}.")
    parameters = [_parameter(item) for item in body.get("Parameters") or ()]
    steps = [step for item in body["Steps"] for step in _steps(item, None, True)]
    _unique("parameter", [parameter.name for parameter in parameters])
    _unique("step", [step.name for step in steps])
    return Definition(
        text=text,
        parameters={parameter.name: parameter for parameter in parameters},
        steps={step.name: step for step in steps},
    )


def members(
    item: Any, what: str, *, required: Mapping[str, Any], optional: Mapping[str, Any]
) -> None:
    """Judge the members of an object: all required ones, no unknown ones, each of its type.

    Raises:
        Unreadable: It names the first problem.
    """
    if not isinstance(item, dict):
        raise Unreadable(f"{what} must be an object, got {type(item).__name__}.")
    for name in required:
        if item.get(name) is None:
            raise Unreadable(f"{what} has no {name}.")
    kinds = {**required, **optional}
    for name, value in item.items():
        if name not in kinds:
            raise Unreadable(f"Unknown member {name!r} of {what}; allowed: {', '.join(kinds)}.")
        if value is not None and not isinstance(value, kinds[name]):
            raise Unreadable(f"{name} of {what} must not be a {type(value).__name__}.")


# All but Parameters change nothing here: there are no experiments and no MLflow.
_OPTIONAL = {
    "Metadata": dict,
    "Parameters": list,
    "PipelineExperimentConfig": dict,
    "MlflowConfig": dict,
}
_TYPES: Mapping[str, Any] = {"String": str, "Integer": int, "Float": (int, float), "Boolean": bool}


def _parameter(item: Any) -> Parameter:
    members(
        item,
        "a parameter",
        required={"Name": str},
        optional={"Type": str, "DefaultValue": object, "EnumValues": list, "Description": str},
    )
    name, kind = item["Name"], item.get("Type", "String")
    if kind not in _TYPES:
        raise Unreadable(f"Parameter {name} must be of type {', '.join(_TYPES)}, got {kind!r}.")
    allowed = item.get("EnumValues") or ()
    for value in (*allowed, item.get("DefaultValue")):
        if value is not None and not is_of(kind, value):
            raise Unreadable(f"Parameter {name} is of type {kind}, which {value!r} is not.")
    return Parameter(name=name, type=kind, default=item.get("DefaultValue"), allowed=allowed)


def is_of(kind: str, value: Any) -> bool:
    """Whether a JSON value is of a parameter's type."""
    if kind != "Boolean" and isinstance(value, bool):
        return False
    return isinstance(value, _TYPES[kind])


# CacheConfig and RetryPolicies are read and change nothing: every step runs, and once.
_STEP = {
    "DisplayName": str,
    "Description": str,
    "DependsOn": list,
    "PropertyFiles": list,
    "CacheConfig": dict,
    "RetryPolicies": list,
}


def _steps(item: Any, condition: str | None, branch: bool) -> Iterator[Step]:
    """The step, and the steps in its branches."""
    required = {"Name": str, "Type": str, "Arguments": dict}
    members(item, "a step", required=required, optional=_STEP)
    if not _NAME.fullmatch(item["Name"]):
        raise Unreadable(f"Step names match {_NAME.pattern}, got {item['Name']!r}.")
    if not all(isinstance(name, str) for name in item.get("DependsOn") or ()):
        raise Unreadable(f"DependsOn of step {item['Name']} must be names of steps.")
    yield Step(
        name=item["Name"],
        type=item["Type"],
        arguments=item["Arguments"],
        depends_on=item.get("DependsOn") or (),
        display_name=item.get("DisplayName"),
        description=item.get("Description"),
        property_files=dict(_property_file(each) for each in item.get("PropertyFiles") or ()),
        condition=condition,
        branch=branch,
    )
    if item["Type"] == "Condition":
        for chosen, key in ((True, "IfSteps"), (False, "ElseSteps")):
            for inner in item["Arguments"].get(key) or ():
                yield from _steps(inner, item["Name"], chosen)


def _property_file(item: Any) -> tuple[str, tuple[str, str]]:
    required = {"PropertyFileName": str, "OutputName": str, "FilePath": str}
    members(item, "a property file", required=required, optional={})
    return item["PropertyFileName"], (item["OutputName"], item["FilePath"])


def _unique(what: str, names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Unreadable(f"Each {what} needs a name of its own, got {', '.join(twice)} twice.")
