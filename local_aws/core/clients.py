"""boto3 clients with which the local AWS calls itself, e.g. to read what a job's input names."""

import os
import threading
from functools import cache
from typing import Any

import boto3

from local_aws.core import api
from local_aws.ministack.scope import account_id, region

_clients: dict[tuple[str, str, str], Any] = {}
_lock = threading.Lock()


def client(service: str) -> Any:
    """A client of this very process, in the account and region of the current request.

    Never call it from the event loop: the call waits for the loop to answer.
    """
    key = (service, account_id(), region())
    with _lock:
        if key not in _clients:
            _clients[key] = _connect(*key)
        return _clients[key]


def endpoint_url() -> str:
    """Where this process listens; the subprocesses of jobs and endpoints call it there."""
    return f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}"


def _connect(service: str, account: str, region_name: str) -> Any:
    # MiniStack takes an access key of 12 digits for the account that is calling.
    return _session().client(
        service,
        region_name=region_name,
        endpoint_url=endpoint_url(),
        aws_access_key_id=account,
        aws_secret_access_key="local",
    )


@cache
def _session() -> boto3.session.Session:
    """What all clients share: AWS's descriptions, which are read once."""
    return boto3.session.Session(botocore_session=api.session())
