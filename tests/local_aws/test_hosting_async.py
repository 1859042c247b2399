"""Asynchronous endpoints through boto3, on the virtual clock: answers in S3, topics, backlog.

https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference.html,
https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.local_aws.guardrails import FAILS, deployment
from tests.local_aws.later import Later
from tests.local_aws.model_archives import echo
from tests.local_aws.stage import Stage, refusal

pytestmark = pytest.mark.local_aws
# A message to a success topic as users of AWS have published it (ids and times changed).
PUBLISHED = {
    "awsRegion": "us-east-1",
    "eventTime": "2024-03-29T03:48:05.077Z",
    "receivedTime": "2024-03-29T03:48:04.279Z",
    "invocationStatus": "Completed",
    "requestParameters": {
        "accept": "application/json",
        "contentType": "application/json",
        "endpointName": "async-embed-endpoint",
        "inputLocation": "s3://bucket/key",
    },
    "responseParameters": {
        "contentType": "application/json",
        "outputLocation": "s3://bucket/other-key",
    },
    "inferenceId": "8a80ed4e-1ff9-4c2b-bf16-31bdd5d17835",
    "eventVersion": "1.0",
    "eventSource": "aws:sagemaker",
    "eventName": "InferenceResult",
}
SLOW = """
import time
def model_fn(model_dir): return None
def input_fn(body, content_type): return body
def predict_fn(data, model): time.sleep(3)
def output_fn(prediction, accept): return "late", "text/csv"
"""


class AsyncStage(Stage):
    """Asynchronous endpoints with one variant, One, whose topics a queue listens to."""

    def __init__(self, later: Later) -> None:
        super().__init__(later.client)
        self.later = later
        self.cloudwatch = later.client("cloudwatch")
        self._sns, self._sqs = later.client("sns"), later.client("sqs")
        self._queue = self._sqs.create_queue(QueueName=self.name)["QueueUrl"]
        self.topics = {
            name: self._topic(f"{self.name}-{name}") for name in ("SuccessTopic", "ErrorTopic")
        }

    def asynchronous(self, model: str, *, name: str, **client: int) -> str:
        """A config whose answers, failures and messages come here."""
        output = {
            "S3OutputPath": f"s3://{self.name}/answers/",
            "S3FailurePath": f"s3://{self.name}/failures",
            "NotificationConfig": self.topics,
        }
        given = {"OutputConfig": output, **({"ClientConfig": client} if client else {})}
        return self.config(model, name=name, AsyncInferenceConfig=given)

    def put(self, body: str, key: str = "asked") -> str:
        """The URI of a payload."""
        self.s3.put_object(Bucket=self.name, Key=key, Body=body.encode())
        return f"s3://{self.name}/{key}"

    def send(self, endpoint: str, **members: Any) -> dict[str, Any]:
        """InvokeEndpointAsync."""
        found: dict[str, Any] = self.runtime.invoke_endpoint_async(
            EndpointName=endpoint, ContentType="text/csv", **members
        )
        return found

    def content(self, uri: str) -> str | None:
        """What is at a URI, None as long as there is nothing."""
        key = uri.removeprefix(f"s3://{self.name}/")
        listed = self.s3.list_objects_v2(Bucket=self.name, Prefix=key).get("Contents", ())
        if key not in [item["Key"] for item in listed]:
            return None
        body: bytes = self.s3.get_object(Bucket=self.name, Key=key)["Body"].read()
        return body.decode()

    def told(self) -> dict[str, Any]:
        """The next message to a topic."""

        def look() -> dict[str, Any] | None:
            found = self._sqs.receive_message(QueueUrl=self._queue).get("Messages", ())
            for message in found:
                self._sqs.delete_message(
                    QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"]
                )
                notice = json.loads(message["Body"])
                body: dict[str, Any] = json.loads(notice["Message"])
                return {**body, "topic": notice["TopicArn"]}
            return None

        found: dict[str, Any] = self.later.until(look)
        return found

    def scale(self, endpoint: str, instances: int) -> None:
        """Give the variant so many instances."""
        self.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName=endpoint,
            DesiredWeightsAndCapacities=[{"VariantName": "One", "DesiredInstanceCount": instances}],
        )
        self.at_rest(endpoint)

    def points(self, endpoint: str, metric: str, statistic: str, **more: str) -> list[float]:
        """A metric of the last hour, by the minute."""
        now = self.later.aws.now()
        dimensions = {"EndpointName": endpoint, **more}
        points = self.cloudwatch.get_metric_statistics(
            Namespace="AWS/SageMaker",
            MetricName=metric,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=now - 3600,
            EndTime=now + 60,
            Period=60,
            Statistics=[statistic],
        )["Datapoints"]
        ordered = sorted(points, key=lambda point: point["Timestamp"])
        return [float(point[statistic]) for point in ordered]

    def _topic(self, name: str) -> str:
        topic: str = self._sns.create_topic(Name=name)["TopicArn"]
        queue = f"arn:aws:sqs:us-east-1:123456789012:{self.name}"
        self._sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
        return topic


@pytest.fixture(scope="module")
def stage(later: Later) -> Iterator[AsyncStage]:
    stage = AsyncStage(later)
    stage.model(echo("hello"), name="hello")
    yield stage
    stage.close()


@pytest.fixture(scope="module")
def endpoint(stage: AsyncStage) -> str:
    return stage.endpoint(stage.asynchronous(f"{stage.name}-hello", name="shared"), name="shared")


def test_an_answer_is_written_and_told(stage: AsyncStage, endpoint: str) -> None:
    location = stage.put("7,7")
    asked = stage.send(endpoint, InputLocation=location, InferenceId="flight-7", Accept="text/csv")
    assert asked["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert asked["InferenceId"] == "flight-7"
    assert asked["OutputLocation"].startswith(f"s3://{stage.name}/answers/")
    assert stage.later.until(lambda: stage.content(asked["OutputLocation"])) == "hello:7,7:"
    message = stage.told()
    assert message.pop("topic") == stage.topics["SuccessTopic"]
    assert shape(message) == shape(PUBLISHED)
    assert message["invocationStatus"] == "Completed"
    assert message["requestParameters"]["inputLocation"] == location
    assert message["responseParameters"] == {
        "contentType": "text/csv; charset=utf-8",
        "outputLocation": asked["OutputLocation"],
    }


def shape(value: Any) -> Any:
    return {name: shape(item) for name, item in value.items()} if isinstance(value, dict) else None


def test_a_request_can_bring_its_payload_and_name_its_file(
    stage: AsyncStage, endpoint: str
) -> None:
    asked = stage.send(endpoint, Body=b"1", Filename="one.csv", S3OutputPathExtension="today/early")
    assert asked["OutputLocation"] == f"s3://{stage.name}/answers/today/early/one.csv"
    assert len(asked["InferenceId"]) == 36
    assert stage.later.until(lambda: stage.content(asked["OutputLocation"])) == "hello:1:"
    assert "inputLocation" not in stage.told()["requestParameters"]


@pytest.mark.parametrize("missing", [True, False])
def test_a_failure_is_written_told_and_counted(stage: AsyncStage, missing: bool) -> None:
    name = "missing" if missing else "fails"
    model = f"{stage.name}-hello" if missing else stage.model(echo("x", script=FAILS), name="bad")
    endpoint = stage.endpoint(stage.asynchronous(model, name=name), name=name)
    location = f"s3://{stage.name}/nothing" if missing else stage.put("1")
    asked = stage.send(endpoint, InputLocation=location)
    message = stage.told()
    assert message["topic"] == stage.topics["ErrorTopic"]
    assert (message["invocationStatus"], message["inferenceId"]) == (
        "Failed",
        asked["InferenceId"],
    )
    expected = (
        "ClientError: Failed to download"
        if missing
        else "ClientError: Received server error (500) from model. See the SageMaker Endpoint "
        "logs in your account for more information."
    )
    assert message["failureReason"].startswith(expected)
    assert stage.content(asked["FailureLocation"])
    assert stage.content(asked["OutputLocation"]) is None
    stage.later.pass_time(5)
    counted = "RequestDownloadFailures" if missing else "Invocation5XXErrors"
    for metric in ("InvocationFailures", counted):
        assert sum(stage.points(endpoint, metric, "Sum", VariantName="One")) == 1, metric


def test_a_backlog_waits_for_instances_and_is_measured(stage: AsyncStage) -> None:
    config = stage.asynchronous(f"{stage.name}-hello", name="zero")
    endpoint = stage.endpoint(config, name="zero")
    stage.scale(endpoint, 0)
    asked = [stage.send(endpoint, Body=str(number).encode()) for number in range(6)]
    stage.later.pass_time(130)
    assert stage.content(asked[0]["OutputLocation"]) is None
    for metric, value in (
        ("ApproximateBacklogSize", 6),
        ("ApproximateBacklogSizePerInstance", 6),
        ("HasBacklogWithoutCapacity", 1),
    ):
        assert stage.points(endpoint, metric, "Maximum")[-1] == value, metric
    assert stage.points(endpoint, "ApproximateAgeOfOldestRequest", "Maximum")[-1] >= 60
    stage.scale(endpoint, 3)
    for number, one in enumerate(asked):
        found = stage.later.until(lambda of=one: stage.content(of["OutputLocation"]))
        assert found == f"hello:{number}:"
        stage.told()
    stage.later.pass_time(130)
    for metric in ("ApproximateBacklogSize", "HasBacklogWithoutCapacity"):
        assert stage.points(endpoint, metric, "Maximum")[-1] == 0, metric
    processed = stage.points(endpoint, "InvocationsProcessed", "Sum", VariantName="One")
    assert sum(processed) == 6
    assert max(stage.points(endpoint, "TimeInBacklog", "Maximum", VariantName="One")) > 1.2e8
    assert stage.points(endpoint, "Invocations", "Sum", VariantName="One") == []


def test_a_request_that_waits_too_long_fails(stage: AsyncStage) -> None:
    config = stage.asynchronous(f"{stage.name}-hello", name="expires")
    endpoint = stage.endpoint(config, name="expires")
    stage.scale(endpoint, 0)
    began = stage.later.aws.now()
    asked = stage.send(endpoint, Body=b"1", RequestTTLSeconds=600)
    message = stage.told()
    assert 600 <= stage.later.aws.now() - began < 700
    assert message["inferenceId"] == asked["InferenceId"]
    assert "waited for more than 600 seconds" in message["failureReason"]
    stage.scale(endpoint, 1)
    stage.later.pass_time(130)
    assert stage.content(asked["OutputLocation"]) is None
    assert stage.points(endpoint, "ApproximateBacklogSize", "Maximum")[-1] == 0


def test_a_model_that_takes_too_long_fails_the_request(stage: AsyncStage) -> None:
    model = stage.model(echo("x", script=SLOW), name="slow")
    endpoint = stage.endpoint(stage.asynchronous(model, name="slow"), name="slow")
    stage.send(endpoint, Body=b"1", InvocationTimeoutSeconds=1)
    assert "did not answer within 1 seconds" in stage.told()["failureReason"]


def test_an_instance_is_asked_no_more_at_once_than_the_config_says(stage: AsyncStage) -> None:
    model = stage.model(echo("x", script=SLOW), name="one-by-one")
    config = stage.asynchronous(model, name="one-by-one", MaxConcurrentInvocationsPerInstance=1)
    endpoint = stage.endpoint(config, name="one-by-one")
    stage.scale(endpoint, 1)
    began = stage.later.aws.now()
    for _ in range(2):
        stage.send(endpoint, Body=b"1", InvocationTimeoutSeconds=5)
    assert [stage.told()["invocationStatus"] for _ in range(2)] == ["Completed", "Completed"]
    assert stage.later.aws.now() - began >= 6


def test_an_async_endpoint_shows_its_config_and_is_released_by_a_canary(
    stage: AsyncStage, endpoint: str
) -> None:
    described = stage.sagemaker.describe_endpoint(EndpointName=endpoint)
    shown = described["AsyncInferenceConfig"]["OutputConfig"]
    assert shown["NotificationConfig"] == stage.topics
    green = stage.asynchronous(stage.model(echo("green"), name="green"), name="green")
    stage.sagemaker.update_endpoint(
        EndpointName=endpoint, EndpointConfigName=green, DeploymentConfig=deployment(final=0)
    )

    def released() -> bool:
        found = stage.sagemaker.describe_endpoint(EndpointName=endpoint)
        return (found["EndpointStatus"], found["EndpointConfigName"]) == ("InService", green)

    stage.later.until(released)
    asked = stage.send(endpoint, Body=b"1")
    assert stage.later.until(lambda: stage.content(asked["OutputLocation"])) == "green:1:"
    stage.told()


def test_what_cannot_be_is_refused(stage: AsyncStage, endpoint: str) -> None:
    assert refusal(stage.runtime.invoke_endpoint, EndpointName=endpoint, Body=b"1") == (
        f"ValidationError: Endpoint {endpoint} is asynchronous; invoke it with InvokeEndpointAsync."
    )
    call = stage.runtime.invoke_endpoint_async
    message = "ValidationError: Exactly one of Body and InputLocation must be given."
    assert refusal(call, EndpointName=endpoint) == message
    assert refusal(call, EndpointName=endpoint, Body=b"1", InputLocation="s3://a/b") == message
    assert "not found" in refusal(call, EndpointName="nobody", Body=b"1")
    real_time = stage.config(f"{stage.name}-hello", name="real-time")
    other = stage.endpoint(real_time, name="real-time")
    assert "has no AsyncInferenceConfig" in refusal(call, EndpointName=other, Body=b"1")
    assert "NotImplementedByLocalAws" in refusal(
        stage.sagemaker.update_endpoint, EndpointName=endpoint, EndpointConfigName=real_time
    )


def test_what_goes_not_with_async_is_refused(stage: AsyncStage) -> None:
    shadow = {
        "VariantName": "Shadow",
        "ModelName": f"{stage.name}-hello",
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
    }
    capture = {
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": "s3://bucket/capture",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    }
    output = {"OutputConfig": {"S3OutputPath": "s3://bucket/answers"}}
    for members, reason in (
        ({"ShadowProductionVariants": [shadow]}, "nor beside ShadowProductionVariants"),
        ({"DataCaptureConfig": capture}, "leave DataCaptureConfig out"),
        ({"AsyncInferenceConfig": {"OutputConfig": {}}}, "without S3OutputPath"),
    ):
        given = {"AsyncInferenceConfig": output, **members}
        with pytest.raises(stage.sagemaker.exceptions.ClientError, match=reason):
            stage.config(f"{stage.name}-hello", name="wrong", **given)
