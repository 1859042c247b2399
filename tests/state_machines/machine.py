"""The Amazon States Language in JSONata, as strict as its documentation, one state at a time.

An emulator forgives what AWS refuses. Here, as on AWS, an expression that selects nothing fails its
state, and all of a state's Assign sees the variables as they were on entry. Reading a variable that
was never written fails too.
https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
"""

import hashlib
import json
import marshal
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jsonata

from tests.state_machines.anatomy import ALLOWED_EVENTS, EVENTS

Api = Callable[[str, str, dict[str, Any]], Any]
"""Calls (service, action, arguments) and answers, or raises `AwsError`."""


PATH = re.compile(r"\$([a-zA-Z]\w*(?:\.\w+)*)")
A_MOMENT = "2026-11-24T03:00:00.000Z"


class AwsError(Exception):
    """An error as an SDK integration reports it, such as ``Ssm.ParameterNotFoundException``."""

    def __init__(self, error: str, cause: str) -> None:
        self.error, self.cause = error, cause
        super().__init__(f"{error}: {cause}")


class Undefined(Exception):
    """States.QueryEvaluationError: JSON can't represent an undefined value."""


class EndlessExecution(Exception):
    """The history is as long as Step Functions allows, and the execution has not ended."""


@cache
def _compiled(expression: str) -> Any:
    compiled = jsonata.Jsonata.jsonata(expression)
    compiled.register_lambda("hash", lambda text, algorithm: _hash(text, algorithm))
    compiled.register_lambda("parse", lambda text: _parse(text))
    return compiled


@cache
def _value(expression: str, bindings: bytes) -> bytes:
    """What it gives. Executions are alike, and the library is slow: computed once."""
    read = json.loads(json.dumps(marshal.loads(bindings)))
    return _packed(json.loads(json.dumps(_compiled(expression).evaluate(None, read))))


def _packed(value: Any) -> bytes:
    """JSON's values as marshal writes them, five times faster; equal ones alike since version 2
    knows no references."""
    return marshal.dumps(value, 2)


@dataclass(frozen=True)
class Expression:
    """A string that JSONata computes.

    Attributes:
        text: What stands between the percent signs.
        read: The variables that it reads.
        paths: What it reads of each name with a dollar: `$states.input.model` is
            `{"states": {"input": {"model": {}}}}`, and with nothing below all of it.
        path: The names of which it consists, if it is nothing but one path.
    """

    text: str
    read: frozenset[str]
    paths: dict[str, Any]
    path: tuple[str, ...]

    @staticmethod
    @cache
    def of(template: str) -> "Expression | None":
        """None for a string that says itself."""
        if not (template.startswith("{%") and template.endswith("%}")):
            return None
        text = template[2:-2].strip()
        found = [path.split(".") for path in PATH.findall(text)]
        alone = tuple(found[0]) if PATH.fullmatch(text) else ()
        paths: dict[str, Any] = {}
        for path in sorted(found, key=len, reverse=True):
            at = paths
            for name in path[:-1]:
                at = at.setdefault(name, {})
            at[path[-1]] = {}
        return Expression(text, variables_read(template), paths, alone)

    def plain(self, bindings: Mapping[str, Any]) -> str | int | None:
        """What it gives, if it is a path that leads to a text or number and past no array."""
        at: Any = bindings if self.path else None
        for name in self.path:
            if not isinstance(at, dict):
                return None
            at = at.get(name)
        return at if isinstance(at, str | int) else None


def _part(value: Any, paths: dict[str, Any]) -> Any:
    """What is read of a value; what does not matter would be computed anew when it changes."""
    if not paths or not isinstance(value, dict):
        return value
    return {name: _part(value[name], below) for name, below in paths.items() if name in value}


@cache
def variables_read(expression: str) -> frozenset[str]:
    """The variables that an expression reads: neither functions nor the parameters of its own."""
    parameters = ",".join(re.findall(r"function\(([^)]*)\)", expression))
    own = set(re.findall(r"\$(\w+)", parameters)) | jsonata.Jsonata.static_frame.bindings.keys()
    return frozenset(re.findall(r"\$([a-zA-Z]\w*)", expression)) - own - {"hash", "parse"}


def _hash(text: str, algorithm: str) -> str:
    return hashlib.new(algorithm.replace("-", "").lower(), text.encode()).hexdigest()


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise AwsError("States.QueryEvaluationError", f"$parse: {error}") from None


def evaluate(template: Any, bindings: Mapping[str, Any]) -> Any:
    """A JSON template with its ``{% %}`` strings replaced by what they give."""
    if isinstance(template, str):
        expression = Expression.of(template)
        return template if expression is None else _computed(expression, template, bindings)
    if isinstance(template, dict):
        return {key: evaluate(value, bindings) for key, value in template.items()}
    if isinstance(template, list):
        return [evaluate(value, bindings) for value in template]
    return template


def _computed(expression: Expression, template: str, bindings: Mapping[str, Any]) -> Any:
    if (plain := expression.plain(bindings)) is not None:
        return plain
    if unwritten := expression.read - bindings.keys():
        raise Undefined(f"{template} reads {sorted(unwritten)}")
    mentioned = _part(bindings, expression.paths)
    value = marshal.loads(_value(expression.text, _packed(mentioned)))
    if value is None:
        raise Undefined(template)
    return value


@dataclass
class Execution:
    """One execution: `steps` runs it, one state after each ``next``.

    It ends as AWS would end it when its history is full, with an error of the test.
    """

    definition: dict[str, Any]
    api: Api
    arn: str
    request: dict[str, Any]
    sleep: Callable[[float], None] = lambda seconds: None
    now: Callable[[], str] = lambda: A_MOMENT
    status: str = "RUNNING"
    output: Any = None
    error: str = ""
    cause: str = ""
    visited: list[str] = field(default_factory=list)
    events: int = 0
    variables: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        now = self.now()
        machine = self.arn.rpartition(":")[0].replace("execution", "stateMachine")
        self.context = {
            "Execution": {"Id": self.arn, "StartTime": now},
            "StateMachine": {"Id": machine},
            "State": {"EnteredTime": now},
        }

    def steps(self) -> Iterator[str]:
        """Yields the name of each state before it runs.

        Raises:
            EndlessExecution: It names the last states.
        """
        name: str | None = self.definition["StartAt"]
        given: Any = self.request
        while name is not None:
            self._record(name)
            yield name
            self.context["State"]["EnteredTime"] = self.now()
            given, name = self._run(self.definition["States"][name], given)

    def run(self) -> "Execution":
        """Runs to the end."""
        for _ in self.steps():
            pass
        return self

    def _record(self, name: str) -> None:
        self.visited.append(name)
        self.events += EVENTS[self.definition["States"][name]["Type"]]
        if self.events >= ALLOWED_EVENTS:
            raise EndlessExecution(
                f"{self.events} events after {len(self.visited)} states, and no end; the last were "
                + ", ".join(self.visited[-10:])
            )

    def _run(self, state: dict[str, Any], given: Any) -> tuple[Any, str | None]:
        if state["Type"] == "Choice":
            return given, self._choose(state, given)
        if state["Type"] == "Fail":
            self.status = "FAILED"
            self.error = self._evaluate(state["Error"], given)
            self.cause = self._evaluate(state["Cause"], given)
            return None, None
        try:
            result = self._work(state, given, self.variables)
            output = given if result is None else result
            if "Output" in state:
                output = self._evaluate(state["Output"], given, result)
            assigned = self._evaluate(state.get("Assign", {}), given, result)
        except AwsError as error:
            return self._caught(state, given, error)
        if state["Type"] == "Wait":
            self.sleep(self._evaluate(state["Seconds"], given))
        self.variables |= assigned
        if state.get("End"):
            self.status, self.output = "SUCCEEDED", output
        return output, state.get("Next")

    def _work(self, state: dict[str, Any], given: Any, variables: Mapping[str, Any]) -> Any:
        if state["Type"] == "Task":
            return self._call(state, given)
        if state["Type"] == "Map":
            ((step),) = state["ItemProcessor"]["States"].values()
            results = []
            for item in self._evaluate(state["Items"], given):
                result = self._call(step, item)
                results.append(self._evaluate(step["Output"], item, result))
            return results
        return None

    def _call(self, state: dict[str, Any], given: Any) -> Any:
        service, action = state["Resource"].split(":")[-2:]
        attempts = [0] * len(state["Retry"])
        while True:
            try:
                return self.api(service, action, self._evaluate(state["Arguments"], given))
            except AwsError as error:
                retrier = _first(state["Retry"], error)
                if retrier is None or attempts[retrier] >= state["Retry"][retrier]["MaxAttempts"]:
                    raise
                attempts[retrier] += 1

    def _caught(self, state: dict[str, Any], given: Any, error: AwsError) -> tuple[Any, str | None]:
        index = _first(state["Catch"], error)
        assert index is not None, f"nothing catches {error}"
        catcher = state["Catch"][index]
        told = {"Error": error.error, "Cause": error.cause}
        self._assign(catcher.get("Assign", {}), given, errorOutput=told)
        return self._evaluate(catcher["Output"], given), catcher["Next"]

    def _choose(self, state: dict[str, Any], given: Any) -> str:
        for rule in state["Choices"]:
            holds = self._evaluate(rule["Condition"], given)
            assert isinstance(holds, bool), f"{rule['Condition']} gives {holds!r}"
            if holds:
                self._assign(rule.get("Assign", {}), given)
                return str(rule["Next"])
        return str(state["Default"])

    def _assign(self, assign: dict[str, Any], given: Any, **states: Any) -> None:
        self.variables |= self._evaluate(assign, given, **states)

    def _evaluate(self, template: Any, given: Any, result: Any = None, **states: Any) -> Any:
        states |= {"input": given, "context": self.context}
        if result is not None:
            states["result"] = result
        return evaluate(template, {**self.variables, "states": states})


def _first(handlers: list[dict[str, Any]], error: AwsError) -> int | None:
    for index, handler in enumerate(handlers):
        if {"States.ALL", error.error} & set(handler["ErrorEquals"]):
            return index
    return None
