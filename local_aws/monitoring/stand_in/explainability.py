"""Feature attribution: global SHAP values of the captured requests, beside the baseline's.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-feature-attribution-drift.html
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-model-attribution-drift-violations.html
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from local_aws.monitoring.stand_in.job import Job, JobError, Metric, Violation
from local_aws.monitoring.stand_in.records import captured, rows, side
from local_aws.monitoring.stand_in.shadow import shadow_endpoint
from local_aws.monitoring.stand_in.shapley import contributions
from local_aws.monitoring.stand_in.transforms import inputs

# "In SageMaker Clarify, if the NDCG value is below 0.90, we automatically raise an alert."
THRESHOLD = 0.9
_LABEL = "label0"
_AGGREGATED: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "mean_abs": lambda values: np.abs(values).mean(axis=0),
    "mean_sq": lambda values: (values**2).mean(axis=0),
    "median": lambda values: np.median(values, axis=0),
}
# What SHAP's own library draws, besides two for each feature, if nobody says how many.
_SAMPLES = 2048


def analyze(job: Job, config: Mapping[str, Any]) -> dict[str, Any]:
    """analysis.json."""
    shap, predictor = config["methods"]["shap"], config.get("predictor")
    if not predictor:
        raise JobError("The analysis configuration must have a predictor with a model_name.")
    table = _table(job)
    background = _background(shap, table.shape[1])
    names = config.get("headers") or [f"column_{number}" for number in range(table.shape[1])]
    if len(names) != table.shape[1]:
        raise JobError(f"headers names {len(names)} features, but the data has {table.shape[1]}.")
    with shadow_endpoint(predictor, job.variables.get("probability_attribute")) as model:
        ask = _logits(model) if shap.get("use_logit") else model
        values, expected = contributions(
            ask,
            table,
            background,
            samples=shap.get("num_samples") or 2 * len(names) + _SAMPLES,
            seed=shap.get("seed"),
        )
    shown = _AGGREGATED[shap.get("agg_method", "mean_abs")](values)
    label = (predictor.get("label_headers") or [_LABEL])[0]
    attributed = {name: float(value) for name, value in zip(names, shown, strict=True)}
    described = {"global_shap_values": attributed, "expected_value": expected}
    return {"version": "1.0", "explanations": {"kernel_shap": {label: described}}}


def metrics(analysis: Mapping[str, Any]) -> Iterator[Metric]:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-feature-attribute-drift-cw.html"""
    for label, described in analysis["explanations"]["kernel_shap"].items():
        shared = (("ExplainabilityMethod", "KernelShap"), ("Label", label))
        for name, value in described["global_shap_values"].items():
            yield Metric(
                name=f"feature_{name}",
                value=value,
                dimensions=(*shared, ("ValueType", "GlobalShapValues")),
            )
        yield Metric(
            name="ExpectedValue",
            value=described["expected_value"],
            dimensions=(*shared, ("ValueType", "ExpectedValue")),
        )


def violations(analysis: Mapping[str, Any], baseline: Mapping[str, Any]) -> Iterator[Violation]:
    """Each label whose features are ranked otherwise than in the baseline."""
    before = baseline.get("explanations", {}).get("kernel_shap", {})
    for label, described in analysis["explanations"]["kernel_shap"].items():
        if label not in before:
            continue
        score = ndcg(before[label]["global_shap_values"], described["global_shap_values"])
        if score < THRESHOLD:
            yield {
                "label": label,
                "metric_name": "shap",
                "constraint_check_type": "feature_attribution_drift_check",
                "description": f"Feature attribution drift {score} exceeds threshold {THRESHOLD}",
            }


def ndcg(before: Mapping[str, float], now: Mapping[str, float]) -> float:
    """How well a ranking by present attributions keeps the former ones in front: 1 is best.

    Raises:
        JobError: They are not of the same features.
    """
    if before.keys() != now.keys():
        raise JobError("The baseline has attributions of other features than the data.")
    ideal = sorted(before, key=lambda name: -before[name])
    live = sorted(before, key=lambda name: -now[name])
    gains = [
        sum(before[name] / np.log2(rank + 1) for rank, name in enumerate(order, start=1))
        for order in (live, ideal)
    ]
    return float(gains[0] / gains[1])


def _table(job: Job) -> np.ndarray:
    if not job.capture_names:
        table, _ = inputs(job)
    else:
        attribute = job.variables.get("features_attribute")
        records = captured(job)
        table = [
            row for record in records for row in rows(side(record, "endpointInput"), attribute)
        ]
    return np.array(table, dtype=object)


def _background(shap: Mapping[str, Any], width: int) -> np.ndarray:
    baseline = shap.get("baseline")
    if not isinstance(baseline, list) or not all(isinstance(row, list) for row in baseline):
        raise JobError(
            "methods.shap.baseline: the local AWS stands in for lists of rows only; it neither"
            " reads one from S3 nor clusters the data."
        )
    if {len(row) for row in baseline} != {width}:
        raise JobError(f"Each row of methods.shap.baseline must have {width} features.")
    return np.array([[str(cell) for cell in row] for row in baseline], dtype=object)


def _logits(model: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    def ask(table: np.ndarray) -> np.ndarray:
        scores = model(table)
        odds: np.ndarray = np.log(scores / (1 - scores))
        return odds

    return ask
