"""Metric math, with AWS's own tables as cases.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from typing import Any

import pytest

from local_aws.alarms.metric_functions import Array
from local_aws.alarms.metric_math import Inputs, compile_expression
from local_aws.core.errors import NotImplementedHere, ValidationException

N = None


def compute(expression: str, **metrics: Any) -> Any:
    length = len(next(iter(metrics.values()), []))
    series = {name: [N if v is N else float(v) for v in given] for name, given in metrics.items()}
    return compile_expression(expression, list(metrics))(Inputs(series, {}, 60, length))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("(metric1 < metric2)", [0, 0, 1, 0]),
        ("(metric1 >= 30)", [1, 0, 0, 0]),
        ("(metric1 > 15 AND metric2 > 15)", [1, 0, 0, 0]),
        ("(metric1 > 15 && metric2 > 15)", [1, 0, 0, 0]),
    ],
)
def test_the_documented_comparisons_hold(expression: str, expected: list[float]) -> None:
    found = compute(expression, metric1=[30, 20, 0, 0], metric2=[20, N, 20, N])
    assert found == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("IF(metric1, metric2, metric3)", [30, 0, 20, N, N]),
        ("IF(metric1, 5, metric3)", [5, 5, 20, N, N]),
        ("IF(metric1, metric2, 5)", [30, 0, 5, 5, N]),
        ("IF(metric1 < 1, metric1)", [N, N, 0, 0, N]),
    ],
)
def test_the_documented_conditions_hold(expression: str, expected: list[Any]) -> None:
    found = compute(
        expression,
        metric1=[1, 1, 0, 0, N],
        metric2=[30, N, 0, 0, 30],
        metric3=[0, 0, 20, N, 20],
    )
    assert found == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("m1 + m2", [3, 2, 5, N]),
        ("m1 / m2", [0.5, N, 0, N]),
        ("100 * m1 / m2", [50, N, 0, N]),
        ("-m1 + 10 ^ 2", [99, 98, N, N]),
        ("SUM(METRICS())", [3, 2, 5, N]),
        ("SUM([m1, m2])", [3, 2, 5, N]),
        ("SUM(METRICS('2'))", [2, N, 5, N]),
        ("AVG([m1, m2])", [1.5, 1, 2.5, N]),
        ("MAX([m1, m2])", [2, 2, 5, N]),
        ("MIN([m1, m2])", [1, 2, 5, N]),
        ("MAX([m1, 3])", [3, 3, 3, 3]),
        ("FILL(m1, 7)", [1, 2, 7, 7]),
        ("FILL(m1, m2)", [1, 2, 5, N]),
        ("FILL(m1, REPEAT)", [1, 2, 2, 2]),
        ("SUM(FILL(METRICS(), 0))", [3, 2, 5, 0]),
        ("m1 - MIN(m1)", [0, 1, N, N]),
        ("m1 / PERIOD(m1) * 60", [1, 2, N, N]),
        ("ABS(m1 - m2)", [1, 2, 5, N]),
        ("CEIL(m1 / 2) + FLOOR(m1 / 2)", [1, 2, N, N]),
        ("m1 > 5 OR m2 > 1", [1, 0, 1, N]),
        ("m1 == 1 || m1 != 1", [1, 1, N, N]),
    ],
)
def test_an_expression_is_computed_period_by_period(expression: str, expected: list[Any]) -> None:
    assert compute(expression, m1=[1, 2, N, N], m2=[2, N, 5, N]) == pytest.approx(expected)


def test_an_array_times_a_number_is_an_array() -> None:
    found = compute("METRICS() * 2", m1=[1], m2=[N])
    assert isinstance(found, Array)
    assert found.series == [[2.0], [N]]


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("ANOMALY_DETECTION_BAND(m1, 2)", "ANOMALY_DETECTION_BAND with 2 argument"),
        ("RATE(m1)", "RATE with 1 argument"),
        ("SEARCH('{AWS/EC2}', 'Sum')", "SEARCH with 2 argument"),
        ("FILL(m1, LINEAR)", "FILL with LINEAR"),
        ("m1.real", "m1.real"),
        ("m1 < 1 < 2", "m1 < 1 < 2"),
        ("[x for x in m1]", "for x in m1"),
        ("m1 if m1 else m1", "m1 if m1 else m1"),
        ("'text'", "'text'"),
    ],
)
def test_what_is_not_implemented_is_refused_by_name(expression: str, named: str) -> None:
    with pytest.raises(NotImplementedHere) as refusal:
        compute(expression, m1=[1])
    assert named in refusal.value.message


@pytest.mark.parametrize("expression", ["m1 +", "m2 * 2", "True", "SELECT AVG(x) FROM y"])
def test_what_aws_would_not_understand_is_a_validation_error(expression: str) -> None:
    with pytest.raises(ValidationException, match="Error in expression"):
        compute(expression, m1=[1])
