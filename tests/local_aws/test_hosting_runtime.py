"""InvokeEndpoint through boto3: answers, errors, capture files, metrics, events."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.model_archives import archive, echo
from tests.local_aws.stacks import eventually
from tests.local_aws.stage import Stage

pytestmark = pytest.mark.local_aws


@pytest.fixture(scope="module")
def stage(client: Callable[[str], Any]) -> Iterator[Stage]:
    stage = Stage(client)
    yield stage
    stage.close()


@pytest.fixture(scope="module")
def two(stage: Stage) -> str:
    """An endpoint of two variants, of weights 1 and 2, that captures all it answers."""
    one = stage.model(echo("one"), name="one")
    two = stage.model(echo("two"), name="two")
    capture = {
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": f"s3://{stage.name}/capture",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]},
    }
    return stage.endpoint(stage.config(one, two, DataCaptureConfig=capture))


def failure(stage: Stage, endpoint: str, **members: Any) -> dict[str, Any]:
    with pytest.raises(ClientError) as caught:
        stage.ask(endpoint, **members)
    response: dict[str, Any] = caught.value.response
    return response


def test_variants_answer_by_weight_and_say_which_one_did(stage: Stage, two: str) -> None:
    answers = [
        stage.runtime.invoke_endpoint(EndpointName=two, Body=b"1", ContentType="text/csv")
        for _ in range(6)
    ]
    by_header = Counter(answer["InvokedProductionVariant"] for answer in answers)
    by_body = Counter(answer["Body"].read() for answer in answers)
    assert by_header == {"One": 2, "Two": 4}
    assert by_body == {b"one:1:": 2, b"two:1:": 4}


def test_a_request_can_choose_its_variant(stage: Stage, two: str) -> None:
    assert {stage.ask(two, TargetVariant="One") for _ in range(3)} == {"one:1,2:"}
    error = failure(stage, two, TargetVariant="Three")["Error"]
    assert error["Code"] == "ValidationError"
    assert "has no production variant Three" in error["Message"]


def test_an_unknown_endpoint_is_answered_as_aws_does(stage: Stage) -> None:
    error = failure(stage, "nobody")["Error"]
    assert error == {
        "Code": "ValidationError",
        "Message": "Endpoint nobody of account 123456789012 not found.",
    }


def test_an_error_of_the_script_is_a_model_error_with_what_it_said(stage: Stage, two: str) -> None:
    response = failure(stage, two, ContentType="application/xml")
    assert response["Error"]["Code"] == "ModelError"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert response["OriginalStatusCode"] == 500
    assert "Internal Server Error" in response["OriginalMessage"]
    assert response["Error"]["Message"].startswith(
        'Received server error (500) from primary with message "'
    )
    assert f"/aws/sagemaker/Endpoints/{two} in account 123456789012" in response["Error"]["Message"]


def test_a_4xx_of_the_script_is_a_client_error(stage: Stage) -> None:
    script = """
import flask
def model_fn(model_dir): return None
def transform_fn(*request): return flask.Response("21 columns, please", status=422)
"""
    model = stage.model(archive({"code/inference.py": script}), name="strict")
    endpoint = stage.endpoint(stage.config(model, name="strict"), name="strict")
    response = failure(stage, endpoint)
    assert (response["OriginalStatusCode"], response["OriginalMessage"]) == (
        422,
        "21 columns, please",
    )
    assert response["Error"]["Message"].startswith("Received client error (422) from primary")


def test_a_body_of_more_than_six_megabytes_is_refused(stage: Stage, two: str) -> None:
    error = failure(stage, two, Body=b"1" * 6_291_457)["Error"]
    assert error["Message"] == "HTTP content length exceeded 6291456 bytes."


def test_what_was_asked_and_answered_is_captured_in_s3(stage: Stage, two: str) -> None:
    stage.ask(two, body="7,7", TargetVariant="Two", InferenceId="flight-7")
    hour = f"{datetime.now(UTC):%Y/%m/%d}"

    def look() -> list[dict[str, Any]]:
        listed = stage.s3.list_objects_v2(Bucket=stage.name, Prefix=f"capture/{two}/Two/{hour}/")
        lines = []
        for item in listed.get("Contents", ()):
            body = stage.s3.get_object(Bucket=stage.name, Key=item["Key"])["Body"].read()
            lines += [json.loads(line) for line in body.splitlines()]
        return [e for e in lines if e["eventMetadata"].get("inferenceId") == "flight-7"]

    (event,) = eventually(look)
    assert event["captureData"]["endpointInput"]["data"] == "7,7"
    assert event["captureData"]["endpointOutput"]["data"] == "two:7,7:"


def test_invocations_are_counted_in_cloudwatch(
    stage: Stage, two: str, client: Callable[[str], Any]
) -> None:
    config = stage.sagemaker.describe_endpoint(EndpointName=two)["EndpointConfigName"]
    for _ in range(3):
        stage.ask(two, TargetVariant="One")
    for extra in ({}, {"EndpointConfigName": config}):
        dimensions = {"EndpointName": two, "VariantName": "One", **extra}
        eventually(lambda of=dimensions: _sum(client("cloudwatch"), "Invocations", of) >= 3)
        latency = _sum(client("cloudwatch"), "ModelLatency", dimensions)
        assert 0 < latency < 60 * 1e6


def _sum(cloudwatch: Any, metric: str, dimensions: dict[str, str]) -> float:
    now = datetime.now(UTC)
    points = cloudwatch.get_metric_statistics(
        Namespace="AWS/SageMaker",
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=now - timedelta(minutes=10),
        EndTime=now + timedelta(minutes=1),
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(point["Sum"] for point in points))


def test_a_container_that_ends_is_a_model_error_that_says_so(stage: Stage) -> None:
    script = """
import os
def model_fn(model_dir): return None
def transform_fn(*request): os._exit(1)
"""
    model = stage.model(archive({"code/inference.py": script}), name="mortal")
    endpoint = stage.endpoint(stage.config(model, name="mortal"), name="mortal")
    assert "The container has ended" in failure(stage, endpoint)["OriginalMessage"]
    assert stage.at_rest(endpoint)["EndpointStatus"] == "InService"
