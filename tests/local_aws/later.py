"""A local AWS whose time passes as fast as it can."""

import time
from collections.abc import Callable
from typing import Any

import boto3

from local_aws.launch import LocalAws

DAY = 86400.0


class Later:
    """Clients of a running local AWS, and waits in its time."""

    def __init__(self, aws: LocalAws) -> None:
        self.aws = aws
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """A boto3 client, which signs with the machine's time."""
        if service not in self._clients:
            session = boto3.session.Session()
            self._clients[service] = session.client(service, **self.aws.client_arguments())
        return self._clients[service]

    def pass_time(self, seconds: float) -> None:
        """Let so much time pass, whatever happens meanwhile."""
        end = self.aws.now() + seconds
        while (left := end - self.aws.now()) > 0:
            self.aws.wait(left)

    def until(self, look: Callable[[], Any], seconds: float = 30 * DAY) -> Any:
        """What `look` gives as soon as it gives something, within so much virtual time.

        A minute of the machine's time is the most that it may take.
        """
        end, give_up = self.aws.now() + seconds, time.monotonic() + 60
        while not (found := look()):
            now = self.aws.now()
            assert now < end and time.monotonic() < give_up, f"nothing at {time.ctime(now)}"
            self.aws.wait(end - now)
        return found
