"""Metric math, as far as alarms need it: parsed once, then computed on values period by period.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html

An expression is read as Python's grammar reads it, after `^`, `&&`, `||`, AND and OR were put in
Python's words; whatever is not on the lists below is refused by name.
"""

import ast
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from local_aws.alarms import metric_functions as functions
from local_aws.alarms.metric_functions import Array, Series, Value
from local_aws.core.errors import NotImplementedHere, ValidationException

_STRING = re.compile(r"""("[^"]*"|'[^']*')""")
_WORDS = (
    (re.compile(r"\^"), "**"),
    (re.compile(r"&&|\bAND\b"), " and "),
    (re.compile(r"\|\||\bOR\b"), " or "),
)
_BINARY: dict[type[ast.AST], Callable[[float, float], float | None]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b if b else None,
    ast.Pow: lambda a, b: _power(a, b),
    ast.Eq: lambda a, b: float(a == b),
    ast.NotEq: lambda a, b: float(a != b),
    ast.Lt: lambda a, b: float(a < b),
    ast.LtE: lambda a, b: float(a <= b),
    ast.Gt: lambda a, b: float(a > b),
    ast.GtE: lambda a, b: float(a >= b),
    ast.And: lambda a, b: float(bool(a) and bool(b)),
    ast.Or: lambda a, b: float(bool(a) or bool(b)),
}


def _power(base: float, exponent: float) -> float | None:
    try:
        return math.pow(base, exponent)
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True)
class Inputs:
    """What an expression computes with: values of metrics and of other expressions, by id."""

    metrics: Mapping[str, Series]
    expressions: Mapping[str, Value]
    period: int
    length: int


Node = Callable[[Inputs], Value]


def compile_expression(expression: str, ids: Sequence[str]) -> Node:
    """A function that computes the expression.

    Args:
        expression: E.g. `IF(requests > 0, errors / requests, 0)`.
        ids: The metrics and expressions that it may name.

    Raises:
        ValidationException: It is no expression, or names an id that is not there.
        NotImplementedHere: AWS would compute it and the local AWS cannot.
    """
    try:
        tree = ast.parse(_in_python(expression), mode="eval")
    except SyntaxError as error:
        raise ValidationException(f"Error in expression '{expression}': Syntax error") from error
    return _Compiler(expression, ids).node(tree.body)


def _in_python(expression: str) -> str:
    parts = _STRING.split(expression)
    for index in range(0, len(parts), 2):
        for pattern, word in _WORDS:
            parts[index] = pattern.sub(word, parts[index])
    return "".join(parts).strip()


class _Compiler:
    def __init__(self, expression: str, ids: Sequence[str]) -> None:
        self._expression = expression
        self._ids = ids

    def node(self, tree: ast.AST) -> Node:
        match tree:
            case ast.Constant(value=bool() | None):
                raise self._unknown(ast.unparse(tree))
            case ast.Constant(value=int() | float() as number):
                return lambda _: float(number)
            case ast.Name(id=name):
                return self._named(name)
            case ast.List(elts=items):
                return self._array(items)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._call(name, arguments)
        return self._operator(tree)

    def _operator(self, tree: ast.AST) -> Node:
        match tree:
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._binary(ast.Mult(), ast.Constant(-1), operand)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
                return self._binary(op, left, right)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _BINARY:
                return self._binary(op, left, right)
            case ast.BoolOp(op=op, values=[left, right]):
                return self._binary(op, left, right)
            case ast.BoolOp(op=op, values=[*most, last]):
                return self._binary(op, ast.BoolOp(op, most), last)
        raise self._missing(ast.unparse(tree))

    def _named(self, name: str) -> Node:
        if name not in self._ids:
            raise self._unknown(name)
        return lambda given: (
            given.metrics[name] if name in given.metrics else (given.expressions[name])
        )

    def _array(self, items: Sequence[ast.AST]) -> Node:
        nodes = [self.node(item) for item in items]
        return lambda given: Array.of([node(given) for node in nodes], given.length)

    def _binary(self, op: ast.AST, left: ast.AST, right: ast.AST) -> Node:
        first, second, compute = self.node(left), self.node(right), _BINARY[type(op)]
        return lambda given: functions.combine(first(given), second(given), compute)

    def _call(self, name: str, arguments: Sequence[ast.AST]) -> Node:
        match name, arguments:
            case "METRICS", []:
                return lambda given: Array(list(given.metrics.values()))
            case "METRICS", [ast.Constant(value=str() as part)]:
                return lambda given: Array(
                    [values for key, values in given.metrics.items() if part in key]
                )
            case "PERIOD", [ast.Name(id=metric)] if metric in self._ids:
                return lambda given: float(given.period)
            case "FILL", [what, ast.Name(id="REPEAT")]:
                filled = self.node(what)
                return lambda given: functions.each(filled(given), functions.repeat)
            case "FILL", [_, ast.Name(id="LINEAR")]:
                raise self._missing("FILL with LINEAR")
        if name not in functions.FUNCTIONS or len(arguments) not in functions.FUNCTIONS[name][1]:
            raise self._missing(f"{name} with {len(arguments)} argument(s)")
        nodes, function = [self.node(each) for each in arguments], functions.FUNCTIONS[name][0]
        return lambda given: function(*(node(given) for node in nodes))

    def _missing(self, what: str) -> NotImplementedHere:
        return NotImplementedHere(
            f"the local AWS does not implement {what} in the metric math expression"
            f" '{self._expression}'"
        )

    def _unknown(self, name: str) -> ValidationException:
        return ValidationException(
            f"Error in expression '{self._expression}': Invalid token {name!r}"
        )
