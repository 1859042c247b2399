"""Scheduler's errors, with the HTTP statuses of its API model."""

from typing import ClassVar

from local_aws.core.errors import ApiError


class _WithStatus(ApiError):
    default_status: ClassVar[int]

    def __init__(self, message: str) -> None:
        super().__init__(message, status=self.default_status)


class ResourceNotFoundException(_WithStatus):
    """What the input names does not exist."""

    default_code = "ResourceNotFoundException"
    default_status = 404


class ConflictException(_WithStatus):
    """What the input would make exists already."""

    default_code = "ConflictException"
    default_status = 409
