"""What Step Functions lacks: services, error names, and JSONata's output of Succeed."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError, ParamValidationError
from ministack.services import stepfunctions

from local_aws.core import api
from local_aws.core.clients import client

# Step Functions' name of a service -> botocore's, and the AWS SDK for Java 2's class name.
_SERVICES = {
    "cloudformation": ("cloudformation", "CloudFormation"),
    "sagemaker": ("sagemaker", "SageMaker"),
    "applicationautoscaling": ("application-autoscaling", "ApplicationAutoScaling"),
    "cloudwatch": ("cloudwatch", "CloudWatch"),
    "s3": ("s3", "S3"),
    "sfn": ("stepfunctions", "Sfn"),
    "sns": ("sns", "Sns"),
    "sqs": ("sqs", "Sqs"),
    "ssm": ("ssm", "Ssm"),
}
# Their XML has lists and errors that MiniStack's own way does not know, or no way at all.
_THROUGH_BOTOCORE = ("cloudformation", "cloudwatch")
_OBJECTS = ("getobject", "putobject", "listobjectsv2")
_prefix_sdk_error = stepfunctions._prefix_sdk_error
_invoke_aws_sdk_integration = stepfunctions._invoke_aws_sdk_integration
_apply_output_path = stepfunctions._apply_output_path


def install() -> None:
    """Add the services, AWS's error names and causes, and Output of a JSONata Succeed state."""
    stepfunctions._AWS_SDK_SERVICE_MAP |= {
        "sagemaker": {"target_prefix": "SageMaker", "protocol": "json"},
        "applicationautoscaling": {
            "target_prefix": "AnyScaleFrontendService",
            "protocol": "json",
            "service_key": "application-autoscaling",
        },
        "cloudformation": {"protocol": "query"},
    }
    stepfunctions._prefix_sdk_error = error_name
    stepfunctions._invoke_aws_sdk_integration = _invoke
    stepfunctions._apply_output_path = _output


def error_name(service: str, code: str) -> str:
    """The name under which a state machine catches an error of an SDK integration.

    It is the exception class of the AWS SDK for Java 2: the class of the error if the service's
    model has it, else the service's base class, `SageMaker.SageMakerException`
    (https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html).
    """
    if service not in _SERVICES or code.startswith("States."):
        return str(_prefix_sdk_error(service, code))
    botocore_name, prefix = _SERVICES[service]
    for shape in api.service_model(botocore_name).error_shapes:
        if code in (shape.name, shape.metadata.get("error", {}).get("code")):
            return f"{prefix}.{_exception_class(shape.name)}"
    return f"{prefix}.{prefix}Exception"


def _exception_class(shape_name: str) -> str:
    for ending in ("Exception", "Fault", "Error"):
        shape_name = shape_name.removesuffix(ending)
    return f"{shape_name}Exception"


def _invoke(resource: str, parameters: Any) -> Any:
    _check_members(resource, parameters)
    try:
        if _through_botocore(*resource.lower().split(":")[-2:]):
            return _call(resource, parameters)
        return _invoke_aws_sdk_integration(resource, parameters)
    except stepfunctions._ExecutionError as error:
        service = resource.split(":")[6].lower()
        if service in _SERVICES and not error.error.startswith("States."):
            error.cause = (
                f"{error.cause} (Service: {_SERVICES[service][1]}, Status Code: 400,"
                f" Request ID: {uuid.uuid4()})"
            )
        raise


def _through_botocore(service: str, action: str) -> bool:
    return service in _THROUGH_BOTOCORE or (service == "s3" and action in _OBJECTS)


def _check_members(resource: str, parameters: Any) -> None:
    """Refuse an argument that the operation does not have, and a call without one that it needs.

    MiniStack's own services answer such a call as best they can. On AWS the first is refused when
    the machine is made ("The field ... is not supported by Step Functions"), the second by the API.
    """
    service, action = resource.split(":")[-2:]
    if service.lower() not in _SERVICES:
        return
    shape = api.input_shape(_SERVICES[service.lower()][0], _pascal(action))
    unknown = sorted(parameters.keys() - {_pascal(name) for name in shape.members})
    missing = sorted({_pascal(name) for name in shape.required_members} - parameters.keys())
    if unknown or missing:
        problems = [f"has no {name}" for name in unknown] + [f"needs {name}" for name in missing]
        cause = f"{service}:{action} " + " and ".join(problems)
        raise stepfunctions._ExecutionError("States.Runtime", cause)


def _pascal(name: str) -> str:
    return name[0].upper() + name[1:]


def _call(resource: str, parameters: dict[str, Any]) -> Any:
    """Call through botocore, which knows every member and error of a service."""
    _, _, service, action = resource.rsplit(":", 3)
    if "Body" in parameters:
        parameters = {**parameters, "Body": json.dumps(parameters["Body"]).encode()}
    try:
        answer = getattr(client(service), xform_name(action))(**parameters)
    except ClientError as refusal:
        code, message = refusal.response["Error"]["Code"], refusal.response["Error"]["Message"]
        raise stepfunctions._ExecutionError(error_name(service, code), message) from refusal
    except ParamValidationError as refusal:
        raise stepfunctions._ExecutionError("States.Runtime", str(refusal)) from refusal
    answer.pop("ResponseMetadata")
    if "Body" in answer:
        answer["Body"] = answer["Body"].read().decode(errors="replace")
    return json.loads(json.dumps(answer, default=_timestamp))


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _output(state: dict[str, Any], data: Any, context: dict[str, Any] | None = None) -> Any:
    jsonata = stepfunctions._state_query_language(state, context) == "JSONata"
    if jsonata and state.get("Type") == "Succeed" and "Output" in state:
        return stepfunctions._apply_jsonata_output(state, data, context, default=data)
    return _apply_output_path(state, data, context)
