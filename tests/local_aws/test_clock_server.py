"""A running local AWS: what lets its time pass, what holds it, and who sees it."""

import json
import os
import statistics
import subprocess
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from tests.local_aws.later import DAY, Later
from tests.local_aws.model_archives import ENVIRONMENT, IMAGE, archive, echo
from tests.local_aws.stacks import Stack
from tests.local_aws.stage import Stage
from tests.local_aws.workshop import Workshop

pytestmark = pytest.mark.local_aws
CLOCK = "import os, time; print(os.environ.get('LOCAL_AWS_TIME_OFFSET'), time.time())"
IN_A_CHILD = f'import subprocess, sys; subprocess.run([sys.executable, "-c", {CLOCK!r}])'
TELLS_TIME = """
import time

def model_fn(model_dir):
    return None

def input_fn(body, content_type):
    return body

def predict_fn(data, model):
    return str(time.time())

def output_fn(prediction, accept):
    return prediction, "text/csv"
"""


@pytest.fixture(scope="module")
def workshop(later: Later) -> Workshop:
    return Workshop(later.client)


@pytest.fixture
def stage(later: Later) -> Iterator[Stage]:
    made = Stage(later.client)
    yield made
    made.close()


def ask(later: Later, body: bytes | None = None, method: str | None = None) -> tuple[int, Any]:
    url = f"{later.aws.endpoint_url}/_local_aws/clock"
    request = urllib.request.Request(url, data=body, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_time_is_the_machines_until_somebody_lets_it_pass(later: Later) -> None:
    ahead = later.aws.now() - time.time()
    later.client("stepfunctions").list_state_machines()
    assert later.aws.now() - time.time() == pytest.approx(ahead, abs=0.2)
    later.pass_time(3600)
    assert later.aws.now() - time.time() == pytest.approx(ahead + 3600, abs=1)


def test_a_waiting_execution_alone_does_not_make_time_jump(later: Later) -> None:
    states = later.client("stepfunctions")
    state = {"Type": "Wait", "Seconds": 3600, "End": True}
    machine = states.create_state_machine(
        name=f"alone-{uuid.uuid4().hex}",
        definition=json.dumps({"StartAt": "Wait", "States": {"Wait": state}}),
        roleArn="arn:aws:iam::123456789012:role/states",
    )["stateMachineArn"]
    ahead = later.aws.now() - time.time()
    arn = states.start_execution(stateMachineArn=machine)["executionArn"]
    _, told = ask(later)
    while not told["Idle"] or told["NextTimer"] < later.aws.now() + 3000:
        _, told = ask(later)  # at first it is the start of the execution that is due
    assert later.aws.now() - time.time() == pytest.approx(ahead, abs=0.2)
    states.stop_execution(executionArn=arn)


def test_curl_can_let_time_pass(later: Later) -> None:
    before = later.aws.now()
    form = urllib.request.Request(f"{later.aws.endpoint_url}/_local_aws/clock", method="POST")
    form.data = b'{"WaitSeconds": 0.5}'  # goes out as a form, as curl -d sends it
    with urllib.request.urlopen(form) as answer:
        told = json.load(answer)
    assert 0 <= told["Waited"] < 1.5
    assert told["Now"] >= before + told["Waited"]


@pytest.mark.parametrize(
    ("body", "got"),
    [
        (b"", "the body is no JSON"),
        (b"60", "got 60"),
        (b'{"Seconds": 60}', 'got {"Seconds": 60}'),
        (b'{"WaitSeconds": 60, "Until": "noon"}', 'got {"WaitSeconds": 60, "Until": "noon"}'),
        (b'{"WaitSeconds": "60"}', 'got "60"'),
        (b'{"WaitSeconds": true}', "got true"),
        (b'{"WaitSeconds": -1}', "got -1"),
        (b'{"WaitSeconds": NaN}', "got nan"),
        (b'{"WaitSeconds": 31622401}', "got 31622401"),
        (b'{"WaitSeconds": 60, "Since": "noon"}', 'the News of an answer, got "noon"'),
    ],
)
def test_a_wait_that_makes_no_sense_is_refused_with_what_would(
    later: Later, body: bytes, got: str
) -> None:
    status, told = ask(later, body)
    assert status == 400
    assert told["message"].startswith('give {"WaitSeconds": n} with n from 0 to 31622400')
    assert told["message"].endswith(got)


def test_the_clock_takes_no_other_method(later: Later) -> None:
    assert ask(later, b"", "DELETE") == (
        405,
        {"message": "/_local_aws/clock takes GET and POST, got DELETE"},
    )


def test_python_gets_the_refusal_as_an_error(later: Later) -> None:
    with pytest.raises(ValueError, match="n from 0 to 31622400, got -5"):
        later.aws.wait(-5)


def test_a_short_wait_costs_little(later: Later) -> None:
    costs = []
    for _ in range(100):
        began = time.perf_counter()
        later.aws.wait(0.05)
        costs.append(time.perf_counter() - began)
    assert statistics.median(costs) < 0.05  # 0.003 s on an idle machine: no wait at all


def test_time_keeps_the_machines_pace_while_a_job_runs(later: Later, workshop: Workshop) -> None:
    workshop.process("true")  # whatever the last test left
    name = workshop.process("sleep", "1.5", wait=False)["ProcessingJobName"]
    began, ahead = time.time(), later.aws.now() - time.time()
    status, working = "InProgress", set()
    while status == "InProgress":
        assert later.aws.now() - time.time() == pytest.approx(ahead, abs=0.2)
        working |= set(ask(later)[1]["Working"])
        waited = later.aws.wait(0.3)
        job = workshop.sagemaker.describe_processing_job(ProcessingJobName=name)
        status = job["ProcessingJobStatus"]
    assert status == "Completed" and waited < 10
    assert time.time() - began > 1.5
    assert working == {"lifecycle._run"}


def test_a_job_and_what_it_starts_see_virtual_time(later: Later, workshop: Workshop) -> None:
    later.pass_time(30 * DAY)
    script = f"{CLOCK}; {IN_A_CHILD}"
    job = workshop.process("python3", "-c", script, Environment={"PYTHONPATH": "/opt/ml/own"})
    lines = [line.split() for line in workshop.log("ProcessingJobs", job["ProcessingJobName"])]
    assert len(lines) == 2
    for offset, told in lines:
        assert float(told) - time.time() == pytest.approx(float(offset), abs=60)
        assert float(offset) >= 30 * DAY
        started, ended = job["ProcessingStartTime"].timestamp(), job["ProcessingEndTime"]
        assert started - 1 <= float(told) <= ended.timestamp() + 1


def test_a_training_script_sees_virtual_time(later: Later, workshop: Workshop) -> None:
    later.pass_time(DAY)
    job = workshop.train("import time; print('told', time.time())")
    lines = workshop.log("TrainingJobs", job["TrainingJobName"])
    (told,) = [float(line.split()[1]) for line in lines if line.startswith("told ")]
    assert job["TrainingStartTime"].timestamp() - 1 <= told
    assert told <= job["TrainingEndTime"].timestamp() + 1


def test_an_isolated_script_does_not_see_it(later: Later, workshop: Workshop) -> None:
    """The page of limits says so."""
    later.pass_time(DAY)
    job = workshop.process("python3", "-I", "-c", CLOCK)
    (line,) = workshop.log("ProcessingJobs", job["ProcessingJobName"])
    assert float(line.split()[1]) == pytest.approx(time.time(), abs=60)


def test_what_services_write_is_dated_with_it_and_never_goes_back(
    later: Later, stage: Stage
) -> None:
    config = stage.config(
        stage.model(echo("x")),
        DataCaptureConfig={
            "EnableCapture": True,
            "InitialSamplingPercentage": 100,
            "DestinationS3Uri": f"s3://{stage.name}/capture",
            "CaptureOptions": [{"CaptureMode": "Input"}],
            "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]},
        },
    )
    endpoint = stage.endpoint(config)
    cloudwatch, dates = later.client("cloudwatch"), []
    alarm = {"AlarmName": stage.name, "Namespace": "N", "MetricName": "M", "Period": 60}
    cloudwatch.put_metric_alarm(
        **alarm, EvaluationPeriods=1, Threshold=1, ComparisonOperator="LessThanThreshold",
        Statistic="Sum",
    )  # fmt: skip
    for number, state in enumerate(("ALARM", "OK", "ALARM")):
        later.pass_time(40 * DAY)
        before = later.aws.now()
        stage.s3.put_object(Bucket=stage.name, Key=f"object/{number}", Body=b"")
        cloudwatch.set_alarm_state(AlarmName=stage.name, StateValue=state, StateReason="test")
        stage.ask(endpoint)
        (found,) = cloudwatch.describe_alarms(AlarmNames=[stage.name])["MetricAlarms"]
        head = stage.s3.head_object(Bucket=stage.name, Key=f"object/{number}")
        written = [found["StateUpdatedTimestamp"], head["LastModified"]]
        hour = f"{datetime.fromtimestamp(before, UTC):%Y/%m/%d/%H}"
        prefix = f"capture/{endpoint}/One/{hour[:10]}"
        captured = later.until(
            lambda prefix=prefix: stage.s3.list_objects_v2(  # type: ignore[misc]
                Bucket=stage.name, Prefix=prefix
            ).get("Contents")
        )
        dates += [*(moment.timestamp() for moment in written)]
        assert all(-1.1 < date - before < 60 for date in dates[-2:])
        assert captured[0]["LastModified"].timestamp() >= before - 1.1
    assert dates[::2] == sorted(dates[::2]) and dates[1::2] == sorted(dates[1::2])


def test_clients_that_sign_with_the_machines_time_are_answered(later: Later) -> None:
    later.pass_time(60 * DAY)
    bucket = f"signed-{uuid.uuid4().hex}"
    later.client("s3").create_bucket(Bucket=bucket)
    environment = {**os.environ, **later.aws.environment()}
    done = subprocess.run(
        ["aws", "s3api", "list-buckets", "--query", "Buckets[].Name", "--output", "text"],
        env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert bucket in done.stdout.split(), done.stderr


def template(stage: Stage, *, word: str, bake: int) -> dict[str, Any]:
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.large",
        "InitialVariantWeight": 1,
    }
    container = {
        "Image": IMAGE,
        "ModelDataUrl": f"s3://{stage.name}/{word}",
        "Environment": ENVIRONMENT,
    }
    policy = {
        "TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0},
        "TerminationWaitInSeconds": bake,
    }
    properties: dict[str, dict[str, Any]] = {
        "Model": {
            "PrimaryContainer": container,
            "ExecutionRoleArn": "arn:aws:iam::123456789012:role/serving",
        },
        "EndpointConfig": {"ProductionVariants": [variant]},
        "Endpoint": {
            "EndpointConfigName": {"Fn::GetAtt": ["EndpointConfig", "EndpointConfigName"]},
            "DeploymentConfig": {"BlueGreenUpdatePolicy": policy},
        },
    }
    return {
        "Resources": {
            name: {"Type": f"AWS::SageMaker::{name}", "Properties": members}
            for name, members in properties.items()
        }
    }


def test_no_client_takes_its_clock_for_a_wrong_one(later: Later) -> None:
    later.pass_time(DAY)
    for service, ask_for in (("s3", "list_buckets"), ("sagemaker", "list_models")):
        answer = getattr(later.client(service), ask_for)()["ResponseMetadata"]["HTTPHeaders"]
        told = parsedate_to_datetime(answer["date"]).timestamp()
        assert abs(told - time.time()) < 5 < DAY - 5 < later.aws.now() - told


def test_an_endpoint_that_bakes_for_an_hour_holds_nobody_up(later: Later, stage: Stage) -> None:
    for word in ("one", "two"):
        stage.s3.put_object(Bucket=stage.name, Key=word, Body=echo(word))
    stack = Stack(later.client("cloudformation"), stage.name)
    stack.create(template(stage, word="one", bake=3600))
    later.client("cloudformation").update_stack(
        StackName=stage.name, TemplateBody=json.dumps(template(stage, word="two", bake=3600))
    )
    endpoint = stack.physical_id("Endpoint").rsplit("/", 1)[-1]

    def baking() -> bool:
        described = stage.sagemaker.describe_endpoint(EndpointName=endpoint)
        (variant,) = described.get("PendingDeploymentSummary", {}).get("ProductionVariants", [{}])
        return any(s["Status"] == "Baking" for s in variant.get("VariantStatus", ()))

    later.until(baking)
    began, real, calls = later.aws.now(), time.perf_counter(), 0
    while stack.description()["StackStatus"] == "UPDATE_IN_PROGRESS":
        later.aws.wait(DAY)
        calls += 1
    assert stack.description()["StackStatus"] == "UPDATE_COMPLETE"
    assert 3600 <= later.aws.now() - began < 3640
    assert calls < 100  # looking again whether it still bakes is no news
    assert time.perf_counter() - real < 10  # 0.3 s on an idle machine
    stack.delete()


def test_a_long_poll_for_a_message_holds_nobody_up(later: Later) -> None:
    sqs = later.client("sqs")
    url = sqs.create_queue(QueueName=f"poll-{uuid.uuid4().hex}")["QueueUrl"]
    received: list[Any] = []
    poll = threading.Thread(
        target=lambda: received.append(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
    )
    began = time.perf_counter()
    poll.start()
    while poll.is_alive():
        later.aws.wait(60)
        poll.join(0.01)
    assert time.perf_counter() - began < 10
    assert "Messages" not in received[0]


def test_a_model_server_keeps_the_time_of_its_start(later: Later, stage: Stage) -> None:
    """The page of limits says so."""
    later.pass_time(DAY)
    started = later.aws.now()
    files = {"code/inference.py": TELLS_TIME}
    endpoint = stage.endpoint(stage.config(stage.model(archive(files))))
    assert float(stage.ask(endpoint)) == pytest.approx(started, abs=60)
    later.pass_time(DAY)
    assert float(stage.ask(endpoint)) == pytest.approx(started, abs=120)
