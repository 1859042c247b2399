"""The processing jobs of an execution: the merge with ground truth, and the analysis.

Their inputs, outputs and variables are those of jobs that AWS published, see assumptions.toml, and
of https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-contract-inputs.html
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local_aws.core import api
from local_aws.core.moments import utc_text
from local_aws.core.request import Request
from local_aws.core.store import arn
from local_aws.jobs import processing
from local_aws.jobs.job import Job
from local_aws.jobs.processing_work import ProcessingWork, processing_work
from local_aws.ministack.scope import region
from local_aws.monitoring import captured
from local_aws.monitoring.captured import Input
from local_aws.monitoring.definition import Definition
from local_aws.monitoring.published import MonitoringWork
from local_aws.monitoring.schedule import MonitoringExecution

_OUTPUT = "/opt/ml/processing/output"
_BASELINE = {
    "constraints": "/opt/ml/processing/baseline/constraints",
    "statistics": "/opt/ml/processing/baseline/stats",
}
_CONFIG = "/opt/ml/processing/input/config"
_ANALYZER_REGISTRY = re.compile(r"(?P<registry>.*/)sagemaker-model-monitor-analyzer(?:[:@].*)?")
# https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-pre-built-container.html
_REGISTRY = "156813124566.dkr.ecr.{region}.amazonaws.com/"
_MERGER = "sagemaker-model-monitor-groundtruth-merger"


@dataclass(frozen=True, kw_only=True)
class Run:
    """One execution, and what its jobs share.

    Attributes:
        suffix: What the names of its jobs end in.
        start, end: The window of the data.
    """

    execution: MonitoringExecution
    definition: Definition
    suffix: str
    start: float
    end: float

    @property
    def merge_root(self) -> str:
        """Where the merge job writes to."""
        root = f"{self.definition.output['S3Uri']}/merge"
        return root if self.definition.endpoint else f"{root}/{self.execution.schedule.name}"

    def merge(self, inputs: list[Input]) -> Job:
        """Start the job that joins captured data with ground truth."""
        definition = self.definition
        return self._begin(
            f"groundtruth-merge-{self.suffix}",
            application={"ImageUri": _merger(definition.application["ImageUri"])},
            environment={
                "dataset_source": definition.local_path,
                "ground_truth_source": captured.GROUND_TRUTH,
                "output_path": _OUTPUT,
            },
            inputs=inputs,
            output={"S3Uri": self.merge_root, "LocalPath": _OUTPUT, "S3UploadMode": "EndOfJob"},
        )

    def analyze(self, inputs: list[Input]) -> Job:
        """Start the job that compares the data with the baseline."""
        definition, schedule = self.definition, self.execution.schedule
        when = datetime.fromtimestamp(self.execution.scheduled, UTC)
        owner = f"{definition.endpoint}/" if definition.endpoint else ""
        report = f"{definition.output['S3Uri']}/{owner}{schedule.name}/{when:%Y/%m/%d/%H}"
        return self._begin(
            f"{definition.kind.job}-{self.suffix}",
            application=definition.application,
            environment=self._environment(),
            inputs=[*self._baseline(), *self._config(), *inputs],
            output={**definition.output, "S3Uri": report},
        )

    def _environment(self) -> dict[str, str]:
        definition, endpoint = self.definition, self.definition.endpoint
        places = {f"baseline_{name}": _BASELINE[name] for name in definition.baseline}
        files = zip(places.items(), definition.baseline.values(), strict=True)
        return {
            "dataset_format": definition.dataset_format,
            "dataset_source": definition.local_path,
            "output_path": definition.output["LocalPath"],
            "start_time": utc_text(self.start),
            "end_time": utc_text(self.end),
            "metric_time": utc_text(self.start),
            "publish_cloudwatch_metrics": "Enabled",
            "sagemaker_monitoring_schedule_name": self.execution.schedule.name,
            **({"sagemaker_endpoint_name": endpoint} if endpoint else {}),
            **{variable: f"{place}/{_last(uri)}" for (variable, place), uri in files},
            **self._configured(),
            **definition.settings,
            **definition.environment,
        }

    def _configured(self) -> dict[str, str]:
        uri = self.definition.config_uri
        return {"analysis_config": f"{_CONFIG}/{_last(uri)}"} if uri else {}

    def _baseline(self) -> list[Input]:
        return [
            {"InputName": name, **captured.file_input(uri, _BASELINE[name])}
            for name, uri in self.definition.baseline.items()
        ]

    def _config(self) -> list[Input]:
        uri = self.definition.config_uri
        given = captured.file_input(uri, _CONFIG) if uri else None
        return [{"InputName": "analysis_config", **given}] if given else []

    def _begin(
        self,
        name: str,
        *,
        application: Any,
        environment: dict[str, str],
        inputs: list[Input],
        output: dict[str, str],
    ) -> Job:
        outputs: dict[str, Any] = {
            "Outputs": [{"OutputName": "result", "AppManaged": False, "S3Output": output}]
        }
        if self.definition.outputs_key:
            outputs["KmsKeyId"] = self.definition.outputs_key
        request = Request(
            {
                "ProcessingJobName": name,
                "AppSpecification": application,
                "Environment": environment,
                "ProcessingInputs": inputs,
                "ProcessingOutputConfig": outputs,
                **self.definition.job,
            },
            api.input_shape("sagemaker", "CreateProcessingJob"),
        )
        work = processing_work(request, arn=arn("processing-job", name), scheduled=True)
        return processing.begin(
            request, self._publishing(work), MonitoringScheduleArn=self.execution.schedule.arn
        )

    def _publishing(self, work: ProcessingWork) -> ProcessingWork:
        return MonitoringWork(**vars(work), namespace=self.definition.namespace)


def _merger(analyzer: str) -> str:
    found = _ANALYZER_REGISTRY.fullmatch(analyzer)
    return (found["registry"] if found else _REGISTRY.format(region=region())) + _MERGER


def _last(uri: str) -> str:
    return uri.rpartition("/")[2]
