"""Columns held against a baseline: which constraints they violate, and their metrics.

Checks: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-violations.html
Thresholds: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-constraints.html
Metrics: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-cloudwatch.html
Texts: those of published reports, and assumptions.toml.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local_aws.monitoring.stand_in import columns
from local_aws.monitoring.stand_in.job import JobError, Metric, Violation

Feature = Mapping[str, Any]
# What holds if a baseline's monitoring_config says nothing.
MONITORING: Mapping[str, Any] = {
    "evaluate_constraints": "Enabled",
    "emit_metrics": "Enabled",
    "datatype_check_threshold": 0.1,
    "domain_content_threshold": 0.1,
}
DISTRIBUTION: Mapping[str, Any] = {
    "perform_comparison": "Enabled",
    "comparison_threshold": 0.1,
    "comparison_method": "Robust",
    "categorical_drift_method": "LInfinity",
}
_NUMERICAL = ("Integral", "Fractional")


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A data set beside its baseline.

    Attributes:
        found: The columns of the data set, by name.
        features: The baseline's constraints, one for each column.
        config: Its monitoring_config.
        before: Its statistics, by column.
    """

    found: Mapping[str, Sequence[str]]
    features: Sequence[Feature]
    config: Mapping[str, Any]
    before: Mapping[str, Any]

    def violations(self) -> Iterator[Violation]:
        """What constraint_violations.json lists."""
        if self.config["evaluate_constraints"] != "Enabled":
            return
        yield from self._counts()
        for feature in self.features:
            cells = self.found.get(feature["name"])
            if cells is not None and self._config(feature)["evaluate_constraints"] == "Enabled":
                yield from self._types(feature, cells)
                yield from self._domains(feature, cells)
                yield from self._drifts(feature, cells)

    def metrics(self) -> Iterator[Metric]:
        """The metrics of each column."""
        if self.config["emit_metrics"] != "Enabled":
            return
        for feature in self.features:
            name, cells = feature["name"], self.found.get(feature["name"], ())
            values = columns.numbers(cells)
            if feature["inferred_type"] in _NUMERICAL and len(values):
                spread = (float(values.sum()), float(values.min()), float(values.max()))
                yield Metric(name=f"feature_data_{name}", statistics=(len(values), *spread))
            yield Metric(name=f"feature_non_null_{name}", value=float(sum(map(bool, cells))))
            distance = self._distance(feature, cells)
            yield Metric(name=f"feature_baseline_drift_{name}", value=distance)

    def _counts(self) -> Iterator[Violation]:
        numbers = (
            f"Number of columns in current dataset: {len(self.found)},"
            f" Number of columns in baseline constraints: {len(self.features)}"
        )
        if len(self.found) < len(self.features):
            text = f"There are missing columns in current dataset. {numbers}"
            yield _violation("Missing columns", "missing_column_check", text)
        if len(self.found) > len(self.features):
            text = f"There are extra columns in current dataset. {numbers}"
            yield _violation("Extra columns", "extra_column_check", text)

    def _types(self, feature: Feature, cells: Sequence[str]) -> Iterator[Violation]:
        name, kind = feature["name"], feature["inferred_type"]
        match, wanted = (
            columns.matching(cells, kind),
            self._config(feature)["datatype_check_threshold"],
        )
        if match < wanted:
            text = (
                f"Data type match requirement is not met. Expected data type: {kind}, Expected"
                f" match: {wanted * 100}%. Observed: Only {match * 100}% of data is {kind}."
            )
            yield _violation(name, "data_type_check", text)
        complete, wanted = columns.completeness(cells), feature.get("completeness", 0.0)
        if complete < wanted:
            text = (
                f"Completeness requirement is not met. Expected: {wanted * 100}%. Observed: Only"
                f" {complete * 100}% of data is not null."
            )
            yield _violation(name, "completeness_check", text)

    def _domains(self, feature: Feature, cells: Sequence[str]) -> Iterator[Violation]:
        domain = set(feature.get("string_constraints", {}).get("domains") or ())
        present = [cell for cell in cells if cell]
        if not domain or not present:
            return
        known = sum(cell in domain for cell in present) / len(present)
        wanted = self._config(feature)["domain_content_threshold"]
        if known < wanted:
            text = (
                f"Value domain requirement is not met. Expected match: {wanted * 100}%. Observed:"
                f" Only {known * 100}% of data is in the baseline's domain."
            )
            yield _violation(feature["name"], "categorical_values_check", text)

    def _drifts(self, feature: Feature, cells: Sequence[str]) -> Iterator[Violation]:
        distribution, distance = self._distribution(feature), self._distance(feature, cells)
        threshold = distribution["comparison_threshold"]
        if feature["inferred_type"] not in _NUMERICAL:
            threshold = distribution.get("categorical_comparison_threshold", threshold)
        if distance is not None and distance > threshold:
            text = f"Baseline drift distance: {distance} exceeds threshold: {threshold}"
            yield _violation(feature["name"], "baseline_drift_check", text)

    def _distance(self, feature: Feature, cells: Sequence[str]) -> float | None:
        """How far a column is from its baseline; None if nobody asks, or nothing is known."""
        distribution, name = self._distribution(feature), feature["name"]
        if distribution["perform_comparison"] != "Enabled" or name not in self.before:
            return None
        method = distribution["categorical_drift_method"]
        if method != "LInfinity" and feature["inferred_type"] not in _NUMERICAL:
            raise JobError(
                f"categorical_drift_method: the local AWS stands in for LInfinity only, got"
                f" {method!r}."
            )
        robust = distribution["comparison_method"] in ("Robust", "linf_robust")
        return columns.drift(self.before[name], cells, robust=robust)

    def _config(self, feature: Feature) -> dict[str, Any]:
        return {**self.config, **feature.get("monitoringConfigOverrides", {})}

    def _distribution(self, feature: Feature) -> dict[str, Any]:
        given = self._config(feature).get("distribution_constraints", {})
        return {**DISTRIBUTION, **given}


def _violation(feature: str, check: str, description: str) -> Violation:
    return {"feature_name": feature, "constraint_check_type": check, "description": description}
