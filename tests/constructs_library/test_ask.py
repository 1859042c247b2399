"""The function that asks an archive of a multi-model endpoint."""

import importlib.util
import io
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

import mlops_constructs.serving

SCRIPT = Path(mlops_constructs.serving.__file__).parent / "functions" / "ask.py"
PROBE = '1,2,"three"\n4,5,"six"'


@pytest.fixture(scope="module")
def ask() -> Any:
    spec = importlib.util.spec_from_file_location("ask", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Any:
    """botocore's stub of the runtime, which holds each call to AWS's own model of it."""
    client = boto3.client(
        "sagemaker-runtime",
        region_name="us-east-1",
        aws_access_key_id="nobody",
        aws_secret_access_key="nothing",
    )
    monkeypatch.setattr(boto3, "client", lambda service, config: client)
    for name, value in {
        "ENDPOINT": "own-shops",
        "PROBE": PROBE,
        "CONTENT_TYPE": "text/csv",
    }.items():
        monkeypatch.setenv(name, value)
    with Stubber(client) as stub:
        yield stub


def answers(runtime: Any, body: bytes) -> None:
    runtime.add_response(
        "invoke_endpoint",
        {"Body": io.BytesIO(body), "ContentType": "text/csv"},
        {
            "EndpointName": "own-shops",
            "TargetModel": "5.tar.gz",
            "ContentType": "text/csv",
            "Body": PROBE.encode(),
        },
    )


def fails(runtime: Any, code: str, **members: Any) -> None:
    runtime.add_client_error("invoke_endpoint", code, "no such column", modeled_fields=members)


def test_the_probe_is_sent_byte_for_byte_and_the_answer_is_told(ask: Any, runtime: Any):
    answers(runtime, b"0.5\n0.7\n")
    said = ask.handler({"archive": "5.tar.gz"}, None)
    assert said == {"answered": True, "said": "0.5\n0.7\n"}


def test_of_a_long_answer_the_beginning_is_told(ask: Any, runtime: Any):
    answers(runtime, b"\xff" + b"7" * 10_000)
    said = ask.handler({"archive": "5.tar.gz"}, None)
    assert said["answered"]
    assert len(said["said"]) == 500


@pytest.mark.parametrize("status", [400, 415, 500, 504])
def test_an_error_of_the_model_is_no_answer_and_says_why(ask: Any, runtime: Any, status: int):
    fails(runtime, "ModelError", OriginalStatusCode=status)
    said = ask.handler({"archive": "5.tar.gz"}, None)
    assert said["answered"] is False
    assert "no such column" in said["said"]


@pytest.mark.parametrize("status", [429, 503, 507])
def test_a_container_that_is_busy_is_to_be_asked_again(ask: Any, runtime: Any, status: int):
    fails(runtime, "ModelError", OriginalStatusCode=status)
    with pytest.raises(ask.Busy, match="no such column"):
        ask.handler({"archive": "5.tar.gz"}, None)


@pytest.mark.parametrize(
    "code",
    ["ModelNotReadyException", "ServiceUnavailable", "ThrottlingException", "ValidationError"],
)
def test_what_never_reached_the_model_says_nothing_of_it(ask: Any, runtime: Any, code: str):
    fails(runtime, code)
    with pytest.raises(ClientError, match=code):
        ask.handler({"archive": "5.tar.gz"}, None)
