"""Model quality: metrics of answers beside their labels, held against a baseline's constraints.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from local_aws.monitoring.stand_in.answers import Answers, labelled
from local_aws.monitoring.stand_in.job import Job, JobError, Metric, Violation, outcome
from local_aws.monitoring.stand_in.quality_metrics import PROBLEMS, Curve, Measured, measure

# Published runs list no violation of f0_5, although it is among their constraints and was far
# below its threshold: see assumptions.toml.
_NOT_CHECKED = ("f0_5",)
_BREACHES = {
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
}


def run(job: Job) -> str:
    """Write statistics.json, constraints.json and, if there is a baseline, what violates it."""
    problem = PROBLEMS.get(job.variables["problem_type"])
    if problem is None:
        raise JobError(f"problem_type must be one of {', '.join(PROBLEMS)}.")
    answers = labelled(job)
    found = measure(problem, answers)
    job.write("statistics.json", statistics(problem, answers, found))
    job.write("constraints.json", suggested(problem, found))
    job.write_metrics(
        Metric(name=name, value=each.value)
        for name, each in found.items()
        if isinstance(each, Measured)
    )
    constraints = job.json("baseline_constraints")
    if constraints is None:
        return outcome([])
    violations = list(violated(constraints.get(f"{problem}_constraints", {}), found))
    job.write("constraint_violations.json", {"violations": violations})
    return outcome(violations)


def statistics(problem: str, answers: Answers, found: Mapping[str, Any]) -> dict[str, Any]:
    """statistics.json."""
    described = {
        name: each.described() if isinstance(each, Measured | Curve) else each
        for name, each in found.items()
    }
    return {
        "version": 0.0,
        "dataset": {"item_count": len(answers.labels)},
        f"{problem}_metrics": described,
    }


def suggested(problem: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """constraints.json: what this data would suggest as a baseline."""
    return {
        "version": 0.0,
        f"{problem}_constraints": {
            name: {"threshold": each.value, "comparison_operator": each.worse}
            for name, each in found.items()
            if isinstance(each, Measured) and not name.endswith("_best_constant_classifier")
        },
    }


def violated(constraints: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Violation]:
    """Each constraint whose metric is on the wrong side of its threshold."""
    for name, constraint in constraints.items():
        measured = found.get(name)
        if not isinstance(measured, Measured) or name in _NOT_CHECKED:
            continue
        operator, threshold = constraint["comparison_operator"], constraint["threshold"]
        if operator not in _BREACHES:
            raise JobError(f"comparison_operator must be one of {', '.join(_BREACHES)}.")
        if _BREACHES[operator](measured.value, threshold):
            shown = re.sub("_([a-z])", lambda found: found[1].upper(), name)
            spread = f"{_java(measured.value)} +/- {_java(measured.deviation)}"
            yield {
                "constraint_check_type": operator,
                "description": f"Metric {shown} with {spread} was {operator} '{_java(threshold)}'",
                "metric_name": shown,
            }


def _java(number: float | None) -> str:
    """A number as the container, which is no Python, writes it: 5.09E-4, and NaN for none."""
    if number is None:
        return "NaN"
    text = repr(float(number))
    if number and abs(number) < 1e-3:
        digits, exponent = f"{Decimal(text).normalize():E}".split("E")
        text = f"{digits if '.' in digits else f'{digits}.0'}E{exponent}"
    return text
