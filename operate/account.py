"""An account and a region of AWS, as the credentials of the person show it."""

import os
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from operate.refused import Refused
from operate.said import sentence_of

READS = ("describe_", "get_", "head_", "list_")
"""How the operations begin that change nothing."""

_QUICKLY = Config(
    retries={"mode": "standard", "max_attempts": 4}, connect_timeout=10, read_timeout=60
)


class Account:
    """Reads, and what changes something, kept apart.

    Args:
        profile: A profile of the person's AWS configuration; None takes the environment's.
        region: A region; None takes the environment's or the profile's.

    Raises:
        Refused: There is no such profile, or no region.
    """

    def __init__(self, *, profile: str | None = None, region: str | None = None) -> None:
        try:
            # boto3 itself reads AWS_DEFAULT_REGION only; cdk and the other SDKs prefer this one.
            region = region or os.environ.get("AWS_REGION")
            self._session = boto3.session.Session(profile_name=profile, region_name=region)
        except BotoCoreError as error:
            raise Refused(sentence_of(error, "")) from error
        if self._session.region_name is None:
            raise Refused(
                "no region is set, so there is nowhere to look; give --region or set AWS_REGION"
            )
        self.region: str = self._session.region_name
        self.profile = profile
        self._clients: dict[str, Any] = {}
        self._caller: dict[str, str] = {}

    @property
    def identifier(self) -> str:
        """The 12-digit account."""
        return self._identity()["Account"]

    @property
    def caller(self) -> str:
        """ARN of who asks."""
        return self._identity()["Arn"]

    def read(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        """What an operation that changes nothing answers.

        Raises:
            Refused: AWS refused; `code` says why.
            ValueError: The operation is none that only reads.
        """
        if not operation.startswith(READS):
            raise ValueError(f"{operation} does not only read; call change() for it")
        return self._call(service, operation, arguments)

    def each(self, service: str, operation: str, member: str, **arguments: Any) -> Iterator[Any]:
        """Every item below ``member`` of every page of the answer."""
        client = self._client(service)
        paginator = client.get_paginator(operation)
        try:
            for page in paginator.paginate(**arguments):
                yield from page.get(member, [])
        except (BotoCoreError, ClientError) as error:
            raise _refused(error, service, operation, arguments) from error

    def change(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        """What an operation answers that changes something."""
        return self._call(service, operation, arguments)

    def _call(self, service: str, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._client(service), operation)(**arguments)
        except (BotoCoreError, ClientError) as error:
            raise _refused(error, service, operation, arguments) from error
        return answer

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            try:
                self._clients[service] = self._session.client(service, config=_QUICKLY)
            except BotoCoreError as error:
                raise Refused(sentence_of(error, service)) from error
        return self._clients[service]

    def _identity(self) -> dict[str, str]:
        if not self._caller:
            self._caller = self.read("sts", "get_caller_identity")
        return self._caller


def _refused(
    error: BotoCoreError | ClientError, service: str, operation: str, arguments: dict[str, Any]
) -> Refused:
    about = next((value for value in arguments.values() if isinstance(value, str)), "")
    call = f"{service}:{operation}" + (f" of {about}" if about else "")
    code = error.response["Error"].get("Code", "") if isinstance(error, ClientError) else ""
    return Refused(sentence_of(error, call), code=code)
