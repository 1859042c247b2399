"""One call of an AWS API that a schedule's target stands for."""

from dataclasses import dataclass
from typing import Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from local_aws.core.assumptions import holds
from local_aws.core.clients import client

_SERVER_FAULT, _NOT_IMPLEMENTED, _THROTTLED = 500, 501, 429
# What Scheduler reports of a failure that is its own, by the user guide's page on its
# dead-letter queue.
_OWN_CODE = "AWS.Scheduler.InternalServerError"


class Failure(Exception):
    """The target did not take the call.

    Args:
        code: The error's code, as the target's API answered it.
        message: Its message.
        retryable: Whether the call is made again.
    """

    def __init__(self, code: str, message: str, *, retryable: bool) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.retryable = retryable


@dataclass(frozen=True)
class Call:
    """An operation with its parameters.

    Attributes:
        service: botocore's service name.
        action: The operation's name, e.g. `StartPipelineExecution`.
        parameters: The input as botocore takes it.
        body: The same as text, for a dead-letter queue.
    """

    service: str
    action: str
    parameters: dict[str, Any]
    body: str

    def send(self) -> None:
        """Make the call.

        Raises:
            Failure: The API refused, or nobody answered.
        """
        try:
            answer = getattr(client(self.service), xform_name(self.action))(**self.parameters)
        except ClientError as error:
            raise _refused(error) from error
        except ParamValidationError as error:
            raise Failure("ValidationException", str(error), retryable=False) from error
        except BotoCoreError as error:
            raise Failure(_OWN_CODE, str(error), retryable=True) from error
        # PutEvents answers 200 for what it did not take.
        for entry in answer.get("Entries", ()):
            if "ErrorCode" in entry:
                raise Failure(entry["ErrorCode"], entry["ErrorMessage"], retryable=True)


def _refused(error: ClientError) -> Failure:
    said, status = error.response["Error"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    retryable = status != _NOT_IMPLEMENTED and (
        holds("scheduler-retries-every-refusal")
        or status >= _SERVER_FAULT
        or status == _THROTTLED
        or "Throttl" in said["Code"]
    )
    return Failure(said["Code"], said["Message"], retryable=retryable)
