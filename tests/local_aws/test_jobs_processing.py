"""Processing jobs, by boto3."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.definitions import IMAGE, processing_job
from tests.local_aws.stacks import eventually
from tests.local_aws.workshop import Workshop

pytestmark = pytest.mark.local_aws
ML = "/opt/ml/processing"


@pytest.fixture(scope="module")
def workshop(client: Callable[[str], Any]) -> Workshop:
    return Workshop(client)


def test_a_job_reads_its_inputs_and_its_outputs_are_uploaded(workshop: Workshop) -> None:
    workshop.put("in/a/one.csv", "1")
    workshop.put("in/two.csv", "2")
    workshop.put("in/folder/")

    job = workshop.process(
        "sh", "-c", f"cd {ML}/input/data && cat a/one.csv two.csv && cp -r . {ML}/output/copy",
        inputs={"data": workshop.uri("in/")}, outputs={"copy": workshop.uri("out/")},
    )  # fmt: skip

    assert job["ProcessingJobStatus"] == "Completed"
    assert {key for key in workshop.held() if key.startswith("out/")} == {
        "out/a/one.csv", "out/two.csv",
    }  # fmt: skip
    assert workshop.get("out/a/one.csv") == b"1"
    assert workshop.log("ProcessingJobs", job["ProcessingJobName"]) == ["12"]


def test_a_container_finds_its_job_described(workshop: Workshop) -> None:
    tell = (
        "import json, os; c = json.load(open('config/processingjobconfig.json'));"
        "r = json.load(open('config/resourceconfig.json'));"
        "print(json.dumps([c, r, os.environ['WHERE'], os.environ['AWS_REGION']]))"
    )

    job = workshop.process("python3", "-c", tell, Environment={"WHERE": f"{ML}/here"})

    (line,) = workshop.log("ProcessingJobs", job["ProcessingJobName"])
    config, resources, where, region = json.loads(line)
    assert config["ProcessingJobArn"] == job["ProcessingJobArn"]
    assert config["AppSpecification"]["ImageUri"] == IMAGE
    assert resources == {"current_host": "algo-1", "hosts": ["algo-1"]}
    assert where.endswith("/ml/processing/here") and not where.startswith("/opt/ml")
    assert region == "us-east-1"


def test_a_job_whose_input_prefix_is_empty_fails(workshop: Workshop) -> None:
    job = workshop.process("true", inputs={"data": workshop.uri("nothing/")})

    assert job["ProcessingJobStatus"] == "Failed"
    assert job["FailureReason"] == (
        f'ClientError: No S3 objects found under S3 URL "{workshop.uri("nothing/")}" given in'
        " input data source. Please ensure that the bucket exists in the selected region"
        ' (us-east-1), that objects exist under that S3 prefix, and that the role'
        ' "arn:aws:iam::123456789012:role/jobs" has "s3:ListBucket" permissions on bucket'
        f' "{workshop.name}".'
    )  # fmt: skip


def test_a_failing_container_leaves_its_message_and_uploads_nothing(workshop: Workshop) -> None:
    job = workshop.process(
        "sh", "-c", f"echo no column a > /opt/ml/output/message; touch {ML}/output/out/x; exit 3",
        outputs={"out": workshop.uri("failed")},
    )  # fmt: skip

    assert job["ProcessingJobStatus"] == "Failed"
    assert job["ExitMessage"] == "no column a\n"
    assert job["FailureReason"].startswith("AlgorithmError: no column a")
    assert job["FailureReason"].endswith(", exit code: 3")
    assert not any(key.startswith("failed") for key in workshop.held())


def test_a_failing_container_without_a_message_points_to_its_log(workshop: Workshop) -> None:
    job = workshop.process("sh", "-c", "exit 1")

    assert job["FailureReason"] == "AlgorithmError: See job logs for more information, exit code: 1"


def test_a_message_that_is_not_utf8_fails_the_job(workshop: Workshop) -> None:
    job = workshop.process("sh", "-c", r"printf '\377' > /opt/ml/output/message")

    assert job["ProcessingJobStatus"] == "Failed"
    assert job["FailureReason"] == "ClientError: /opt/ml/output/message is not UTF-8 encoded."


def test_a_stopped_job_ends_stopped_with_no_outputs(workshop: Workshop) -> None:
    started = workshop.uri("started")
    name = workshop.process(
        "python3",
        "-c",
        STARTED_THEN_WAITS,
        workshop.name,
        f"{ML}/output/out/part",
        wait=False,
        outputs={"out": started},
    )["ProcessingJobName"]
    eventually(lambda: "running" in workshop.held())

    workshop.sagemaker.stop_processing_job(ProcessingJobName=name)
    job = workshop.processed(name)

    assert job["ProcessingJobStatus"] == "Stopped"
    assert not any(key.startswith("started") for key in workshop.held())
    with pytest.raises(ClientError, match="is in status Stopped"):
        workshop.sagemaker.stop_processing_job(ProcessingJobName=name)


STARTED_THEN_WAITS = (
    "import boto3, sys, time; open(sys.argv[2], 'w').close();"
    "boto3.client('s3').put_object(Bucket=sys.argv[1], Key='running');"
    "time.sleep(600)"
)


def test_a_job_that_exceeds_its_time_is_stopped(workshop: Workshop) -> None:
    job = workshop.process("sleep", "600", StoppingCondition={"MaxRuntimeInSeconds": 1})

    assert job["ProcessingJobStatus"] == "Stopped"
    assert (job["ProcessingEndTime"] - job["ProcessingStartTime"]).total_seconds() >= 1


def test_jobs_are_listed_by_name_and_status(workshop: Workshop) -> None:
    done = workshop.process("true")["ProcessingJobName"]

    listed = workshop.sagemaker.list_processing_jobs(NameContains=done, StatusEquals="Completed")
    failed = workshop.sagemaker.list_processing_jobs(NameContains=done, StatusEquals="Failed")

    assert [job["ProcessingJobName"] for job in listed["ProcessingJobSummaries"]] == [done]
    assert failed["ProcessingJobSummaries"] == []


def test_a_second_job_of_a_name_is_refused(workshop: Workshop) -> None:
    name = workshop.process("true")["ProcessingJobName"]

    with pytest.raises(workshop.sagemaker.exceptions.ResourceInUse, match="already exists"):
        workshop.sagemaker.create_processing_job(ProcessingJobName=name, **processing_job("true"))


@pytest.mark.parametrize("call", ["describe_processing_job", "stop_processing_job"])
def test_a_job_that_does_not_exist_is_not_found(workshop: Workshop, call: str) -> None:
    with pytest.raises(workshop.sagemaker.exceptions.ResourceNotFound):
        getattr(workshop.sagemaker, call)(ProcessingJobName="no-such-job")
