"""Targets of schedules: which CreateSchedule takes, and the call that each of them is.

A templated target is the ARN of a resource, a universal target names an operation
(`local_aws.scheduling.universal`).
https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets.html
"""

import json
import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from local_aws.core.clients import client
from local_aws.core.errors import NotImplementedHere, ValidationException
from local_aws.ministack.scope import account_id, region
from local_aws.scheduling import universal
from local_aws.scheduling.call import Call

Target = Mapping[str, Any]
_ARN = re.compile(r"arn:aws[a-z-]*:([a-z0-9-]+):([a-z0-9-]*):(\d{12})?:(.+)")
_RESOURCES = {
    "events": "event-bus/.+",
    "lambda": "function:.+",
    "sagemaker": "pipeline/.+",
    "sns": ".+",
    "sqs": ".+",
    "states": "stateMachine:.+",
}
# Templated targets of AWS's that the local AWS does not call.
_NOT_HERE = ("codebuild", "codepipeline", "ecs", "firehose", "inspector", "kinesis")
_NEEDS_JSON = ("events", "lambda", "states")
_PARAMETERS = {
    "EventBridgeParameters": "events",
    "SageMakerPipelineParameters": "sagemaker",
    "SqsParameters": "sqs",
}


def check(target: Target) -> None:
    """Refuse a target that CreateSchedule refuses.

    Raises:
        ValidationException: In AWS's words.
        NotImplementedHere: AWS calls such targets, the local AWS does not.
    """
    arn, given = target["Arn"], target.get("Input")
    if arn.startswith(universal.PREFIX):
        universal.check(arn, given)
        service, resource = "scheduler", ""
    else:
        service, resource = _templated(arn)
        if given is not None and service in _NEEDS_JSON and not _is_json(given):
            raise ValidationException("JSON syntax error in input for the target.")
    for name, owner in _PARAMETERS.items():
        if name in target and owner != service:
            raise ValidationException(f"Parameters {name} not supported for the target.")
    if service == "sqs":
        _check_message_group(target, resource)
    if service == "events" and "EventBridgeParameters" not in target:
        raise ValidationException("Parameters EventBridgeParameters must be specified.")


def call(target: Target, context: Mapping[str, str]) -> Call:
    """The call of a target, at one attempt.

    Args:
        target: The schedule's target.
        context: What replaces each context attribute of Input, by its keyword: `schedule-arn`,
            `scheduled-time`, `execution-id`, `attempt-number`
            (https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html).
    """
    text = target.get("Input") or _default_notification(context)
    for keyword, value in context.items():
        text = text.replace(f"<aws.scheduler.{keyword}>", value)
    if target["Arn"].startswith(universal.PREFIX):
        return universal.call(target["Arn"], text)
    service, resource = _templated(target["Arn"])
    return _CALLS[service](target, resource, text)


def _templated(arn: str) -> tuple[str, str]:
    """The service and resource of a templated target."""
    found = _ARN.fullmatch(arn)
    if found is None:
        raise ValidationException("Provided Arn is not in correct format.")
    service, where, _, resource = found.groups()
    if service in _NOT_HERE:
        raise NotImplementedHere(
            f"Scheduler: the local AWS does not call templated targets of {service}"
        )
    if service not in _RESOURCES:
        raise ValidationException(f"{service} is not a supported service for a target.")
    if not re.fullmatch(_RESOURCES[service], resource):
        raise ValidationException("Provided Arn is not in correct format.")
    if where != region():
        raise ValidationException(
            f"The target ARN provided does not match the current region {region()}."
        )
    return service, resource


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _check_message_group(target: Target, queue: str) -> None:
    group = target.get("SqsParameters", {}).get("MessageGroupId")
    if queue.endswith(".fifo") and group is None:
        raise ValidationException("Parameters SqsParameters must be specified.")
    if group is not None and not queue.endswith(".fifo"):
        raise ValidationException("Parameters MessageGroupId not valid for the target.")


def _default_notification(context: Mapping[str, str]) -> str:
    """What a target gets when the schedule has no Input."""
    return json.dumps(
        {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": account_id(),
            "time": context["scheduled-time"],
            "region": region(),
            "resources": [context["schedule-arn"]],
            "detail": "{}",
        }
    )


def _start_execution(target: Target, resource: str, text: str) -> Call:
    return _call("stepfunctions", "StartExecution", stateMachineArn=target["Arn"], input=text)


def _start_pipeline(target: Target, resource: str, text: str) -> Call:
    given = target.get("SageMakerPipelineParameters", {}).get("PipelineParameterList", ())
    return _call(
        "sagemaker",
        "StartPipelineExecution",
        PipelineName=target["Arn"],
        ClientRequestToken=str(uuid.uuid4()),
        PipelineParameters=[{"Name": each["Name"], "Value": each["Value"]} for each in given],
    )


def _send_message(target: Target, resource: str, text: str) -> Call:
    owner = target["Arn"].split(":")[4]
    return _call(
        "sqs",
        "SendMessage",
        QueueUrl=f"{client('sqs').meta.endpoint_url}/{owner}/{resource}",
        MessageBody=text,
        **target.get("SqsParameters", {}),
    )


def _publish(target: Target, resource: str, text: str) -> Call:
    return _call("sns", "Publish", TopicArn=target["Arn"], Message=text)


def _invoke(target: Target, resource: str, text: str) -> Call:
    return _call(
        "lambda", "Invoke", FunctionName=target["Arn"], InvocationType="Event", Payload=text
    )


def _put_events(target: Target, resource: str, text: str) -> Call:
    given = target["EventBridgeParameters"]
    named = {name: given[name] for name in ("DetailType", "Source")}
    entry = {**named, "Detail": text, "EventBusName": target["Arn"]}
    return _call("events", "PutEvents", Entries=[entry])


def _call(service: str, action: str, **parameters: Any) -> Call:
    return Call(service, action, parameters, json.dumps(parameters))


_CALLS: dict[str, Callable[[Target, str, str], Call]] = {
    "events": _put_events,
    "lambda": _invoke,
    "sagemaker": _start_pipeline,
    "sns": _publish,
    "sqs": _send_message,
    "states": _start_execution,
}
