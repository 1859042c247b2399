"""Clarify's two monitors: which of them a job is, says its analysis configuration.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-config-json-monitor-bias-parameters.html
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-config-json-monitor-model-explainability-parameters.html
"""

from collections.abc import Sequence
from typing import Any

from local_aws.monitoring.stand_in import bias, explainability
from local_aws.monitoring.stand_in.job import Job, Violation, outcome

_REPORT = """<!DOCTYPE html><meta charset="utf-8"><title>Stand-in report</title>
<p>Written by the local AWS's stand-in for SageMaker Clarify, whose container is closed software.
AWS's own report is not imitated, and nothing here proves anything about AWS's statistics.</p>
"""


def run(job: Job) -> str:
    """Write analysis.json, report.html and, if there are any, constraint_violations.json.

    Published runs without violations left no constraint_violations.json; see assumptions.toml.
    """
    config = job.json("analysis_config")
    baseline = job.json("baseline_constraints")
    analysis, violations = _analyze(job, config, baseline)
    job.write("analysis.json", analysis)
    job.write("report.html", _REPORT)
    if violations:
        job.write("constraint_violations.json", {"version": "1.0", "violations": violations})
    return outcome(violations)


def _analyze(job: Job, config: Any, baseline: Any) -> tuple[dict[str, Any], Sequence[Violation]]:
    if "shap" in config.get("methods", {}):
        analysis = explainability.analyze(job, config)
        job.write_metrics(explainability.metrics(analysis))
        return analysis, list(explainability.violations(analysis, baseline or {}))
    analysis = bias.analyze(job, config)
    job.write_metrics(bias.metrics(analysis))
    return analysis, list(bias.violations(analysis, baseline or {}))
