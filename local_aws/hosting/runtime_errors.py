"""Errors of the runtime, worded as AWS words them.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
"""

from local_aws.core.errors import ApiError
from local_aws.hosting.container import Reply
from local_aws.hosting.fleet import Variant
from local_aws.ministack.scope import account_id, region


class ValidationError(ApiError):
    """The runtime's error of this name; the control plane says ValidationException."""

    default_code = "ValidationError"


class ModelError(ApiError):
    """The container answered with an error, or not at all."""

    default_code = "ModelError"

    def __init__(self, variant: Variant, reply: Reply | None) -> None:
        """Word it as AWS does.

        Args:
            variant: which container it was; its log is in CloudWatch Logs.
            reply: what it answered; None if it did not in time.
        """
        where, account = region(), account_id()
        if reply:
            text = reply.body.decode(errors="replace")
            side = "client" if reply.status < 500 else "server"
            message = (
                f'Received {side} error ({reply.status}) from primary with message "{text}". '
                f"See https://{where}.console.aws.amazon.com/cloudwatch/home?region={where}"
                f"#logEventViewer:group={variant.log.group} in account {account} "
                "for more information."
            )
        else:
            text = ""
            message = (
                "Your invocation timed out while waiting for a response from container primary. "
                "Review the latency metrics for each container in Amazon CloudWatch, resolve the "
                "issue, and try again."
            )
        super().__init__(message, status=424)
        self.members = {
            "OriginalStatusCode": reply.status if reply else 0,
            "OriginalMessage": text,
            "LogStreamArn": f"arn:aws:logs:{where}:{account}:log-group:{variant.log.group}"
            f":log-stream:{variant.log.stream}",
        }


def not_found(endpoint_name: str) -> ValidationError:
    """There is no endpoint of that name, or none that serves yet."""
    return ValidationError(f"Endpoint {endpoint_name} of account {account_id()} not found.")
