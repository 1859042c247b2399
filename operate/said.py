"""What AWS, or the way to it, said against a call, in one sentence with what to do."""

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    TokenRetrievalError,
)

_LOGGED_OUT = (
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "RequestExpired",
    "UnrecognizedClientException",
)
_ADVICE = {
    **dict.fromkeys(_LOGGED_OUT, "your credentials are void or expired, log in again"),
    "AccessDenied": "your credentials lack that permission (docs/how-to/on-call.md lists all)",
    "SignatureDoesNotMatch": "your secret access key is not the one of your access key",
    "Throttling": "AWS is asked too often in this account, try again in a minute",
}
_NO_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    TokenRetrievalError,
)


def sentence_of(error: BotoCoreError | ClientError, call: str) -> str:
    """One line of text.

    Args:
        error: What botocore raised.
        call: What was asked, such as `sagemaker:describe_endpoint of dev-flight-delay`.
    """
    if isinstance(error, ClientError):
        found = error.response["Error"]
        code = found.get("Code", "an error")
        told = f"{call} was refused with {code}: {_one_line(found.get('Message', ''))}"
        advice = _advice(code)
        return f"{told}; {advice}" if advice else told
    if isinstance(error, _NO_CREDENTIALS):
        return (
            f"AWS can't be asked without credentials ({_one_line(str(error))}); log in, for"
            " example with `aws sso login`, or give --profile"
        )
    if isinstance(error, ProfileNotFound):
        return f"{_one_line(str(error))}; `aws configure list-profiles` shows those there are"
    if isinstance(error, ConnectionError | HTTPClientError):
        return (
            f"{call} got no answer ({_one_line(str(error))}); check the network, and whether"
            " --region is a region of AWS"
        )
    return f"{call} failed: {_one_line(str(error))}"


def is_denied(code: str) -> bool:
    """Whether an error code says that a permission is missing."""
    return code.startswith("AccessDenied") or code in (
        "UnauthorizedOperation",
        "AuthorizationError",
    )


def _advice(code: str) -> str:
    if is_denied(code):
        return _ADVICE["AccessDenied"]
    if code.startswith(("Throttl", "TooManyRequests", "RequestLimitExceeded")):
        return _ADVICE["Throttling"]
    return _ADVICE.get(code, "")


def _one_line(text: str) -> str:
    return " ".join(text.split()).rstrip(".")
