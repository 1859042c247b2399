"""Targets of event rules: SageMaker pipelines, and dead-letter queues for what fails.

MiniStack drops an event that its target does not take. AWS sends it to the target's dead-letter
queue, with attributes that say why
(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html).
"""

import json
import uuid
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from ministack.core.arn import parse_arn
from ministack.services import eventbridge, sqs, stepfunctions

from local_aws.core.errors import ApiError
from local_aws.core.operations import dispatch

_invoke_target = eventbridge._invoke_target
_failures: ContextVar[list[ApiError] | None] = ContextVar("failures", default=None)


def install() -> None:
    """Start pipelines, and send what Step Functions or SageMaker refuse to its queue."""
    eventbridge._invoke_target = _deliver
    eventbridge._dispatch_to_stepfunctions = _start_execution


def _deliver(
    target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None
) -> None:
    view = view or eventbridge._pattern_event_view(event)
    failures: list[ApiError] = []
    token = _failures.set(failures)
    try:
        if ":pipeline/" in target["Arn"] and parse_arn(target["Arn"]).service == "sagemaker":
            _start_pipeline(target, view.event_with_detail())
        else:
            _invoke_target(target, event, rule, view)
    except ApiError as error:
        failures.append(error)
    finally:
        _failures.reset(token)
    for failure in failures:
        _bury(target, rule, view.event_with_detail(), failure)


def _start_execution(arn: str, payload: str) -> None:
    status, _, body = stepfunctions._start_execution({"stateMachineArn": arn, "input": payload})
    failures = _failures.get()
    if status >= 400 and failures is not None:
        answer = json.loads(body)
        failures.append(ApiError(answer.get("message", ""), code=answer["__type"]))


def _start_pipeline(target: Mapping[str, Any], event: dict[str, Any]) -> None:
    given = target.get("SageMakerPipelineParameters", {}).get("PipelineParameterList", ())
    parameters = [{"Name": p["Name"], "Value": _value(p["Value"], event)} for p in given]
    start = {"PipelineName": target["Arn"], "ClientRequestToken": str(uuid.uuid4())}
    dispatch("sagemaker", "StartPipelineExecution", {**start, "PipelineParameters": parameters})


def _value(value: str, event: Any) -> str:
    """A parameter's value; `$.detail.alarmName` takes it from the event
    (https://docs.aws.amazon.com/sagemaker/latest/dg/pipeline-eventbridge.html)."""
    if not value.startswith("$."):
        return value
    for name in value.removeprefix("$.").split("."):
        event = event[name]
    return event if isinstance(event, str) else json.dumps(event)


def _bury(
    target: Mapping[str, Any], rule: Mapping[str, Any], event: dict[str, Any], error: ApiError
) -> None:
    queue = sqs._queue_by_arn(target.get("DeadLetterConfig", {}).get("Arn", ""))
    if queue is None:
        return
    why = {
        "RULE_ARN": rule["Arn"],
        "TARGET_ARN": target["Arn"],
        "ERROR_CODE": error.code,
        "ERROR_MESSAGE": error.message,
    }
    attributes = {k: {"DataType": "String", "StringValue": v} for k, v in why.items()}
    message = {"MessageBody": json.dumps(event), "MessageAttributes": attributes}
    sqs._act_send_message(message, queue["url"])
