"""The witness hears what clients are answered, and asks nothing itself."""

from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from rehearsal.on_aws.witness import IN_A_ROW, Witness
from rehearsal.world import World


class Clock:
    def __init__(self) -> None:
        self.moment = 0.0

    def now(self) -> float:
        self.moment += 1
        return self.moment

    def let_pass(self, at_most: float) -> None: ...


@pytest.fixture
def witness(tmp_path: Any) -> Witness:
    keys = {"AWS_ACCESS_KEY_ID": "1", "AWS_SECRET_ACCESS_KEY": "2", "AWS_REGION": "eu-west-1"}
    return Witness.of(World(environment=keys, out=tmp_path, time=Clock()))


def test_a_look_at_an_endpoint_is_kept_with_its_moment(witness: Witness):
    said = {"EndpointName": "e", "EndpointArn": "arn:aws:sagemaker:eu-west-1:1:endpoint/e",
            "EndpointStatus": "Updating", "CreationTime": 1, "LastModifiedTime": 1}  # fmt: skip
    client = witness.world.client("sagemaker")
    with Stubber(client) as stubber:
        stubber.add_response("describe_endpoint", said, {"EndpointName": "e"})
        client.describe_endpoint(EndpointName="e")
    [look] = witness.looks_at("e")
    assert (look.said["EndpointStatus"], look.when) == ("Updating", 1.0)
    assert witness.looks_at("other") == []


def answered(witness: Witness, code: str | None = None, endpoint: str = "e") -> None:
    parsed = {"Error": {"Code": code}} if code else {}
    url = f"https://runtime.sagemaker.eu-west-1.amazonaws.com/endpoints/{endpoint}/invocations"
    client = witness.world.client("sagemaker-runtime")
    client.meta.events.emit(
        "after-call.sagemaker-runtime.InvokeEndpoint", parsed=parsed, model=None, context={},
        http_response=SimpleNamespace(url=url),
    )  # fmt: skip


def test_answers_and_failures_of_the_model_are_counted_by_endpoint(witness: Witness):
    for code in (None, "ModelError", None, "ThrottlingException"):
        answered(witness, code)
    answered(witness, endpoint="other")
    assert (witness.answered["e"], witness.failed["e"]) == (2, 1)
    assert witness.answered["other"] == 1


def test_a_version_is_taken_back_once_many_requests_in_a_row_were_answered(witness: Witness):
    for _ in range(IN_A_ROW):
        answered(witness)
    assert witness.recovered == {}
    answered(witness, "ModelError")
    for _ in range(IN_A_ROW - 1):
        answered(witness)
    assert witness.recovered == {}
    answered(witness)
    assert witness.recovered["e"] > witness.last_failure["e"]
    answered(witness, "ModelError")
    assert witness.recovered == {}


def test_the_urls_are_those_that_boto3_asks(witness: Witness):
    """By a real request, to a port where nobody answers."""
    asked: list[str] = []
    client = boto3.client(
        "sagemaker-runtime", region_name="eu-west-1", endpoint_url="http://127.0.0.1:1",
        aws_access_key_id="1", aws_secret_access_key="2",
    )  # fmt: skip

    def answer(request: Any, **_: Any) -> Any:
        asked.append(request.url)
        raise ClientError({"Error": {}}, "InvokeEndpoint")

    client.meta.events.register("before-send", answer)
    with pytest.raises(ClientError):
        client.invoke_endpoint(EndpointName="dev-x", Body="1")
    from rehearsal.on_aws.witness import ENDPOINT

    [url] = asked
    found = ENDPOINT.search(url)
    assert found is not None and found[1] == "dev-x"
