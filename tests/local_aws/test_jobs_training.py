"""Training jobs in script mode, by boto3: SageMaker's own toolkit runs the script."""

import io
import json
import tarfile
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.stacks import eventually
from tests.local_aws.workshop import Workshop

pytestmark = pytest.mark.local_aws
TELLS = """
import json, os, pathlib, sys
import beside
told = {
    "arguments": sys.argv[1:],
    "data": (pathlib.Path(os.environ["SM_CHANNEL_TRAIN"]) / "a.csv").read_text(),
    "channels": json.loads(os.environ["SM_CHANNELS"]),
    "job": os.environ["TRAINING_JOB_NAME"],
    "beside": beside.WORD,
}
pathlib.Path(os.environ["SM_MODEL_DIR"], "model.json").write_text(json.dumps(told))
"""
FAILS = """
import pathlib, sys
pathlib.Path(sys.argv[sys.argv.index("--report") + 1]).write_text("no rows in train")
sys.exit(2)
"""
WAITS = """
import boto3, os, pathlib, sys, time
pathlib.Path(os.environ["SM_MODEL_DIR"], "checkpoint").write_text("so far")
boto3.client("s3").put_object(Bucket=sys.argv[-1], Key="training")
time.sleep(600)
"""


@pytest.fixture(scope="module")
def workshop(client: Callable[[str], Any]) -> Workshop:
    return Workshop(client)


def files_of(archive: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        found = {member.name: tar.extractfile(member) for member in tar if member.isfile()}
        return {name: content.read() for name, content in found.items() if content}


def artifact(workshop: Workshop, job: dict[str, Any]) -> dict[str, bytes]:
    uri: str = job["ModelArtifacts"]["S3ModelArtifacts"]
    assert uri == workshop.uri(f"models/{job['TrainingJobName']}/output/model.tar.gz")
    return files_of(workshop.get(uri.removeprefix(workshop.uri(""))))


@pytest.fixture(scope="module")
def job(workshop: Workshop) -> dict[str, Any]:
    """One that went well."""
    workshop.put("data/a.csv", "1,2")
    return workshop.train(
        TELLS,
        files={"beside.py": "WORD = 'here'"},
        hyperparameters={"max-depth": "6", "out": "/opt/ml/output/data"},
        channels={"train": workshop.uri("data/")},
    )


def test_a_script_gets_its_hyperparameters_and_channels_and_leaves_a_model(
    workshop: Workshop, job: dict[str, Any]
) -> None:
    assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Completed"
    told = json.loads(artifact(workshop, job)["model.json"])
    depth, out = told["arguments"].index("--max-depth"), told["arguments"].index("--out")
    assert told["arguments"][depth + 1] == "6"
    assert told["arguments"][out + 1].endswith("/ml/output/data")
    assert not told["arguments"][out + 1].startswith("/opt/ml")
    assert told["data"] == "1,2"
    assert told["channels"] == ["train"]
    assert told["job"] == job["TrainingJobName"]
    assert told["beside"] == "here"


def test_a_job_goes_through_the_documented_phases(workshop: Workshop, job: dict[str, Any]) -> None:
    transitions = job["SecondaryStatusTransitions"]
    assert [each["Status"] for each in transitions] == [
        "Starting", "Downloading", "Training", "Uploading", "Completed",
    ]  # fmt: skip
    assert job["TrainingStartTime"] <= job["TrainingEndTime"]
    assert any("Reporting training SUCCESS" in line for line in workshop.log(
        "TrainingJobs", job["TrainingJobName"]
    ))  # fmt: skip


def test_a_failing_script_gives_its_own_reason(workshop: Workshop) -> None:
    job = workshop.train(FAILS, hyperparameters={"report": "/opt/ml/output/failure"})

    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("AlgorithmError: no rows in train, exit code: ")


def test_a_failing_script_without_a_reason_gives_the_toolkits(workshop: Workshop) -> None:
    job = workshop.train("raise ValueError('too few rounds')")

    assert job["FailureReason"].startswith("AlgorithmError: ExecuteUserScriptError:")


def test_a_stopped_job_keeps_what_it_had_so_far(workshop: Workshop) -> None:
    name = workshop.train(WAITS, wait=False, hyperparameters={"z": workshop.name})[
        "TrainingJobName"
    ]
    eventually(lambda: "training" in workshop.held())

    workshop.sagemaker.stop_training_job(TrainingJobName=name)
    job = workshop.trained(name)

    assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Stopped"
    assert artifact(workshop, job) == {"checkpoint": b"so far"}


def test_a_job_over_its_time_is_stopped_and_says_so(workshop: Workshop) -> None:
    job = workshop.train(
        "import time; time.sleep(600)", StoppingCondition={"MaxRuntimeInSeconds": 1}
    )

    assert job["TrainingJobStatus"] == "Stopped"
    assert job["SecondaryStatus"] == "MaxRuntimeExceeded"


def test_a_channel_without_objects_is_refused_at_once(workshop: Workshop) -> None:
    with pytest.raises(ClientError) as refused:
        workshop.train("", channels={"train": workshop.uri("nothing")})

    error = refused.value.response["Error"]
    assert error["Code"] == "ValidationException"
    assert error["Message"].startswith(
        f'No S3 objects found under S3 URL "{workshop.uri("nothing")}" given in input data source.'
    )
