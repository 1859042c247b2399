"""The SageMaker SDK v3 and the aws CLI as clients of each way to serve and to release."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local_aws.launch import LocalAws
from tests.local_aws.later import Later
from tests.local_aws.model_archives import ENVIRONMENT, IMAGE, echo
from tests.local_aws.scaled import Scaled
from tests.local_aws.stacks import eventually
from tests.local_aws.stage import Stage
from tests.local_aws.test_clients import run
from tests.local_aws.transforms import Transforms
from tests.pipeline_definitions.maker import Maker

pytestmark = pytest.mark.local_aws


@pytest.fixture(scope="module")
def stage(client: Callable[[str], Any]) -> Iterator[Stage]:
    made = Stage(client)
    yield made
    made.close()


@pytest.fixture(scope="module")
def seen(aws: LocalAws, stage: Stage, maker: Maker) -> Iterator[dict[str, Any]]:
    """What a program with the SDK saw of the endpoints and the job that it made."""
    archives = {"one/model": "one", "two/model": "two", "many/a": "a", "many/b": "b"}
    for key, word in archives.items():
        stage.s3.put_object(Bucket=stage.name, Key=f"{key}.tar.gz", Body=echo(word))
    stage.s3.put_object(Bucket=stage.name, Key="in/1.csv", Body=b"7,8\n")
    done = maker.run(
        Path(__file__).with_name("sdk_hosting.py"), stage.name, IMAGE, json.dumps(ENVIRONMENT),
        environment={**aws.environment(), "SAGEMAKER_VALIDATE_ROLE": "false"},
    )  # fmt: skip
    assert done.code == 0, done.stderr
    yield json.loads(done.stdout.splitlines()[-1])
    for found in stage.sagemaker.list_endpoints(NameContains=stage.name)["Endpoints"]:
        stage.sagemaker.delete_endpoint(EndpointName=found["EndpointName"])


@pytest.mark.nightly
def test_the_sdk_deploys_a_serverless_endpoint(seen: dict[str, Any]) -> None:
    assert seen["serverless"] == ["one:1,2:", 3]


@pytest.mark.nightly
def test_the_sdk_deploys_an_asynchronous_endpoint_and_waits_for_its_answers(
    seen: dict[str, Any],
) -> None:
    assert seen["asynchronous"] == ["one:5,6:", "one:3,4:", "one:7,8\n:"]


@pytest.mark.nightly
def test_the_sdk_asks_for_one_of_many_archives(seen: dict[str, Any]) -> None:
    assert seen["multi_model"] == ["a:1,2:", "b:1,2:"]


@pytest.mark.nightly
def test_the_sdk_runs_a_transform_job(seen: dict[str, Any]) -> None:
    assert seen["batch"] == ["Completed", "one:7,8:\n"]


@pytest.mark.nightly
def test_the_sdk_splits_traffic_by_weight_rolls_in_batches_and_shadows(
    seen: dict[str, Any],
) -> None:
    assert seen["released"] == {
        "shares": {"One": 2, "Two": 6},
        "rolled": ["one:1,2:", "two:1,2:", 50],
        "shadow": ["Shadow", 0.5],
    }


def test_the_aws_cli_waits_for_an_asynchronous_endpoint_and_asks_it(
    aws: LocalAws, stage: Stage
) -> None:
    output = {"OutputConfig": {"S3OutputPath": f"s3://{stage.name}/told"}}
    endpoint = stage.endpoint(stage.config(stage.model(echo("told")), AsyncInferenceConfig=output))
    stage.s3.put_object(Bucket=stage.name, Key="asked.csv", Body=b"1,2")
    named = ("--endpoint-name", endpoint)
    run(aws, "aws", "sagemaker", "wait", "endpoint-in-service", *named)
    told = run(
        aws, "aws", "sagemaker-runtime", "invoke-endpoint-async", *named,
        "--input-location", f"s3://{stage.name}/asked.csv", "--content-type", "text/csv",
    )  # fmt: skip
    key = json.loads(told)["OutputLocation"].removeprefix(f"s3://{stage.name}/")
    found = eventually(
        lambda: stage.s3.list_objects_v2(Bucket=stage.name, Prefix=key).get("Contents")
    )
    answer = stage.s3.get_object(Bucket=stage.name, Key=found[0]["Key"])["Body"].read()
    assert answer == b"told:1,2:"


@pytest.mark.nightly
def test_the_aws_cli_waits_for_a_transform_job_and_fails_with_one_that_failed(
    aws: LocalAws, stage: Stage, client: Callable[[str], Any]
) -> None:
    transforms = Transforms(client, stage.model(echo("scored"), name="scores"))
    transforms.put("in/1.csv", "1")
    wait = ("aws", "sagemaker", "wait", "transform-job-completed-or-stopped")
    good = transforms.run("in/", out="out/")
    bad = transforms.run("nowhere/", out="out/")
    run(aws, *wait, "--transform-job-name", good["TransformJobName"])
    with pytest.raises(AssertionError, match="terminal failure"):
        run(aws, *wait, "--transform-job-name", bad["TransformJobName"])


@pytest.mark.nightly
def test_the_aws_cli_shows_what_a_policy_did(later: Later) -> None:
    scaled = Scaled(later)
    scaled.register(1, 4)
    scaled.track(scaled.metric("Queue"), 10.0)
    scaled.put(5, Queue=20)
    told = run(
        later.aws, "aws", "application-autoscaling", "describe-scaling-activities",
        "--service-namespace", "sagemaker", "--resource-id", scaled.target["ResourceId"],
    )  # fmt: skip
    (activity,) = json.loads(told)["ScalingActivities"]
    assert activity["Description"] == "Setting desired instance count to 4."
    assert activity["StatusCode"] == "Successful"
    scaled.close()
