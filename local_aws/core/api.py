"""AWS's own description of its APIs, as botocore carries it."""

from functools import cache

from botocore.model import OperationModel, ServiceModel, StructureShape
from botocore.session import Session


@cache
def session() -> Session:
    """The one session that all descriptions are read by: each session looks for all files anew."""
    return Session()


@cache
def service_model(service: str) -> ServiceModel:
    """botocore's model of a service."""
    return session().get_service_model(service)


def exists(service: str, action: str) -> bool:
    """Whether AWS has the operation."""
    return action in service_model(service).operation_names


def operation_model(service: str, action: str) -> OperationModel:
    """botocore's model of an operation."""
    return service_model(service).operation_model(action)


def input_shape(service: str, action: str) -> StructureShape:
    """The shape of an operation's input; an empty structure if it has none."""
    shape = operation_model(service, action).input_shape
    if shape is None:
        return StructureShape("Empty", {"type": "structure", "members": {}}, None)
    return shape
