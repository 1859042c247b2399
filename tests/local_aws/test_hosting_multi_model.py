"""Multi-model endpoints through boto3: archives by name, loaded when they are asked for.

https://docs.aws.amazon.com/sagemaker/latest/dg/invoke-multi-model-endpoint.html,
https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoint-cloudwatch-metrics.html
"""

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.local_aws.guardrails import FAILS
from tests.local_aws.later import Later
from tests.local_aws.model_archives import ENVIRONMENT, IMAGE, echo
from tests.local_aws.stage import Stage, refusal

pytestmark = pytest.mark.local_aws
ROLE = "arn:aws:iam::123456789012:role/serving"


class ManyModels(Stage):
    """Endpoints whose archives are below one prefix."""

    def __init__(self, later: Later) -> None:
        super().__init__(later.client)
        self.later = later
        self.cloudwatch = later.client("cloudwatch")

    def put(self, key: str, data: bytes) -> None:
        self.s3.put_object(Bucket=self.name, Key=f"models/{key}", Body=data)

    def multi_model(self, *, name: str, **members: Any) -> str:
        """A model of all archives below the prefix."""
        name = f"{self.name}-{name}"
        container = {
            "Image": IMAGE,
            "Mode": "MultiModel",
            "ModelDataUrl": f"s3://{self.name}/models/",
            "Environment": ENVIRONMENT,
            **members,
        }
        self.sagemaker.create_model(
            ModelName=name, PrimaryContainer=container, ExecutionRoleArn=ROLE
        )
        return name

    def sums(self, endpoint: str) -> dict[str, float]:
        """The sum of each metric of the variant."""
        self.later.pass_time(5)
        now = self.later.aws.now()
        dimensions = [
            {"Name": "EndpointName", "Value": endpoint},
            {"Name": "VariantName", "Value": "One"},
        ]
        found = {}
        for name in {
            metric["MetricName"]
            for metric in self.cloudwatch.list_metrics(
                Namespace="AWS/SageMaker", Dimensions=dimensions
            )["Metrics"]
        }:
            points = self.cloudwatch.get_metric_statistics(
                Namespace="AWS/SageMaker",
                MetricName=name,
                Dimensions=dimensions,
                StartTime=now - 3600,
                EndTime=now + 60,
                Period=60,
                Statistics=["Sum", "SampleCount"],
            )["Datapoints"]
            found[name] = sum(point["Sum"] for point in points)
            found[f"{name} count"] = sum(point["SampleCount"] for point in points)
        return found


@pytest.fixture(scope="module")
def stage(later: Later) -> Iterator[ManyModels]:
    stage = ManyModels(later)
    stage.put("one.tar.gz", echo("one"))
    stage.put("below/two.tar.gz", echo("two"))
    yield stage
    stage.close()


@pytest.fixture(scope="module")
def endpoint(stage: ManyModels) -> str:
    return stage.endpoint(stage.config(stage.multi_model(name="many"), name="many"), name="many")


def test_a_request_names_its_archive(stage: ManyModels, endpoint: str) -> None:
    assert stage.ask(endpoint, TargetModel="one.tar.gz") == "one:1,2:"
    assert stage.ask(endpoint, TargetModel="below/two.tar.gz") == "two:1,2:"


def test_an_archive_that_was_just_put_can_be_asked_and_is_kept(
    stage: ManyModels, endpoint: str
) -> None:
    message = refusal(
        stage.runtime.invoke_endpoint, EndpointName=endpoint, Body=b"1", TargetModel="new.tar.gz"
    )
    assert message.startswith("ValidationError: Failed to download")
    assert f"s3://{stage.name}/models/new.tar.gz" in message
    stage.put("new.tar.gz", echo("new"))
    assert stage.ask(endpoint, TargetModel="new.tar.gz") == "new:1,2:"
    stage.put("new.tar.gz", echo("newer"))
    assert stage.ask(endpoint, TargetModel="new.tar.gz") == "new:1,2:"


def test_without_a_cache_each_request_loads_anew(stage: ManyModels) -> None:
    setting = {"ModelCacheSetting": "Disabled"}
    model = stage.multi_model(name="uncached", MultiModelConfig=setting)
    endpoint = stage.endpoint(stage.config(model, name="uncached"), name="uncached")
    for word in ("old", "young"):
        stage.put("changing.tar.gz", echo(word))
        assert stage.ask(endpoint, TargetModel="changing.tar.gz") == f"{word}:1,2:"
    assert stage.sums(endpoint)["ModelCacheHit"] == 0


def test_many_who_ask_first_load_an_archive_once_and_it_is_measured(stage: ManyModels) -> None:
    model = stage.multi_model(name="measured")
    endpoint = stage.endpoint(stage.config(model, name="measured"), name="measured")
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(stage.ask, endpoint, TargetModel="one.tar.gz") for _ in range(4)]
    assert Counter(each.result() for each in asked) == {"one:1,2:": 4}
    stage.ask(endpoint, TargetModel="one.tar.gz")
    sums = stage.sums(endpoint)
    assert sums["Invocations"] == sums["ModelCacheHit count"] == 5
    assert 1 <= sums["ModelCacheHit"] <= 4
    assert sums["ModelLoadingWaitTime count"] == 5 - sums["ModelCacheHit"]
    assert sums["ModelLoadingTime count"] == sums["ModelDownloadingTime count"] == 1
    assert sums["ModelLoadingWaitTime"] > 0


def test_an_archive_that_cannot_serve_is_a_model_error_and_the_others_go_on(
    stage: ManyModels, endpoint: str
) -> None:
    stage.put("broken.tar.gz", echo("x", script="raise RuntimeError('no such column')"))
    stage.put("fails.tar.gz", echo("x", script=FAILS))
    for target, text in (("broken", "no such column"), ("fails", "Internal Server Error")):
        message = refusal(
            stage.runtime.invoke_endpoint,
            EndpointName=endpoint,
            Body=b"1",
            ContentType="text/csv",
            TargetModel=f"{target}.tar.gz",
        )
        assert message.startswith("ModelError: Received server error (500)")
        assert text in message
    assert stage.ask(endpoint, TargetModel="one.tar.gz") == "one:1,2:"


def test_a_target_belongs_to_multi_model_endpoints(stage: ManyModels, endpoint: str) -> None:
    call = stage.runtime.invoke_endpoint
    assert re.fullmatch(
        "ValidationError: Request [0-9a-f-]{36} is missing a target model header.",
        refusal(call, EndpointName=endpoint, Body=b"1"),
    )
    single = stage.endpoint(
        stage.config(stage.model(echo("single"), name="single"), name="single"), name="single"
    )
    assert refusal(call, EndpointName=single, Body=b"1", TargetModel="one.tar.gz") == (
        f"ValidationError: Endpoint {single} is not a multi-model endpoint and does not support "
        "target model header."
    )


def test_what_goes_not_with_many_models_is_refused(stage: ManyModels) -> None:
    model = stage.multi_model(name="wrong")
    on_instances = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    one = {"VariantName": "One", "ModelName": model, **on_instances}
    single = {"ModelName": stage.model(echo("single"), name="beside"), **on_instances}
    capture = {
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": "s3://bucket/capture",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    }
    asynchronous = {"OutputConfig": {"S3OutputPath": "s3://bucket/answers"}}
    serverless = {
        "VariantName": "One",
        "ModelName": model,
        "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1},
    }
    shadow = {**single, "VariantName": "Shadow"}
    for variants, members, reason in (
        ([serverless], {}, "cannot serve a model with Mode MultiModel"),
        ([one], {"ShadowProductionVariants": [shadow]}, "is not for multi-model variants"),
        ([one, {**single, "VariantName": "Two"}], {}, "between a multi-model variant"),
        ([one], {"DataCaptureConfig": capture}, "leave DataCaptureConfig out"),
        ([one], {"AsyncInferenceConfig": asynchronous}, "leave AsyncInferenceConfig out"),
    ):
        with pytest.raises(stage.sagemaker.exceptions.ClientError, match=reason):
            stage.sagemaker.create_endpoint_config(
                EndpointConfigName=f"{stage.name}-wrong", ProductionVariants=variants, **members
            )


def test_a_multi_model_container_needs_a_prefix(stage: ManyModels) -> None:
    package = "arn:aws:sagemaker:us-east-1:123456789012:model-package/group/1"
    for container, reason in (
        ({"Image": IMAGE, "Environment": ENVIRONMENT}, "needs ModelDataUrl, the prefix"),
        ({"ModelPackageName": package}, "not from ModelPackageName"),
    ):
        with pytest.raises(stage.sagemaker.exceptions.ClientError, match=reason):
            stage.sagemaker.create_model(
                ModelName=f"{stage.name}-wrong",
                PrimaryContainer={"Mode": "MultiModel", **container},
                ExecutionRoleArn=ROLE,
            )
