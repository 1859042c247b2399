"""A challenger that is worse than what serves is not registered, and the run says by how much."""

from typing import Any

import pytest

from tests.loop.conftest import SMALL, Played

pytestmark = [pytest.mark.local_aws, pytest.mark.nightly]


def delays_of_other_flights() -> dict[str, bytes]:
    """January with each flight's delay handed on to another, so that nothing true can be learned,
    and a week of July to be judged by."""
    files = dict(SMALL.delivery(range(1, 2))) | dict(SMALL.delivery(range(7, 8)))
    january, july = "flights/2013-01.csv", "flights/2013-07.csv"
    header, *rows = files[january].splitlines()
    delay = header.split(b",").index(b"arr_delay")
    cells = [row.split(b",") for row in rows]
    for row, other in zip(cells, [*rows[1000:], *rows[:1000]], strict=True):
        row[delay] = other.split(b",")[delay]
    files[january] = b"\n".join([header, *(b",".join(row) for row in cells)])
    header, *rows = files[july].splitlines()
    files[july] = b"\n".join([header, *(row for row in rows if int(row.split(b",")[2]) <= 10)])
    return files


@pytest.fixture(scope="module")
def lost(played: Played) -> dict[str, Any]:
    """The run, after it has ended."""
    world, names = played.world, played.served.names
    bucket = names.input_data.removeprefix("s3://").partition("/")[0]
    for key, body in delays_of_other_flights().items():
        world.client("s3").put_object(Bucket=bucket, Key=f"worse/{key}", Body=body)
    sagemaker = world.client("sagemaker")
    champion = sagemaker.describe_model_package(ModelPackageName=played.served.package)
    [container] = champion["InferenceSpecification"]["Containers"]
    given = {
        "InputDataUri": f"s3://{bucket}/worse/",
        "ChampionPackageArn": played.served.package,
        "ChampionModelUri": container["ModelDataUrl"],
        "MinimumAuc": "0.0",
    }
    run = sagemaker.start_pipeline_execution(
        PipelineName=names.pipeline,
        PipelineParameters=[{"Name": n, "Value": v} for n, v in given.items()],
    )["PipelineExecutionArn"]
    return world.await_arrow(
        "run -> its end",
        lambda: sagemaker.describe_pipeline_execution(PipelineExecutionArn=run),
        expected="the run to end",
        until=lambda found: found["PipelineExecutionStatus"] not in ("Executing", "Stopping"),
        within=3600,
    )


def test_it_ends_in_the_fail_step_with_the_numbers(played: Played, lost: dict[str, Any]):
    steps = played.world.client("sagemaker").list_pipeline_execution_steps(
        PipelineExecutionArn=lost["PipelineExecutionArn"]
    )["PipelineExecutionSteps"]
    [fail] = [step for step in steps if step["StepName"] == "Fail"]
    assert lost["PipelineExecutionStatus"] == "Failed"
    assert "improvement over champion -0." in fail["Metadata"]["Fail"]["ErrorMessage"]
    assert "Register" not in [step["StepName"] for step in steps]


def test_nothing_is_registered_and_the_champion_serves_on(played: Played, lost: dict[str, Any]):
    sagemaker = played.world.client("sagemaker")
    listed = sagemaker.list_model_packages(ModelPackageGroupName=played.served.names.group)
    assert len(listed["ModelPackageSummaryList"]) == 2
    endpoint = sagemaker.describe_endpoint(EndpointName=played.served.endpoint)
    assert endpoint["EndpointConfigName"] == played.served.config
