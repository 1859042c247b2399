"""Serverless variants through boto3: what they answer at once, what is measured, what is refused.

https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html and
https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-monitoring.html
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from local_aws.hosting.serverless import ServerlessConfig
from local_aws.launch import LocalAws
from tests.local_aws.guardrails import deployment
from tests.local_aws.model_archives import ENVIRONMENT, IMAGE, echo
from tests.local_aws.stacks import eventually
from tests.local_aws.stage import Stage, refusal

pytestmark = pytest.mark.local_aws
SERVERLESS = {"MemorySizeInMB": 2048, "MaxConcurrency": 2}
WAITS = """
import pathlib, time

def model_fn(model_dir):
    return None

def input_fn(body, content_type):
    return body

def predict_fn(data, model):
    folder = pathlib.Path(data)
    (folder / "asked").touch()
    while not (folder / "go-on").exists():
        time.sleep(0.01)
    return "answered"

def output_fn(prediction, accept):
    return prediction, "text/csv"
"""


@pytest.fixture(scope="module")
def stage(client: Callable[[str], Any]) -> Iterator[Stage]:
    stage = Stage(client)
    stage.model(echo("hello"), name="model")
    yield stage
    stage.close()


def config(stage: Stage, name: str, *variants: dict[str, Any], **members: Any) -> str:
    """A config of the variants, one serverless variant by default."""
    name = f"{stage.name}-{name}"
    stage.sagemaker.create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=variants or [variant(stage)], **members
    )
    return name


def variant(stage: Stage, **members: Any) -> dict[str, Any]:
    return {
        "VariantName": "One",
        "ModelName": f"{stage.name}-model",
        "ServerlessConfig": SERVERLESS,
        **members,
    }


def test_a_serverless_endpoint_answers_and_shows_no_instances(stage: Stage) -> None:
    warm = {**SERVERLESS, "ProvisionedConcurrency": 1}
    endpoint = stage.endpoint(config(stage, "warm", variant(stage, ServerlessConfig=warm)))
    assert stage.ask(endpoint) == "hello:1,2:"
    (shown,) = stage.at_rest(endpoint)["ProductionVariants"]
    assert shown["CurrentServerlessConfig"] == shown["DesiredServerlessConfig"] == warm
    assert "CurrentInstanceCount" not in shown


def test_more_requests_than_it_takes_at_once_are_throttled(
    stage: Stage, aws: LocalAws, tmp_path: Path
) -> None:
    model = stage.model(echo("", script=WAITS), name="waits")
    one = {"MemorySizeInMB": 1024, "MaxConcurrency": 1}
    endpoint = stage.endpoint(
        config(stage, "waits", variant(stage, ModelName=model, ServerlessConfig=one)), name="waits"
    )
    once = boto3.session.Session().client(
        "sagemaker-runtime", config=Config(retries={"total_max_attempts": 1}), **_plain(aws)
    )
    asked = {"EndpointName": endpoint, "Body": str(tmp_path).encode(), "ContentType": "text/csv"}
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(once.invoke_endpoint, **asked)
        eventually((tmp_path / "asked").exists)
        message = refusal(once.invoke_endpoint, **asked)
        (tmp_path / "go-on").touch()
        assert first.result()["Body"].read() == b"answered"
    assert message.startswith("ThrottlingException: The endpoint answers 1 requests already")
    assert stage.ask(endpoint, str(tmp_path)) == "answered"


def _plain(aws: LocalAws) -> dict[str, Any]:
    return {name: value for name, value in aws.client_arguments().items() if name != "config"}


MEASURED = {
    "Invocations",
    "Invocation4XXErrors",
    "Invocation5XXErrors",
    "ModelLatency",
    "OverheadLatency",
    "ServerlessConcurrentExecutionsUtilization",
}
PROVISIONED = {
    f"ServerlessProvisionedConcurrency{name}"
    for name in ("Executions", "Utilization", "Invocations", "SpilloverInvocations")
}


@pytest.mark.parametrize(
    ("name", "members", "measured"),
    [
        ("measured", {}, MEASURED),
        ("provisioned", {"ProvisionedConcurrency": 1}, MEASURED | PROVISIONED),
    ],
)
def test_utilization_is_measured_in_place_of_instances(
    stage: Stage,
    client: Callable[[str], Any],
    name: str,
    members: dict[str, int],
    measured: set[str],
) -> None:
    serverless = variant(stage, ServerlessConfig={**SERVERLESS, **members})
    endpoint = stage.endpoint(config(stage, name, serverless), name=name)
    stage.ask(endpoint)
    metrics = eventually(
        lambda: (
            client("cloudwatch")
            .list_metrics(
                Namespace="AWS/SageMaker", Dimensions=[{"Name": "EndpointName", "Value": endpoint}]
            )
            .get("Metrics")
        )
    )
    assert {metric["MetricName"] for metric in metrics} == measured


@pytest.mark.parametrize(
    ("concurrent", "utilization", "spilled"), [(1, 0.5, 0), (2, 1.0, 0), (3, 1.5, 1)]
)
def test_what_is_above_the_provisioned_concurrency_spills_over(
    concurrent: int, utilization: float, spilled: int
) -> None:
    serverless = ServerlessConfig(memory_mb=1024, max_concurrency=6, provisioned_concurrency=2)
    values = {name: value for name, _, value in serverless.metrics(concurrent)}
    above = "ServerlessProvisionedConcurrency"
    assert values == {
        "ServerlessConcurrentExecutionsUtilization": concurrent / 6,
        f"{above}Executions": concurrent,
        f"{above}Utilization": utilization,
        f"{above}Invocations": 1 - spilled,
        f"{above}SpilloverInvocations": spilled,
    }


def test_concurrency_is_changed_in_place_within_its_bounds(stage: Stage) -> None:
    endpoint = stage.endpoint(config(stage, "changed"), name="changed")

    def change(**members: int) -> dict[str, Any]:
        desired = {"VariantName": "One", "ServerlessUpdateConfig": members}
        return {"EndpointName": endpoint, "DesiredWeightsAndCapacities": [desired]}

    update = stage.sagemaker.update_endpoint_weights_and_capacities
    update(**change(MaxConcurrency=4, ProvisionedConcurrency=3))
    (shown,) = stage.at_rest(endpoint)["ProductionVariants"]
    assert shown["CurrentServerlessConfig"] == {
        "MemorySizeInMB": 2048, "MaxConcurrency": 4, "ProvisionedConcurrency": 3
    }  # fmt: skip
    assert "must be at most MaxConcurrency (2)" in refusal(update, **change(MaxConcurrency=2))


def test_serverless_becomes_instances_but_not_the_other_way(stage: Stage) -> None:
    serverless = config(stage, "before")
    instances = stage.config(f"{stage.name}-model", name="after")
    endpoint = stage.endpoint(serverless, name="moves")
    stage.sagemaker.update_endpoint(
        EndpointName=endpoint, EndpointConfigName=instances, RetainAllVariantProperties=True
    )
    (shown,) = stage.at_rest(endpoint)["ProductionVariants"]
    assert shown["CurrentInstanceCount"] == 2
    message = refusal(
        stage.sagemaker.update_endpoint, EndpointName=endpoint, EndpointConfigName=serverless
    )
    assert message.startswith("ValidationException: An endpoint on instances cannot be updated to")


def test_a_shift_in_steps_and_a_batch_are_refused(stage: Stage) -> None:
    serverless = config(stage, "steps")
    endpoint = stage.endpoint(serverless, name="steps")
    update = {"EndpointName": endpoint, "EndpointConfigName": serverless}
    call = stage.sagemaker.update_endpoint
    assert "NotImplementedByLocalAws" in refusal(call, **update, DeploymentConfig=deployment())
    size = {"Type": "CAPACITY_PERCENT", "Value": 50}
    rolling = {"MaximumBatchSize": size, "WaitIntervalInSeconds": 0}
    message = refusal(call, **update, DeploymentConfig={"RollingUpdatePolicy": rolling})
    assert "RollingUpdatePolicy is not for serverless endpoints." in message
    stage.sagemaker.update_endpoint(
        **update, DeploymentConfig=deployment(kind="ALL_AT_ONCE", wait=0, final=0)
    )
    assert stage.at_rest(endpoint)["EndpointStatus"] == "InService"
    assert "has no DesiredInstanceCount" in refusal(
        stage.sagemaker.update_endpoint_weights_and_capacities,
        EndpointName=endpoint,
        DesiredWeightsAndCapacities=[{"VariantName": "One", "DesiredInstanceCount": 2}],
    )


CAPTURE = {
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://bucket/capture",
    "CaptureOptions": [{"CaptureMode": "Input"}],
}
ON_INSTANCES = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1}


@pytest.mark.parametrize(
    ("changes", "members", "reason"),
    [
        ({}, {"DataCaptureConfig": CAPTURE}, "DataCaptureConfig is not for serverless variants."),
        (ON_INSTANCES, {}, "cannot have InstanceType and InitialInstanceCount."),
        (
            {"ServerlessConfig": {"MemorySizeInMB": 1500, "MaxConcurrency": 1}},
            {},
            "MemorySizeInMB must be a multiple of 1024, got 1500.",
        ),
        (
            {"ServerlessConfig": {**SERVERLESS, "ProvisionedConcurrency": 3}},
            {},
            "ProvisionedConcurrency must be at most MaxConcurrency (2), got 3.",
        ),
    ],
)
def test_what_a_serverless_variant_cannot_have_is_refused(
    stage: Stage, changes: dict[str, Any], members: dict[str, Any], reason: str
) -> None:
    with pytest.raises(stage.sagemaker.exceptions.ClientError) as refused:
        config(stage, "wrong", variant(stage, **changes), **members)
    assert reason in str(refused.value)


def test_a_serverless_variant_stands_alone(stage: Stage) -> None:
    other = {"VariantName": "Two", "ModelName": f"{stage.name}-model"}
    with pytest.raises(stage.sagemaker.exceptions.ClientError, match="beside another one"):
        config(stage, "wrong", variant(stage), {**other, "ServerlessConfig": SERVERLESS})
    with pytest.raises(stage.sagemaker.exceptions.ClientError, match="beside another one"):
        shadow = {**other, **ON_INSTANCES}
        config(stage, "wrong", variant(stage), ShadowProductionVariants=[shadow])


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("VpcConfig", {"VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}}),
        ("EnableNetworkIsolation", {"EnableNetworkIsolation": True}),
    ],
)
def test_a_model_in_a_network_of_ones_own_is_not_served_without_instances(
    stage: Stage, name: str, members: dict[str, Any]
) -> None:
    model = f"{stage.name}-{name}"
    container = {
        "Image": IMAGE,
        "ModelDataUrl": f"s3://{stage.name}/model/model.tar.gz",
        "Environment": ENVIRONMENT,
    }
    role = "arn:aws:iam::123456789012:role/serving"
    stage.sagemaker.create_model(
        ModelName=model, PrimaryContainer=container, ExecutionRoleArn=role, **members
    )
    with pytest.raises(stage.sagemaker.exceptions.ClientError, match=f"a model with {name}"):
        config(stage, "wrong", variant(stage, ModelName=model))
