"""Errors as AWS's APIs answer them: a code, a message, an HTTP status."""

from typing import ClassVar


class ApiError(Exception):
    """An error that a client sees, raised by handlers and turned into a response by core.

    Args:
        message: One sentence, worded as AWS words it where AWS documents it.
        code: The error's name on the wire; subclasses bring their own.
        status: The HTTP status; 400 unless AWS documents another.
    """

    default_code: ClassVar[str] = "ValidationException"

    def __init__(self, message: str, *, code: str | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.code = code or self.default_code
        self.message = message
        self.status = status


class ValidationException(ApiError):
    """The input breaks a constraint, or names what SageMaker's older operations cannot find."""

    default_code = "ValidationException"


class ResourceNotFound(ApiError):
    """What the input names does not exist (jobs, pipelines, executions)."""

    default_code = "ResourceNotFound"


class ResourceInUse(ApiError):
    """What the input would make exists already, or is in use."""

    default_code = "ResourceInUse"


class ResourceLimitExceeded(ApiError):
    """A quota of the account is used up."""

    default_code = "ResourceLimitExceeded"


class ConflictException(ApiError):
    """The state of the resource forbids the change."""

    default_code = "ConflictException"


class UnknownOperationException(ApiError):
    """AWS has no such operation."""

    default_code = "UnknownOperationException"


class NotImplementedHere(ApiError):
    """AWS would do it and the local AWS does not; the message names what.

    AWS has no error of this name, so nobody can mistake a limit of this emulator for an answer
    of AWS. The status is 501, which AWS's clients do not retry.
    """

    default_code = "NotImplementedByLocalAws"

    def __init__(self, message: str) -> None:
        super().__init__(message, status=501)
