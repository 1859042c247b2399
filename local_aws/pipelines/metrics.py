"""Metrics of executions in CloudWatch.

https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-pipelines
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_aws.core import background
from local_aws.core.clients import client

if TYPE_CHECKING:
    from local_aws.pipelines.execution import Execution

NAMESPACE = "AWS/Sagemaker/ModelBuildingPipeline"
_ENDED = ("Failed", "Stopped", "Succeeded")


def execution_changed(execution: Execution) -> None:
    """Count an execution that has started or ended, at its time of now; the caller goes on."""
    named = [{"Name": "PipelineName", "Value": execution.pipeline_name}]
    status = "Started" if execution.status == "Executing" else execution.status
    data = [
        {"MetricName": f"Execution{status}", "Dimensions": named, "Value": 1.0, "Unit": "Count"}
    ]
    if execution.status in _ENDED:
        took = (execution.modified - execution.created) * 1000
        data.append(
            {
                "MetricName": "ExecutionDuration",
                "Dimensions": named,
                "Value": took,
                "Unit": "Milliseconds",
            }
        )
    if execution.status != "Stopping":
        background.run(_put, data)


def _put(data: list[dict[str, object]]) -> None:
    client("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=data)
