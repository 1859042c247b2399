"""Values of a definition, as an execution has them."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from local_aws.pipelines.references import function, tokens


class Unresolved(Exception):
    """A value that a step needs is not there."""


# A list's item is found by the member that names it: Outputs['train'], FinalMetricDataList['auc'].
_NAMES = ("OutputName", "InputName", "ChannelName", "MetricName")


class Resolver:
    """Puts values in the place of function calls.

    Args:
        parameters: The execution's parameters, typed.
        variables: What `Execution.` paths read.
        properties: What each finished step's Describe operation answered.
        read_property_file: The text of a step's property file: (step, name) -> JSON.
    """

    def __init__(
        self,
        *,
        parameters: Mapping[str, Any],
        variables: Mapping[str, Any],
        properties: Mapping[str, Mapping[str, Any]],
        read_property_file: Callable[[str, str], str],
    ) -> None:
        self._roots = {"Parameters": parameters, "Execution": variables, "Steps": properties}
        self._read_property_file = read_property_file

    def value(self, value: Any) -> Any:
        """The value with all calls in it replaced.

        Raises:
            Unresolved: A path leads nowhere.
        """
        call = function(value)
        if call:
            calls: Mapping[str, Callable[[Any], Any]] = {
                "Get": self._get,
                "Std:Join": self._join,
                "Std:JsonGet": self._json_get,
            }
            return calls[call](value[call])
        if isinstance(value, Mapping):
            return {name: self.value(item) for name, item in value.items() if item is not None}
        if isinstance(value, list):
            return [self.value(item) for item in value]
        return value

    def _get(self, path: str) -> Any:
        root, *rest = tokens(path)
        return find(self._roots[str(root)], rest, path)

    def _join(self, call: Mapping[str, Any]) -> str:
        return str(call.get("On", "")).join(text(self.value(part)) for part in call["Values"])

    def _json_get(self, call: Mapping[str, Any]) -> Any:
        _, step, _, name = tokens(call["PropertyFile"]["Get"])
        path = str(call["Path"])
        document = json.loads(self._read_property_file(str(step), str(name)))
        return find(document, tokens(path.removeprefix("$").removeprefix(".")), path)


def find(value: Any, path: list[str | int], shown: str) -> Any:
    """What a path leads to in JSON.

    Raises:
        Unresolved: Nothing.
    """
    for token in path:
        try:
            value = _member(value, token)
        except (KeyError, IndexError, TypeError) as error:
            raise Unresolved(f"there is nothing at {shown!r}") from error
    return value


def _member(value: Any, token: str | int) -> Any:
    items: Any = value
    if isinstance(token, str) and isinstance(value, list):
        items = {item[name]: item for item in value for name in _NAMES if name in item}
    return items[token]


def text(value: Any) -> str:
    """A value as Std:Join writes it."""
    return value if isinstance(value, str) else json.dumps(value)
