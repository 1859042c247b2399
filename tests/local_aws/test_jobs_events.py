"""Events of jobs and executions, held against the samples of AWS's documentation.

https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local_aws.core import assumptions
from local_aws.jobs import processing, training, transform
from local_aws.jobs.job import Job
from local_aws.ministack.scope import scope
from local_aws.pipelines import events
from local_aws.pipelines.definition import read
from local_aws.pipelines.execution import Execution, StepRun
from tests.local_aws.definitions import definition, processing_job
from tests.local_aws.definitions import processing as processing_step
from tests.local_aws.workshop import training_job

DOCUMENTED = Path(__file__).parent / "documented"
Event = tuple[str, dict[str, Any], list[str]]


@pytest.fixture
def emitted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Event]]:
    """The events that are sent, in order."""
    sent: list[Event] = []
    for module in (processing, training, transform, events):
        monkeypatch.setattr(module, "emit", lambda *event: sent.append(event))
    with scope("123456789012", "us-east-1"):
        yield sent


def documented(name: str) -> dict[str, Any]:
    sample: dict[str, Any] = json.loads((DOCUMENTED / f"{name}.json").read_text())
    return sample


def kinds(detail: dict[str, Any]) -> dict[str, type]:
    return {name: type(value) for name, value in detail.items() if value is not None}


def job(announce: Any, **members: Any) -> Job:
    made = Job(name="job", arn="arn", members=members, announce=announce)
    made.enter("Starting", "Starting the job")
    made.started = made.modified
    return made


def test_a_training_jobs_event_is_as_documented(emitted: list[Event]) -> None:
    members = training_job("s3://b/m", {"a": "b"}, {"train": "s3://b/in"})
    artifacts = {"S3ModelArtifacts": "s3://b/m/model.tar.gz"}

    job(training._announce, TrainingJobName="job", ModelArtifacts=artifacts, **members).end()

    sample, (kind, detail, resources) = documented("training-job-state-change"), emitted[-1]
    # There is no VPC; Tags are an empty object in the sample and their shape is not documented.
    absent = {"VpcConfig", "Tags"}
    assert kind == sample["detail-type"]
    assert resources == ["arn"]
    shared = sample["detail"].keys() - absent
    assert {n: k for n, k in kinds(detail).items() if n in shared} == {
        n: k for n, k in kinds(sample["detail"]).items() if n in shared
    }
    assert detail["TrainingJobStatus"] == detail["SecondaryStatus"] == "Completed"


def test_a_processing_jobs_event_is_as_documented(emitted: list[Event]) -> None:
    members = processing_job("true", inputs={"a": "s3://b/a"}, outputs={"o": "s3://b/o"})

    job(processing._announce, ProcessingJobName="job", **members).end("AlgorithmError: no")

    sample, (kind, detail, _) = documented("processing-job-state-change"), emitted[-1]
    absent = {"NetworkConfig", "ExperimentConfig"}
    assert kind == sample["detail-type"]
    shared = sample["detail"].keys() - absent
    assert {n: k for n, k in kinds(detail).items() if n in shared} == {
        n: k for n, k in kinds(sample["detail"]).items() if n in shared
    }
    assert detail["FailureReason"] == "AlgorithmError: no"


def test_a_transform_jobs_event_is_as_documented(emitted: list[Event]) -> None:
    sample = documented("transform-job-state-change")
    members = {
        name: value
        for name, value in sample["detail"].items()
        if name not in ("TransformJobArn", "TransformJobStatus", "FailureReason", "Tags")
        and not name.endswith("Time")
    }

    job(transform._announce, **members).end("failed why 1")

    kind, detail, resources = emitted[-1]
    assert kind == sample["detail-type"]
    assert resources == ["arn"]
    # Tags are an empty object in the sample and their shape is not documented.
    assert kinds(detail) == {n: k for n, k in kinds(sample["detail"]).items() if n != "Tags"}
    assert (detail["TransformJobStatus"], detail["FailureReason"]) == ("Failed", "failed why 1")
    pattern = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
    times = [detail[n] for n in detail if n.endswith("Time")]
    assert [bool(re.fullmatch(pattern, time)) for time in times] == [True, True, True]


@pytest.mark.parametrize("told", [False, True])
def test_a_processing_jobs_event_tells_no_exit_message_unless_that_is_assumed(
    emitted: list[Event], monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    """The documented sample has neither member."""
    row = f"processing-job-events-tell-the-exit-message={str(told).lower()}"
    monkeypatch.setenv(assumptions.VARIABLE, row)
    made = job(processing._announce, MonitoringScheduleArn="arn", **processing_job("true"))
    made.exit_message = "Completed: no violations"

    made.end()

    _, detail, _ = emitted[-1]
    present = {n for n in ("ExitMessage", "MonitoringScheduleArn") if detail[n] is not None}
    assert present == ({"ExitMessage", "MonitoringScheduleArn"} if told else set())
    assert processing._described(made)["ExitMessage"] == "Completed: no violations"


@pytest.fixture
def execution() -> Execution:
    pipeline = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/myPipeline-123"
    return Execution(
        arn=f"{pipeline}/execution/p4jn9xou8a8s",
        pipeline_name="myPipeline-123",
        pipeline_arn=pipeline,
        version=1,
        definition=read(definition(processing_step("myprocessingstep1", "true"))),
        values={},
        parallel=2,
        described={
            "PipelineExecutionDisplayName": "SomeDisplayName",
            "PipelineExecutionDescription": "SomeDescription",
        },
        created=1615824193.0,
    )


TIMES = ("executionEndTime", "stepStartTime", "stepEndTime")


def without_times(detail: dict[str, Any]) -> dict[str, Any]:
    return {name: v for name, v in detail.items() if name not in TIMES and v is not None}


def test_an_executions_event_is_as_documented(emitted: list[Event], execution: Execution) -> None:
    execution.change("Executing", "Succeeded")

    sample, ((kind, detail, resources),) = documented("pipeline-execution-state-change"), emitted
    assert kind == sample["detail-type"]
    assert resources == sample["resources"]
    assert without_times(detail) == without_times(sample["detail"])
    assert len(detail["executionEndTime"]) == len(sample["detail"]["executionEndTime"])


def test_a_steps_event_is_as_documented(emitted: list[Event], execution: Execution) -> None:
    sample = documented("pipeline-step-state-change")
    arn = sample["detail"]["metadata"]["processingJob"]["arn"]
    run = StepRun(step=execution.definition.steps["myprocessingstep1"], status="Executing")
    run.metadata = {"ProcessingJob": {"Arn": arn}}

    execution.change_step(run, "Succeeded")

    ((kind, detail, resources),) = emitted
    assert kind == sample["detail-type"]
    assert resources == sample["resources"]
    assert without_times(detail) == without_times(sample["detail"])
    assert len(detail["stepEndTime"]) == len(sample["detail"]["stepEndTime"])
