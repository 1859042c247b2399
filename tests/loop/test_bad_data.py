"""A run on bad data stops in preprocess, says why on the execution, and registers nothing."""

from collections.abc import Callable

import pytest

from tests.loop.conftest import SMALL, Played

pytestmark = pytest.mark.local_aws


@pytest.fixture(scope="module")
def january() -> dict[str, bytes]:
    return dict(SMALL.delivery(range(1, 2)))


def without_departure(body: bytes) -> bytes:
    lines = [line.split(",") for line in body.decode().splitlines()[:500]]
    column = lines[0].index("sched_dep_time")
    return "\n".join(",".join(c for i, c in enumerate(r) if i != column) for r in lines).encode()


def without_rows(body: bytes) -> bytes:
    return body.split(b"\n")[0]


def failure_of_a_run_on(played: Played, files: dict[str, bytes], folder: str) -> str:
    """Upload the files, run, and return the reason."""
    world = played.world
    bucket = world.outputs("Dev-Foundation")["DataBucketName"]
    for key, body in files.items():
        world.client("s3").put_object(Bucket=bucket, Key=f"{folder}/{key}", Body=body)
    sagemaker = world.client("sagemaker")
    run = sagemaker.start_pipeline_execution(
        PipelineName="dev-flight-delay",
        PipelineParameters=[{"Name": "InputDataUri", "Value": f"s3://{bucket}/{folder}/"}],
    )["PipelineExecutionArn"]
    world.await_arrow(
        "run -> its end",
        lambda: sagemaker.describe_pipeline_execution(PipelineExecutionArn=run),
        expected="the execution to fail",
        until=lambda found: found["PipelineExecutionStatus"] == "Failed",
    )
    steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=run)
    assert [s["StepName"] for s in steps["PipelineExecutionSteps"]] == ["Preprocess"]
    return steps["PipelineExecutionSteps"][0]["FailureReason"]


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        pytest.param(without_departure, "sched_dep_time", id="a missing column"),
        pytest.param(without_rows, "flights/2013-01.csv holds no rows", id="no rows"),
    ],
)
def test_a_run_on_bad_data_stops_in_preprocess_with_its_reason(
    played: Played, january: dict[str, bytes], spoilt: Callable[[bytes], bytes], reason: str
):
    packages = played.world.client("sagemaker").list_model_packages
    before = packages(ModelPackageGroupName="dev-flight-delay")["ModelPackageSummaryList"]
    files = {**january, "flights/2013-01.csv": spoilt(january["flights/2013-01.csv"])}
    assert reason in failure_of_a_run_on(played, files, spoilt.__name__)
    after = packages(ModelPackageGroupName="dev-flight-delay")["ModelPackageSummaryList"]
    assert after == before
