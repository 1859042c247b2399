"""A Python that starts in 2031, with no network, SageMaker SDK, AWS client or test tools."""

import socket
import sys
import time
from typing import Any, NoReturn

YEARS = 5 * 365 * 86400
_time, _time_ns = time.time, time.time_ns
FORBIDDEN = ("sagemaker", "boto3", "botocore", "pytest", "syrupy")


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise OSError("there is no network here")


class _NoSdk:
    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name.partition(".")[0] in FORBIDDEN:
            raise ImportError(f"there is no {name} here")


time.time = lambda: _time() + YEARS
time.time_ns = lambda: _time_ns() + YEARS * 10**9
socket.socket.connect = _refuse  # type: ignore[method-assign]
socket.getaddrinfo = _refuse
sys.meta_path.insert(0, _NoSdk())  # type: ignore[arg-type]
