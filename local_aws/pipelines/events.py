"""Events of executions and their steps, whose members AWS writes in lower camel case.

https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html#eventbridge-pipeline
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_aws.core.events import emit
from local_aws.core.moments import utc_text

if TYPE_CHECKING:
    from local_aws.pipelines.execution import Execution, StepRun

_RUNNING = ("Executing", "Stopping")


def execution_changed(execution: Execution, before: str | None) -> None:
    """An execution has a new status; `before` is None when it starts."""
    ended = execution.status not in _RUNNING
    detail = {
        "pipelineExecutionDisplayName": execution.described.get("PipelineExecutionDisplayName"),
        "currentPipelineExecutionStatus": execution.status,
        "previousPipelineExecutionStatus": before,
        "executionStartTime": utc_text(execution.created),
        "executionEndTime": utc_text(execution.modified) if ended else None,
        "pipelineExecutionDescription": execution.described.get("PipelineExecutionDescription"),
        **_arns(execution),
    }
    emit("SageMaker Model Building Pipeline Execution Status Change", detail, _resources(execution))


def step_changed(execution: Execution, run: StepRun, before: str | None) -> None:
    """A step has a new status."""
    detail = {
        "metadata": _lower(run.metadata),
        "failureReason": run.failure_reason,
        "stepStartTime": utc_text(run.started),
        "stepEndTime": None if run.ended is None else utc_text(run.ended),
        "stepName": run.step.name,
        "stepType": run.step.type,
        "previousStepStatus": before,
        "currentStepStatus": run.status,
        **_arns(execution),
    }
    emit(
        "SageMaker Model Building Pipeline Execution Step Status Change",
        detail,
        _resources(execution),
    )


def _arns(execution: Execution) -> dict[str, str]:
    return {"pipelineArn": execution.pipeline_arn, "pipelineExecutionArn": execution.arn}


def _resources(execution: Execution) -> list[str]:
    return [execution.pipeline_arn, execution.arn]


def _lower(value: Any) -> Any:
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: _lower(item) for name, item in value.items()}
    return value
