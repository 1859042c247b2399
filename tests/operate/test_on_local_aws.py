"""Status, freeze, unfreeze and rollback of a small stage, in the order in which a night goes."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from local_aws.launch import LocalAws
from mlops_constructs.state_machines.failures import TOLD, ends
from operate.account import READS
from tests.operate.conftest import Said
from tests.operate.stage import BUCKET, MODEL, STAMP, WAITS_FOR_LONG, SmallStage
from tests.promotion.stage import eventually

pytestmark = pytest.mark.local_aws

Operate = Callable[..., Said]
DEV = ("--stage", "Dev")
FLIGHTS = (*DEV, "--model", MODEL)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallStage]:
    """Version 1 was released and then found wanting, version 2 serves, version 3 waits."""
    with LocalAws.start(tmp_path_factory.mktemp("operate")) as aws:
        stage = SmallStage(aws)
        stage.deploy(next="Prod", approval="registry")
        first = stage.register("one", CustomerMetadataProperties={STAMP: "released 2026-01-01"})
        second = stage.register(
            "two", CustomerMetadataProperties={STAMP: "released 2026-01-05T10:00:00.123Z"}
        )
        stage.register("three", ModelApprovalStatus="PendingManualApproval")
        stage.serve(second, "config-two")
        stage.client("sagemaker").update_model_package(
            ModelPackageArn=first,
            ModelLifeCycle={"Stage": "Prod", "StageStatus": "PendingApproval"},
        )
        yield stage


def named(stage: SmallStage, suffix: str) -> str:
    return f"{stage.resource}-{suffix}"


FOUND = {
    "data-quality": {
        "Heartbeat": 1, "ViolationCount": 3, "RecordCount": 1204, "DriftRatio": 1.8,
        "BaselineAge": 12.4,
    },
    "model-quality": {
        "Heartbeat": 1, "ViolationCount": 0, "RecordCount": 1180, "DriftRatio": 0.4,
        "HeadlineValue": 0.7431, "HeadlineThreshold": 0.69, "LabelCoverage": 0.621,
        "TooFewRecords": 0, "TooFewLabels": 0, "BaselineAge": 91.2,
    },
}  # fmt: skip


def measured(stage: SmallStage, kind: str, found: dict[str, float]) -> None:
    monitor = {"Endpoint": stage.resource, "Monitor": kind}
    dimensions = [{"Name": name, "Value": value} for name, value in monitor.items()]
    stage.client("cloudwatch").put_metric_data(
        Namespace="Perennial/Monitoring",
        MetricData=[
            {"MetricName": name, "Value": value, "Dimensions": dimensions}
            for name, value in found.items()
        ],
    )


def found_drift(stage: SmallStage) -> None:
    for kind, found in FOUND.items():
        measured(stage, kind, found)
    cloudwatch = stage.client("cloudwatch")
    for alarm in ("data-quality-drift", "model-quality-stale", "lost-events"):
        cloudwatch.set_alarm_state(
            AlarmName=named(stage, alarm), StateValue="ALARM", StateReason="3 violations"
        )
    hour = f"{datetime.now(UTC):%Y/%m/%d}/00"
    for file in ("constraint_violations.json", "report.html"):
        key = f"monitoring/{stage.resource}/data-quality/{hour}/{file}"
        stage.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"{}")


def test_status_is_one_screen_and_nothing_but_reads(
    stage: SmallStage, operate: Operate, calls: list[str]
):
    found_drift(stage)
    stage.client("sagemaker").start_pipeline_execution(
        PipelineName=stage.resource,
        PipelineParameters=[{"Name": "Reason", "Value": "drift: the alarm rang"}],
    )
    calls.clear()
    said = operate("status", *DEV)
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert len(lines) <= 30
    assert max(map(len, lines)) <= 100
    assert "\x1b" not in said.out
    reads = tuple(read.removesuffix("_").capitalize() for read in READS)
    assert calls and [call for call in calls if not call.startswith(reads)] == []
    text = " ".join(said.out.split())
    for told in (
        "Dev / flight-delay account 123456789012, us-east-1",
        "serves version 2, Approved, released 2026-01-05 10:00",
        "endpoint dev-flight-delay InService, 2 of 2 instances, config-two",
        "release none in progress, stack CREATE_COMPLETE policy CANARY 25 %, 10 min",
        "data-quality: 3 violations",
        "(1,204 records, 1.80 times the threshold), baseline 12 days old",
        "drift ALARM since",
        "silence INSUFFICIENT_DATA; old baseline INSUFFICIENT_DATA; looks next",
        "model-quality: no violation",
        "(1,180 records, 0.743 against a threshold of 0.69), labels for 62%, baseline 91 days old",
        "old baseline ALARM since",
        "/00/report.html",
        "drift: the alarm rang",
        "next: none planned; re-check about",
        "not before",
        "version 3, for an approver, since",
        "version 1, for the approver of Prod",
        "version 2, to be proposed to Prod, for requests that prove it",
        "the monitors, which still compare with no version",
        "alarm dev-flight-delay-lost-events, which rings, for a person",
    ):
        assert told in text, told


def test_status_for_programs_says_the_same(stage: SmallStage, operate: Operate):
    [told] = json.loads(operate("status", *FLIGHTS, "--json").out)
    assert told["served"]["version"]["arn"] == stage.packages[1] == told["served"]["slot"]
    assert told["served"]["version"]["number"] == "2"
    assert told["served"]["agrees_with_slot"] is True
    monitor, quality = told["monitors"]["each"]
    assert (quality["headline"], quality["headline_threshold"]) == (0.7431, 0.69)
    assert (quality["coverage"], quality["stale"]["state"]) == (0.621, "ALARM")
    assert (monitor["headline"], monitor["coverage"]) == (None, None)
    assert (monitor["kind"], monitor["violations"], monitor["records"]) == ("data-quality", 3, 1204)
    assert monitor["drift"]["state"] == "ALARM"
    assert datetime.fromisoformat(monitor["next"]).hour % 6 == 0
    assert told["runs"]["last"]["why"] == "drift: the alarm rang"
    assert told["unread"] == []


def test_a_window_with_too_few_labels_is_said(stage: SmallStage, operate: Operate):
    few = {"Heartbeat": 1, "TooFewRecords": 0, "TooFewLabels": 1, "LabelCoverage": 0.04}
    measured(stage, "model-quality", few)
    text = " ".join(operate("status", *FLIGHTS).out.split())
    assert "too few labels in the last window, labels for 4%" in text


def test_what_can_t_be_read_is_said_and_the_rest_is_shown(stage: SmallStage, operate: Operate):
    slot = stage.parameter(f"{stage.parameters}/slot")
    stage.client("sagemaker").delete_pipeline(PipelineName=stage.resource)
    said = operate("status", *FLIGHTS)
    assert said.code == 1
    text = " ".join(said.out.split())
    assert "unread sagemaker:list_pipeline_executions of dev-flight-delay was refused" in text
    assert "serves version 2" in text
    assert slot is not None


def test_a_slot_that_names_another_version_is_seen(stage: SmallStage, operate: Operate):
    ssm, name = stage.client("ssm"), f"{stage.parameters}/slot"
    before = stage.parameter(name)
    value = f"{stage.packages[0]},NONE"
    ssm.put_parameter(Name=name, Type="StringList", Value=value, Overwrite=True)
    assert "the slot names version 1 instead" in operate("status", *FLIGHTS).out
    ssm.put_parameter(Name=name, Type="StringList", Value=before, Overwrite=True)


def test_who_holds_the_lock_is_seen_while_it_runs_and_when_it_is_gone(
    stage: SmallStage, operate: Operate
):
    states = stage.client("stepfunctions")
    stage.make_machine("slow", WAITS_FOR_LONG)
    running = states.start_execution(stateMachineArn=stage.machine("slow"))["executionArn"]
    ssm, lock = stage.client("ssm"), f"{stage.parameters}/lock"
    ssm.put_parameter(Name=lock, Type="String", Value=running)
    held = " ".join(operate("status", *FLIGHTS).out.split())
    assert "the promotion, for endpoint dev-flight-delay, InService, since" in held
    states.stop_execution(executionArn=running)
    gone = " ".join(operate("status", *FLIGHTS).out.split())
    assert "the lock of a promotion that is ABORTED, for the next promotion" in gone
    ssm.delete_parameter(Name=lock)


def test_nothing_changes_without_a_yes(stage: SmallStage, operate: Operate):
    for command in (
        ("freeze", *DEV, "--reason", "prices"),
        ("rollback", *FLIGHTS, "--reason", "prices"),
    ):
        said = operate(*command)
        assert said.code == 1
        assert "nothing was changed, because there is nobody to ask; give --yes for: " in said.err
    assert stage.parameter("/perennial/dev/frozen") is None
    second = stage.client("sagemaker").describe_model_package(ModelPackageName=stage.packages[1])
    assert second["ModelApprovalStatus"] == "Approved"


@pytest.mark.parametrize("answer", ["n", "", "maybe"])
def test_a_person_who_does_not_say_yes_changes_nothing(
    stage: SmallStage, operate: Operate, monkeypatch: pytest.MonkeyPatch, answer: str
):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: answer)
    said = operate("freeze", *FLIGHTS, "--reason", "prices")
    assert (said.code, said.err) == (1, "operate: nothing was changed\n")
    assert stage.parameter(f"{stage.parameters}/frozen") is None


def test_a_frozen_model_says_why_who_and_when(stage: SmallStage, operate: Operate):
    said = operate("freeze", *FLIGHTS, "--reason", "prices are wrong", "--yes")
    assert said.code == 0
    value = stage.parameter(f"{stage.parameters}/frozen")
    assert value is not None
    assert value.startswith("prices are wrong (by arn:aws:iam::123456789012:root, 20")
    assert value.endswith(" UTC)") and "\n" not in value
    assert "the model: prices are wrong" in " ".join(operate("status", *DEV).out.split())


def test_a_stage_can_be_frozen_besides_and_the_first_reason_stays(
    stage: SmallStage, operate: Operate
):
    assert operate("freeze", *DEV, "--reason", "a holiday", "--yes").code == 0
    again = operate("freeze", *DEV, "--reason", "another", "--yes")
    assert (again.code, again.out.startswith("stage Dev is frozen already: a holiday")) == (0, True)
    assert "a holiday" in (stage.parameter("/perennial/dev/frozen") or "")


def test_a_model_of_a_frozen_stage_stays_still_when_it_is_unfrozen(
    stage: SmallStage, operate: Operate
):
    said = operate("unfreeze", *FLIGHTS, "--yes")
    assert said.code == 0
    assert "The whole stage still is, so nothing goes on: a holiday" in said.out
    assert stage.parameter(f"{stage.parameters}/frozen") is None
    assert stage.executions("promotion") == stage.executions("retraining") == []


def test_what_is_unfrozen_is_looked_at_by_both_machines_and_asks_for_no_run(
    stage: SmallStage, operate: Operate
):
    said = operate("unfreeze", *DEV, "--yes")
    assert said.code == 0
    assert stage.parameter("/perennial/dev/frozen") is None
    [promotion] = stage.executions("promotion")
    [retraining] = stage.executions("retraining")
    assert promotion["reason"] == retraining["reason"] == "stage Dev was unfrozen"
    assert (promotion["stack"], promotion["next"]) == ("Dev-Serving-flight-delay", "Prod")
    assert retraining["trigger"] == "re-check"


def test_the_version_that_serves_is_rejected_with_its_reason_and_a_promotion_starts(
    stage: SmallStage, operate: Operate, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or "y")
    said = operate("rollback", *FLIGHTS, "--reason", "late flights are missed")
    assert said.code == 0
    [question] = asked
    assert "Version 2 of dev-flight-delay is rejected in the registry" in question
    assert "version 1 is released again" in question
    second = stage.client("sagemaker").describe_model_package(ModelPackageName=stage.packages[1])
    assert second["ModelApprovalStatus"] == "Rejected"
    assert second["ApprovalDescription"] == "late flights are missed"
    newest = stage.executions("promotion")[0]
    assert newest["reason"] == f"{stage.packages[1]} was rejected: late flights are missed"


def test_a_second_rollback_says_that_it_was_done(stage: SmallStage, operate: Operate):
    said = operate("rollback", *FLIGHTS, "--reason", "again", "--yes")
    assert said.code == 1
    assert (
        "version 2, which serves model flight-delay in stage Dev, is rejected already" in said.err
    )
    text = " ".join(operate("status", *FLIGHTS).out.split())
    assert "version 2, which is rejected and serves on, for another version" in text


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (
            ("status", "--stage", "Dve"),
            "there is no stage 'Dve' in account 123456789012, us-east-1: no stack is called"
            " Dve-Operations; stages here are Dev",
        ),
        (("status", *DEV, "--model", "x"), "stage Dev has no model 'x'; it has flight-delay"),
        (("rollback", *DEV, "--reason", "x"), "rollback needs --model, one of flight-delay"),
        (("freeze", *DEV, "--reason", " "), "--reason must be one line of 1 to 256 characters"),
        (("freeze", *DEV, "--reason", "a\nb"), "--reason must be one line of 1 to 256 characters"),
        (("freeze", *DEV, "--reason", "{{x}}"), "got '{{x}}'"),
        (("status", *DEV, "--profile", "none"), "The config profile (none) could not be found"),
        (("status", *DEV, "--region", "xx-nowhere-1"), "there is no stage 'Dev'"),
    ],
)
def test_what_a_person_gets_wrong_is_one_sentence(
    operate: Operate, command: tuple[str, ...], sentence: str
):
    said = operate(*command)
    assert said.code == 1
    assert sentence in said.err
    assert len(said.err.splitlines()) == 1


def test_an_execution_that_told_people_of_its_failure_is_seen_as_failed(
    stage: SmallStage, operate: Operate
):
    why = {"Error": "Promotion.StackStuck", "Cause": "it is in UPDATE_ROLLBACK_FAILED"}
    begin = {"Type": "Pass", "Assign": {"failure": why}, "Next": TOLD}
    ends_so = {"QueryLanguage": "JSONata", "StartAt": "B", "States": {"B": begin} | ends("Fail")}
    states, machine = stage.client("stepfunctions"), stage.machine("promotion")
    states.update_state_machine(stateMachineArn=machine, definition=json.dumps(ends_so))
    told = json.dumps({"endpoint": stage.resource})
    failed = states.start_execution(stateMachineArn=machine, input=told)["executionArn"]

    def status() -> str | None:
        found: str = states.describe_execution(executionArn=failed)["status"]
        return None if found == "RUNNING" else found

    assert eventually(status, "its end") == "SUCCEEDED"
    text = " ".join(operate("status", *FLIGHTS).out.split())
    assert f": FAILED: {why['Error']}: {why['Cause']}" in text
    [look] = json.loads(operate("status", *FLIGHTS, "--json").out)
    last = look["release"]["last"]
    assert (last["status"], last["outcome"]) == ("FAILED", f"{why['Error']}: {why['Cause']}")
