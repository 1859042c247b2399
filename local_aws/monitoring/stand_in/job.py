"""What an analysis reads of its job and writes for it."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

Violation = dict[str, str]
# "`+/- infinity` is published as the floating point number `+/- 2.348543e108`, and errors including
# null values are not published."
# https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-cw.html
_INFINITE = 2.348543e108


class JobError(Exception):
    """The job cannot go on; the text is what its failure says."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """The job's variables, with paths as they are here, and its /opt/ml."""

    variables: Mapping[str, str]
    opt_ml: Path

    def path(self, variable: str) -> Path:
        """The file or folder that a variable names."""
        return Path(self.variables[variable])

    def json(self, variable: str) -> Any:
        """The content of the JSON file that a variable names; None without the variable."""
        if variable not in self.variables:
            return None
        try:
            return json.loads(self.path(variable).read_text())
        except ValueError as error:
            raise JobError(f"{self.path(variable).name} is not JSON: {error}") from error

    @property
    def window(self) -> tuple[datetime, datetime]:
        """The window of time whose data is analysed."""
        start, end = (self.variables[name] for name in ("start_time", "end_time"))
        return moment(start), moment(end)

    @property
    def capture_names(self) -> list[str]:
        """The parts of a captured exchange that are analysed; none for plain files."""
        given = json.loads(self.variables["dataset_format"])
        (style,) = given
        names: list[str] = given[style].get("captureIndexNames", [])
        return names

    def write(self, name: str, content: Any) -> None:
        """Write a report file."""
        folder = self.path("output_path")
        folder.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content, indent=2)
        (folder / name).write_text(text)

    def write_message(self, text: str) -> None:
        """Write what becomes the job's ExitMessage."""
        (self.opt_ml / "output" / "message").write_text(text)

    def write_failure(self, text: str) -> None:
        """Say why the job failed, where its FailureReason looks and in its log."""
        print(text)
        (self.opt_ml / "output" / "failure").write_text(text)

    def write_metrics(self, metrics: Iterable["Metric"]) -> None:
        """Leave metrics for SageMaker to publish, of this job's endpoint and schedule."""
        if self.variables.get("publish_cloudwatch_metrics") != "Enabled":
            return
        place = self.opt_ml / "output" / "metrics" / "cloudwatch"
        place.mkdir(parents=True, exist_ok=True)
        lines = [json.dumps(each.datum(self.variables)) for each in metrics if each.publishable]
        (place / "cloudwatch_metrics.jsonl").write_text("".join(f"{line}\n" for line in lines))


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One CloudWatch metric: a value, or the sum and extremes of many."""

    name: str
    value: float | None = None
    statistics: tuple[int, float, float, float] | None = None
    dimensions: tuple[tuple[str, str], ...] = ()

    @property
    def publishable(self) -> bool:
        """Whether there is something to publish."""
        return self.statistics is not None or (
            self.value is not None and not math.isnan(self.value)
        )

    def datum(self, variables: Mapping[str, str]) -> dict[str, Any]:
        """The metric as a line of the file that SageMaker reads."""
        owners = {
            "Endpoint": variables.get("sagemaker_endpoint_name"),
            "MonitoringSchedule": variables["sagemaker_monitoring_schedule_name"],
        }
        given = {
            **{name: value for name, value in owners.items() if value},
            **dict(self.dimensions),
        }
        return {
            "MetricName": self.name,
            "Timestamp": variables["metric_time"],
            "Dimensions": [{"Name": name, "Value": value} for name, value in given.items()],
            **self._content(),
        }

    def _content(self) -> dict[str, Any]:
        if self.statistics is not None:
            names = ("SampleCount", "Sum", "Minimum", "Maximum")
            return {"StatisticValues": dict(zip(names, self.statistics, strict=True))}
        value = self.value or 0.0
        return {"Value": math.copysign(_INFINITE, value) if math.isinf(value) else value}


def outcome(violations: Sequence[Violation]) -> str:
    """The exit message, as AWS's own jobs leave it.

    https://github.com/aws/amazon-sagemaker-examples, notebook sm-model_monitor_introduction
    """
    if violations:
        count = len(violations)
        return f"CompletedWithViolations: Job completed successfully with {count} violations."
    return "Completed: Job completed successfully with no violations."


def moment(text: str) -> datetime:
    """A time as it stands in captured data and variables, e.g. 2021-05-06T22:00:00Z."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
