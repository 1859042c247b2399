"""Probes say what they saw: made-up looks, one by one."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from rehearsal.on_aws.probes import PROBES, clocks, endpoints, lists, machines, registry, stacks
from rehearsal.on_aws.record import Record
from rehearsal.on_aws.telling import Told
from rehearsal.on_aws.witness import Look, Witness

DEV = "dev-flight-delay"
ALARM = f"{DEV}-5xx-new"


class Answers:
    """A world whose clients answer what they are told to, and whose time is a counter."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.moment = 0.0
        self.time = SimpleNamespace(now=self._now)

    def _now(self) -> float:
        self.moment += 1
        return self.moment

    def client(self, _: str) -> Any:
        return self

    def __getattr__(self, operation: str) -> Any:
        return lambda **_: self.answers[operation]

    def get_paginator(self, operation: str) -> Any:
        return SimpleNamespace(paginate=lambda **_: [self.answers[operation]])


def told(world: Any, *looks: Look) -> Told:
    """A story whose witness has looked, up to the failing version."""
    witness = Witness(world, looks=list(looks))
    names = SimpleNamespace(
        endpoint=DEV, group=DEV, pipeline=DEV, serving="Dev-Serving", promotion="p", retraining="r"
    )
    record = Record(None, "run", "1", "r", [], [])
    return Told(record, witness, names=names, first="v1", second="v2", failed="v3")


def look(when: float, status: str, config: str = "old", pending: str = "", **said: Any) -> Look:
    summary = {"EndpointConfigName": pending, "ProductionVariants": said.pop("new", [{}])}
    shown = {"PendingDeploymentSummary": summary} if pending else {}
    return Look(when, {"EndpointName": DEV, "EndpointStatus": status, "EndpointConfigName": config,
                       **shown, **said})  # fmt: skip


def failed_until(story: Told, last: float, recovered: float) -> Told:
    story.witness.last_failure[DEV] = last
    story.witness.recovered[DEV] = recovered
    return story


REST = look(0, "InService")


@pytest.mark.parametrize(
    ("looks", "holds"),
    [
        ([REST, look(1, "Updating", "old", "new")], True),
        ([REST, look(1, "Updating", "new", "new")], False),
        ([REST, look(1, "Updating", "old", "new"), look(2, "Updating", "new", "new")], False),
        # CloudFormation applies the old config once more: nothing new is pending.
        ([REST, look(1, "Updating", "old", "old")], None),
        ([look(1, "Updating", "old", "new")], None),
        ([REST], None),
    ],
)
def test_the_config_s_name_during_a_release(looks: list[Look], holds: bool | None):
    world = Answers()
    assert endpoints.old_name_until_the_end(world, told(world, *looks)).holds is holds


@pytest.mark.parametrize(
    ("looks", "holds"),
    [
        ([REST, look(5, "RollingBack", "old", "new"), look(6, "InService")], True),
        ([REST, look(5, "RollingBack"), look(6, "InService")], True),
        ([REST, look(5, "Updating", "old", "new"), look(6, "InService")], False),
        # Before all requests are answered again nothing may be taken back yet.
        ([REST, look(3.5, "Updating", "old", "new"), look(6, "InService")], None),
        # What follows at once is CloudFormation's own update, back to the old config.
        ([REST, look(5, "Updating", "old", "old"), look(6, "InService")], None),
        ([REST, look(6, "InService"), look(7, "Updating", "old", "new")], None),
    ],
)
def test_the_status_while_a_version_is_taken_back(looks: list[Look], holds: bool | None):
    world = Answers()
    story = failed_until(told(world, *looks), last=3, recovered=4)
    assert endpoints.rolling_back(world, story).holds is holds


def test_without_a_failing_request_there_was_no_rollback():
    world = Answers()
    story = told(world, REST, look(5, "RollingBack"))
    assert endpoints.rolling_back(world, story).holds is None


@pytest.mark.parametrize(
    ("reason", "holds"),
    [(f"alarms in state ALARM: {ALARM}", True), ("Something went wrong", False), ("", None)],
)
def test_the_failure_reason_after_a_rollback(reason: str, holds: bool | None):
    world = Answers(describe_stack_events={"StackEvents": []})
    story = failed_until(told(world, REST, look(6, "InService", FailureReason=reason)), 3, 4)
    seen = endpoints.failure_reason(world, story)
    assert (seen.holds, seen.in_part) == (holds, holds is not None)


DELETING = [{"VariantStatus": [{"Status": "Deleting"}]}]


@pytest.mark.parametrize(
    ("looks", "holds", "in_part"),
    [
        ([look(1, "Updating", "old", "new", ProductionVariants=DELETING)], True, True),
        ([look(1, "Updating", "old", "new", new=DELETING)], False, False),
        ([look(5, "RollingBack", "old", "new", new=DELETING)], True, True),
        ([look(5, "RollingBack", "old", "new", ProductionVariants=DELETING)], False, False),
        ([look(1, "Updating", "old", "new", ProductionVariants=DELETING),
          look(5, "RollingBack", "old", "new", new=DELETING)], True, False),
        ([look(1, "Updating", "old", "new")], None, False),
    ],
)  # fmt: skip
def test_where_deleting_is_shown(looks: list[Look], holds: bool | None, in_part: bool):
    world = Answers()
    story = failed_until(told(world, REST, *looks), last=3, recovered=4)
    seen = endpoints.deleting(world, story)
    assert (seen.holds, seen.in_part) == (holds, in_part)


@pytest.mark.parametrize(("records", "holds"), [(10, True), (13, False), (11, None)])
def test_what_is_captured_of_failures(
    monkeypatch: pytest.MonkeyPatch, records: int, holds: bool | None
):
    world = Answers()
    story = failed_until(told(world), last=3, recovered=4)
    story.witness.answered[DEV], story.witness.failed[DEV] = 10, 3
    monkeypatch.setattr(endpoints, "recorded", lambda *_: records)
    assert endpoints.captured_failures(world, story).holds is holds


def event(code: str, cause: str, kind: str = "sagemaker") -> dict[str, Any]:
    details = {"resourceType": f"aws-sdk:{kind}", "error": code, "cause": cause}
    return {"events": [{"taskFailedEventDetails": details}]}


CAUSE = "Could not find it. (Service: SageMaker, Status Code: 400, Request ID: 1-2)"


@pytest.mark.parametrize(
    ("code", "kind", "holds"),
    [
        ("SageMaker.SageMakerException", "sagemaker", True),
        ("SageMaker.ResourceNotFoundException", "sagemaker", True),
        ("Ssm.ParameterAlreadyExistsException", "ssm", True),
        ("SageMaker.ValidationException", "sagemaker", False),
        ("SageMaker.ResourceNotFound", "sagemaker", False),
        ("Ssm.SageMakerException", "sagemaker", False),
    ],
)
def test_names_of_errors_are_those_of_java(code: str, kind: str, holds: bool):
    """ValidationException is in none of SageMaker's models, so Java has no class for it."""
    world = Answers(
        list_executions={"executions": [{"executionArn": "e"}]},
        get_execution_history=event(code, CAUSE, kind),
    )
    assert machines.error_names(world, told(world)).holds is holds


@pytest.mark.parametrize(
    ("cause", "holds"),
    [
        (CAUSE, True),
        (f"{CAUSE} (SDK Attempt Count: 1)", True),
        ("Could not find it.", False),
        ("(Service: SageMaker; Status Code: 400; Request ID: 1)", False),
    ],
)
def test_causes_of_errors(cause: str, holds: bool):
    world = Answers(
        list_executions={"executions": [{"executionArn": "e"}]},
        get_execution_history=event("SageMaker.SageMakerException", cause),
    )
    assert machines.error_cause(world, told(world)).holds is holds


def test_where_no_call_was_refused_no_name_was_seen():
    world = Answers(list_executions={"executions": []})
    assert machines.error_names(world, told(world)).holds is None


def listed(*moments: int, when: str) -> list[dict[str, Any]]:
    return [{when: moment, "PipelineExecutionArn": "run"} for moment in moments]


@pytest.mark.parametrize(
    ("runs", "steps", "holds", "in_part"),
    [
        ((2, 1), (3, 2, 1), True, False),
        ((2, 1), (1, 2, 3), False, False),
        ((1, 2), (3, 2, 1), False, False),
        ((2, 1), (1,), True, True),
        ((2,), (1, 3, 2), False, True),
    ],
)
def test_the_order_of_lists(
    runs: tuple[int, ...], steps: tuple[int, ...], holds: bool, in_part: bool
):
    world = Answers(
        list_pipelines={"PipelineSummaries": listed(2, 1, when="CreationTime")},
        list_pipeline_executions={"PipelineExecutionSummaries": listed(*runs, when="StartTime")},
        list_pipeline_execution_steps={"PipelineExecutionSteps": listed(*steps, when="StartTime")},
    )
    seen = lists.newest_first(world, told(world))
    assert (seen.holds, seen.in_part) == (holds, in_part)


@pytest.mark.parametrize(
    ("reason", "holds"),
    [
        ("Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints"
         " were treated as [NonBreaching].", True),
        ("Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were"
         " treated as [Breaching].", True),
        ("Insufficient Data: 5 datapoints were unknown.", True),
        ("There was a missing datapoint.", False),
        ("Unchecked: Initial alarm creation", None),
    ],
)  # fmt: skip
def test_what_alarms_say_of_missing_data(reason: str, holds: bool | None):
    world = Answers(describe_alarms={"MetricAlarms": [{"StateReason": reason}]})
    assert clocks.reason_of_missing_data(world, told(world)).holds is holds


@pytest.mark.parametrize("name", [None, "dev-flight-delay"])
def test_whether_versions_have_a_name(name: str | None):
    """Some answers leave the member out; botocore calls it required."""
    package = {"ModelPackageArn": "v1"} | ({"ModelPackageName": name} if name else {})
    world = Answers(
        describe_model_package=package, list_model_packages={"ModelPackageSummaryList": [package]}
    )
    assert registry.versions_have_no_name(world, told(world)).holds is (name is None)


@pytest.mark.parametrize(("shown", "holds", "in_part"), [(True, True, True), (False, False, False)])
def test_whether_a_life_cycle_is_in_summaries(shown: bool, holds: bool, in_part: bool):
    package = {"ModelPackageArn": "v1", "ModelLifeCycle": {"Stage": "Prod"}}
    summary = package if shown else {"ModelPackageArn": "v1"}
    world = Answers(
        describe_model_package=package, list_model_packages={"ModelPackageSummaryList": [summary]}
    )
    seen = registry.life_cycle_in_summaries(world, told(world))
    assert (seen.holds, seen.in_part) == (holds, in_part)


STACK, ENDPOINT = "AWS::CloudFormation::Stack", "AWS::SageMaker::Endpoint"
SCHEDULE, JOB = "AWS::SageMaker::MonitoringSchedule", "AWS::SageMaker::DataQualityJobDefinition"
REPORTED = (
    (STACK, "UPDATE_IN_PROGRESS"), (ENDPOINT, "UPDATE_IN_PROGRESS"), (ENDPOINT, "UPDATE_FAILED"),
    (STACK, "UPDATE_ROLLBACK_IN_PROGRESS"), (STACK, "UPDATE_ROLLBACK_COMPLETE"),
)  # fmt: skip
SILENT = (
    (STACK, "UPDATE_IN_PROGRESS"), (ENDPOINT, "UPDATE_IN_PROGRESS"), (ENDPOINT, "UPDATE_COMPLETE"),
    (STACK, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"), (STACK, "UPDATE_COMPLETE"),
)  # fmt: skip
REAPPLIED = (*REPORTED[:4], (ENDPOINT, "UPDATE_COMPLETE"), REPORTED[4])


def happened(*events: tuple[str, str]) -> dict[str, Any]:
    """One a second, as DescribeStackEvents gives them: the newest first."""
    told = [
        {
            "ResourceType": kind,
            "ResourceStatus": status,
            "Timestamp": datetime.fromtimestamp(n, UTC),
        }
        for n, (kind, status) in enumerate(events)
    ]
    return {"StackEvents": told[::-1]}


def taken_back(*events: tuple[str, str], after: int) -> tuple[Any, Told]:
    """A version that was taken back; the last request failed so many seconds after the first."""
    stamped = {"CustomerMetadataProperties": {"perennial:dev": "rolled back 2026-01-01"}}
    world = Answers(describe_stack_events=happened(*events), describe_model_package=stamped)
    story = told(world)
    story.witness.last_failure[DEV] = after
    return world, story


@pytest.mark.parametrize(("failing", "holds"), [(REPORTED, True), (SILENT, False)])
def test_what_cloudformation_said_of_the_failing_release_and_not_of_those_around_it(
    failing: tuple[tuple[str, str], ...], holds: bool
):
    """Promotion updates the stack once more afterwards, so that it agrees with the endpoint."""
    around = REPORTED if failing is SILENT else SILENT
    seen = stacks.rollback_fails_the_stack(*taken_back(*around, *failing, *around, after=6))
    assert seen.holds is holds, seen.what


@pytest.mark.parametrize(
    ("failing", "holds"), [(REAPPLIED, True), (REPORTED, False), (SILENT, None)]
)
def test_what_the_rollback_of_a_stack_does_to_the_endpoint(
    failing: tuple[tuple[str, str], ...], holds: bool | None
):
    seen = stacks.rollback_reapplies(*taken_back(*failing, *SILENT, after=1))
    assert seen.holds is holds, seen.what


def test_a_release_that_is_not_over_says_nothing_of_its_end():
    seen = stacks.rollback_fails_the_stack(*taken_back(*SILENT[:3], after=2))
    assert (seen.holds, seen.what) == (None, "the stack's update is UPDATE_IN_PROGRESS")


@pytest.mark.parametrize(
    ("events", "holds"),
    [
        ([(JOB, "CREATE_COMPLETE"), (SCHEDULE, "CREATE_COMPLETE")], True),
        ([(JOB, "CREATE_COMPLETE"), (SCHEDULE, "CREATE_FAILED")], False),
        ([(JOB, "CREATE_FAILED")], False),
        ([(JOB, "CREATE_COMPLETE")], None),
        ([], None),
    ],
)
def test_whether_model_monitor_is_open(events: list[tuple[str, str]], holds: bool | None):
    world = Answers(describe_stack_events=happened(*events))
    story = told(world)
    story.production = SimpleNamespace(monitoring="Prod-Monitoring")
    seen = stacks.model_monitor_is_open(world, story)
    assert seen.holds is holds
    assert holds is not False or "monitoring=OpenEngine() for Prod in config/stages.py" in seen.what


def recheck(*executions: tuple[int, str]) -> Any:
    """A schedule that was made at second 100, and executions by their start and input."""
    created = {"ResourceType": "AWS::Scheduler::Schedule", "PhysicalResourceId": "daily",
               "ResourceStatus": "CREATE_COMPLETE"}  # fmt: skip
    begun = [
        {"executionArn": told, "startDate": datetime.fromtimestamp(when, UTC)}
        for when, told in executions
    ]
    world = Answers(
        describe_stacks={"Stacks": [{"StackId": "id"}]},
        describe_stack_events={"StackEvents": [created]},
        get_schedule={"CreationDate": datetime.fromtimestamp(100, UTC),
                      "Target": {"Input": '{"stage": "dev"}'}},
        list_executions={"executions": begun},
    )  # fmt: skip
    world.describe_execution = lambda executionArn: {"input": executionArn}
    return world


@pytest.mark.parametrize(
    ("executions", "holds"),
    [
        ([(130, '{"stage": "dev"}')], True),
        ([(130, '{"stage": "dev", "reason": "approved"}')], False),
        ([(99, '{"stage": "dev"}'), (701, '{"stage": "dev"}')], False),
        ([], False),
    ],
)
def test_whether_a_rate_fires_when_its_schedule_is_made(
    executions: list[tuple[int, str]], holds: bool
):
    world = recheck(*executions)
    assert clocks.rate_fires_at_once(world, told(world)).holds is holds


def test_a_story_that_did_not_come_so_far_shows_nothing():
    world = Answers()
    nothing = Told(Record(None, "run", "1", "r", [], []), Witness(world))
    assert {probe(world, nothing).holds for probe in PROBES.values()} == {None}
