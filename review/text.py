"""Values of templates and definitions as a person reads them."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any


def shown(value: Any) -> str:
    """One line: a string as it is, an intrinsic function as `${...}`, anything else as JSON."""
    told = _intrinsic(value)
    if told is not None:
        return told
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def template_text(value: Any) -> str | None:
    """A text that a template puts together: a string, or a join or substitution of strings.

    The variables of `Fn::Sub` stay as they are named in its text.
    """
    if isinstance(value, str):
        return value
    if is_intrinsic(value):
        [(function, given)] = value.items()
        if function == "Fn::Join":
            return _join(given)
        if function == "Fn::Sub":
            text = given if isinstance(given, str) else given[0]
            return text if isinstance(text, str) else None
    return None


def document(value: Any) -> Any:
    """The JSON object or array that a text of a template holds; None if it holds none."""
    text = template_text(value)
    if text is None or text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def is_intrinsic(value: Any) -> bool:
    """Whether CloudFormation or SageMaker Pipelines computes the value."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return False
    [key] = value
    return key in _FUNCTIONS or (isinstance(key, str) and key.startswith("Fn::"))


def _intrinsic(value: Any) -> str | None:
    if not is_intrinsic(value):
        return None
    [(function, given)] = value.items()
    told = _FUNCTIONS.get(function)
    try:
        return told(given) if told else None
    except (TypeError, ValueError, IndexError, KeyError):
        return None  # not of the documented form: shown as JSON


def _join(given: Sequence[Any]) -> str | None:
    separator, parts = given
    if not isinstance(separator, str) or not isinstance(parts, list):
        return None
    return separator.join(shown(part) for part in parts)


def _sub(given: Any) -> str:
    if isinstance(given, str):
        return given
    text, variables = given
    for name, value in sorted(variables.items()):
        text = text.replace(f"${{{name}}}", shown(value))
    return str(text)


def _attribute(given: Any) -> str:
    return f"${{{given if isinstance(given, str) else '.'.join(map(shown, given))}}}"


def _joined_values(given: Mapping[str, Any]) -> str:
    return str(given["On"]).join(shown(part) for part in given["Values"])


def _json_get(given: Mapping[str, Any]) -> str:
    return f"{shown(given['PropertyFile'])}:{given['Path']}"


_FUNCTIONS: Mapping[str, Callable[[Any], str | None]] = {
    "Ref": lambda given: f"${{{given}}}",
    "Fn::GetAtt": _attribute,
    "Fn::Join": _join,
    "Fn::Sub": _sub,
    "Fn::ImportValue": lambda given: f"${{import {shown(given)}}}",
    "Fn::Select": lambda given: f"${{{shown(given[1])}[{shown(given[0])}]}}",
    "Fn::Split": lambda given: f"{shown(given[1])} split at {shown(given[0])}",
    "Fn::FindInMap": lambda given: f"${{{given[0]}[{shown(given[1])}].{shown(given[2])}}}",
    "Condition": lambda given: f"${{{given}}}" if isinstance(given, str) else None,
    "Get": lambda given: str(given),
    "Std:Join": _joined_values,
    "Std:JsonGet": _json_get,
}
"""CloudFormation's intrinsic functions, and those of SageMaker's pipeline definitions
(https://aws-sagemaker-mlops.github.io/sagemaker-model-building-pipeline-definition-JSON-schema/)."""
