"""The events of an endpoint, held against the samples of AWS's documentation.

https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
"""

import json
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session

from local_aws.core import assumptions
from local_aws.hosting import rollout, state_change
from local_aws.hosting.container import ContainerFailed
from local_aws.hosting.deployment import Deployment, deployment_of
from local_aws.hosting.endpoint import Endpoint
from local_aws.hosting.endpoint_configs import EndpointConfig
from local_aws.hosting.fleet import Fleet
from local_aws.hosting.guard import Guard, RolledBack
from local_aws.hosting.launch_fleet import Plan
from local_aws.hosting.metrics import EndpointMetrics
from local_aws.hosting.pending import (
    PendingDeployment,
    PendingVariant,
    activating,
    baking,
    creating,
    deleting,
)
from local_aws.hosting.steps import Step
from tests.local_aws import fleets

DOCUMENTED = Path(__file__).parent / "documented"
Event = tuple[str, dict[str, Any], list[str]]


@pytest.fixture
def emitted(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """The events that are sent, in order."""
    events: list[Event] = []
    monkeypatch.setattr(state_change, "emit", lambda *event: events.append(event))
    return events


def fleet(config: str) -> Fleet:
    return fleets.fleet(config=config, instances=3, AllTraffic=1.0)


def pending(**changes: Any) -> PendingDeployment:
    variant = PendingVariant(name="AllTraffic", image="image", weight=1.0, instance_count=3)
    members = {
        "config_name": "config-2",
        "variants": [variant],
        "start_time": 1635195148.181,
        "stage": creating(),
        **changes,
    }
    return PendingDeployment(**members)


def plan(config: str) -> Plan:
    return Plan(
        config=EndpointConfig(name=config, variants=(), capture=None, described={}), servings=()
    )


def endpoint(**changes: Any) -> Endpoint:
    found = Endpoint(
        name="flights",
        arn="arn:aws:sagemaker:us-east-1:123456789012:endpoint/flights",
        config_name="config-1",
        creation_time=1592411992.203,
        last_modified_time=1592411994.287,
        metrics=EndpointMetrics(endpoint_name="flights", put=lambda *_: None),
        **changes,
    )
    found.traffic.switch(fleet("config-1"))
    return found


def documented(name: str) -> dict[str, Any]:
    sample: dict[str, Any] = json.loads((DOCUMENTED / f"{name}.json").read_text())
    return sample


def test_a_state_change_has_the_documented_members_and_casing(emitted: list[Event]) -> None:
    state_change.announce(endpoint(status="InService"))
    sample = documented("endpoint-state-change")
    ((detail_type, detail, resources),) = emitted
    assert detail_type == sample["detail-type"]
    assert sample["detail"].keys() <= detail.keys()
    assert detail["EndpointStatus"] == sample["detail"]["EndpointStatus"] == "IN_SERVICE"
    assert detail["CreationTime"] == sample["detail"]["CreationTime"]
    assert resources == ["arn:aws:sagemaker:us-east-1:123456789012:endpoint/flights"]


def test_a_canary_that_bakes_is_told_as_in_the_documented_sample(emitted: list[Event]) -> None:
    stage = replace(baking(600, "TerminationWaitInSeconds", "canary"), since=1635195269.181)
    deployment = pending(stage=stage, active=Fraction(1, 3))
    state_change.announce_stage(endpoint(status="Updating", pending=deployment))
    sample = documented("endpoint-deployment-state-change")
    ((detail_type, detail, _),) = emitted
    assert detail_type == sample["detail-type"]
    assert sample["detail"].keys() <= detail.keys()
    assert detail["EndpointStatus"] == sample["detail"]["EndpointStatus"] == "UPDATING"
    summary, expected = (found["PendingDeploymentSummary"] for found in (detail, sample["detail"]))
    assert expected.keys() == summary.keys()
    assert summary["StartTime"] == expected["StartTime"]
    (variant,), (documented_variant,) = (
        summary["ProductionVariants"],
        expected["ProductionVariants"],
    )
    assert {name: variant[name] for name in documented_variant} == documented_variant
    (old,), (documented_old,) = detail["ProductionVariants"], sample["detail"]["ProductionVariants"]
    assert {name: old[name] for name in documented_old} == documented_old


@pytest.mark.parametrize(
    ("stage", "active", "message"),
    [
        (creating(), 0, "Launching 3 instance(s)."),
        (deleting(), 0, "Terminating 3 instance(s)."),
        (activating("canary"), Fraction(1, 4), "Activating traffic on canary capacity of 1 "),
        (
            baking(9, "TerminationWaitInSeconds", "full"),
            1,
            "Baking for 9 seconds (TerminationWaitInSeconds) with traffic enabled on full "
            "capacity of 3 instance(s).",
        ),
    ],
)
def test_each_stage_has_its_documented_message(stage: Any, active: Any, message: str) -> None:
    (variant,) = pending(stage=stage, active=Fraction(active)).summary()["ProductionVariants"]
    assert variant["VariantStatus"][0]["StatusMessage"].startswith(message)


@pytest.mark.parametrize(
    ("status", "written"),
    [("Creating", "CREATING"), ("RollingBack", "ROLLING_BACK"), ("Failed", "FAILED")],
)
def test_each_status_is_written_in_upper_case(
    emitted: list[Event], status: str, written: str
) -> None:
    state_change.announce(endpoint(status=status))
    assert emitted[0][1]["EndpointStatus"] == written


def statuses(emitted: list[Event]) -> list[str]:
    return [
        stage_of(detail) if "Deployment" in detail_type else detail["EndpointStatus"]
        for detail_type, detail, _ in emitted
    ]


def stage_of(detail: dict[str, Any]) -> str:
    """Whose stage it is, and which."""
    for fleet, members in (("green", detail["PendingDeploymentSummary"]), ("blue", detail)):
        (variant,) = members["ProductionVariants"]
        if variant.get("VariantStatus"):
            return f"{fleet} {variant['VariantStatus'][0]['Status']}"
    return "none"


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[Fleet]:
    """The fleets that were launched."""
    found: list[Fleet] = []

    def launch(plan: Plan, _: str) -> Fleet:
        found.append(fleet(plan.config.name))
        return found[-1]

    monkeypatch.setattr(rollout, "launch", launch)
    return found


def updated(deployment: Deployment, guard: Guard) -> Endpoint:
    found = endpoint(status="Updating", pending=pending(), guard=guard)
    rollout.update(found, plan("config-2"), deployment, guard)
    return found


def test_an_update_tells_each_stage(emitted: list[Event], launched: list[Fleet]) -> None:
    deployment = deployment_of(None, ())
    serving = updated(deployment, Guard(deployment))
    told = ["UPDATING", "green Creating", "green ActivatingTraffic", "blue Deleting", "IN_SERVICE"]
    assert statuses(emitted) == told
    configs = [detail["EndpointConfigName"] for _, detail, _ in emitted]
    assert configs == ["config-1"] * 4 + ["config-2"]
    (ending,) = emitted[3][1]["ProductionVariants"][0]["VariantStatus"]
    assert ending["StatusMessage"] == "Terminating 3 instance(s)."
    assert abs(ending["StartTime"] / 1000 - time.time()) < 60  # milliseconds
    assert serving.traffic.fleet is launched[0]
    assert serving.guard is serving.pending is serving.ending is None


@pytest.mark.parametrize("shown", [True, False])
def test_a_rollback_tells_that_traffic_went_back_and_why(
    emitted: list[Event],
    launched: list[Fleet],
    monkeypatch: pytest.MonkeyPatch,
    shown: bool,
) -> None:
    switch = f"rollback-shows-as-rolling-back={str(shown).lower()}"
    monkeypatch.setenv(assumptions.VARIABLE, switch)
    deployment = Deployment(steps=[Step(share=Fraction(1), bake_seconds=60, bake_member="Wait")])
    guard = Guard(deployment)

    def wait(seconds: float = 0) -> None:
        if seconds:
            guard.ring(["errors"])
        Guard.wait(guard, seconds)

    monkeypatch.setattr(guard, "wait", wait)
    serving = updated(deployment, guard)
    told = ["UPDATING", "green Creating", "green ActivatingTraffic", "green Baking"]
    assert statuses(emitted) == [
        *told,
        *(["ROLLING_BACK"] if shown else []),
        "green Deleting",
        "IN_SERVICE",
    ]
    assert {detail["EndpointConfigName"] for _, detail, _ in emitted} == {"config-1"}
    assert emitted[-1][1]["FailureReason"] == (
        "The deployment was rolled back because these CloudWatch alarms were in state ALARM: "
        "errors."
    )
    assert fleets.is_stopped(launched[0])
    assert serving.traffic.fleet is not launched[0]


def test_an_alarm_that_rings_while_the_new_fleet_is_launched_keeps_all_traffic_from_it(
    emitted: list[Event], launched: list[Fleet], monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment = deployment_of(None, ())
    guard = Guard(deployment)
    launch = rollout.launch

    def launch_and_ring(plan: Plan, name: str) -> Fleet:
        guard.ring(["latency"])
        return launch(plan, name)

    monkeypatch.setattr(rollout, "launch", launch_and_ring)
    serving = updated(deployment, guard)
    told = ["UPDATING", "green Creating", "ROLLING_BACK", "green Deleting", "IN_SERVICE"]
    assert statuses(emitted) == told
    assert fleets.is_stopped(launched[0])
    assert serving.config_name == "config-1"


def test_the_names_of_many_alarms_are_cut_to_what_a_failure_reason_may_hold() -> None:
    guard = Guard(deployment_of(None, ()))
    guard.ring([str(number) * 255 for number in range(10)])
    with pytest.raises(RolledBack) as reason:
        guard.wait()
    model = Session().get_service_model("sagemaker")
    longest = model.shape_for("DescribeEndpointOutput").members["FailureReason"].metadata["max"]
    assert len(str(reason.value)) == longest


def test_a_deployment_that_is_over_time_is_rolled_back_as_soon_as_it_is_seen(
    emitted: list[Event], launched: list[Fleet]
) -> None:
    deployment = Deployment(steps=deployment_of(None, ()).steps, timeout_seconds=0)
    serving = updated(deployment, Guard(deployment))
    assert serving.status == "InService"
    assert serving.failure_reason == (
        "The deployment was rolled back because it did not end within 0 seconds "
        "(MaximumExecutionTimeoutInSeconds)."
    )
    assert launched == []


def test_a_creation_that_fails_says_so_with_its_reason(
    emitted: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    def launch(*_: object) -> Fleet:
        raise ContainerFailed("did not pass the ping health check")

    monkeypatch.setattr(rollout, "launch", launch)
    created = endpoint()
    rollout.create(created, plan("config-1"))
    assert statuses(emitted) == ["CREATING", "FAILED"]
    assert emitted[-1][1]["FailureReason"] == "did not pass the ping health check"
