"""The values that an execution's parameters have."""

from collections.abc import Mapping
from typing import Any

from local_aws.core.errors import ValidationException
from local_aws.pipelines.definition import Definition, Parameter


def typed(definition: Definition, given: Mapping[str, str]) -> dict[str, Any]:
    """All parameters with the values given, which are texts, or their defaults.

    Raises:
        ValidationException: It names every parameter that is unknown, has no value, or has one
            that it cannot take.
    """
    problems = [
        f"Unknown parameter {name!r}." for name in given if name not in definition.parameters
    ]
    values = {}
    for name, parameter in definition.parameters.items():
        try:
            values[name] = _value(parameter, given.get(name))
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise ValidationException(f"Invalid pipeline parameters. {' '.join(problems)}")
    return values


def _value(parameter: Parameter, text: str | None) -> Any:
    if text is None:
        if parameter.default is None:
            raise ValueError(f"Parameter {parameter.name!r} has no default and needs a value.")
        return parameter.default
    value = _parsed(parameter, text)
    if parameter.allowed and value not in parameter.allowed:
        allowed = ", ".join(map(str, parameter.allowed))
        raise ValueError(f"Parameter {parameter.name!r} must be one of {allowed}, got {text!r}.")
    return value


def _parsed(parameter: Parameter, text: str) -> Any:
    try:
        if parameter.type == "Boolean":
            return {"true": True, "false": False}[text.lower()]
        return {"String": str, "Integer": int, "Float": float}[parameter.type](text)
    except (KeyError, ValueError) as error:
        raise ValueError(
            f"Parameter {parameter.name!r} is of type {parameter.type}, got {text!r}."
        ) from error
