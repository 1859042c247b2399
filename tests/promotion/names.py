"""The names of a stage as promotions see it, and botocore's models of what they call."""

from functools import cache

import botocore.session
from botocore.model import OperationModel, ServiceModel

GROUP = ENDPOINT = "dev-flight-delay"
STACK = "Dev-Serving-flight-delay"
SLOT = "/perennial/dev/flight-delay/slot"
LOCK = "/perennial/dev/flight-delay/lock"
NOTE = "/perennial/dev/flight-delay/look-again"
STAMP = "perennial:dev"
EMPTY = "NONE,NONE"
REQUEST = {
    "model": "flight-delay",
    "stage": "dev",
    "group": GROUP,
    "endpoint": ENDPOINT,
    "stack": STACK,
    "slot": SLOT,
}
SDK_NAMES = {"sfn": "stepfunctions"}
"""botocore's names where they differ from the SDK for Java's, which Step Functions uses."""


@cache
def operation(service: str, action: str) -> OperationModel:
    """botocore's model of what an SDK integration calls."""
    return _model(SDK_NAMES.get(service, service)).operation_model(action[0].upper() + action[1:])


@cache
def _model(service: str) -> ServiceModel:
    return botocore.session.get_session().get_service_model(service)


def arn_of(version: int) -> str:
    """The version's ARN."""
    return f"arn:aws:sagemaker:us-east-1:123456789012:model-package/{GROUP}/{version}"


def slot_of(version: int) -> str:
    """What the slot says when the version should serve."""
    return f"{arn_of(version)},s3://artifacts/{version}/baseline"
