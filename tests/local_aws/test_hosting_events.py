"""The events of an endpoint, held against the samples of AWS's documentation.

https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
"""

import json
from pathlib import Path
from typing import Any, cast

import pytest

from local_aws.hosting import rollout, state_change
from local_aws.hosting.container import Container, ContainerFailed
from local_aws.hosting.deployment import all_at_once
from local_aws.hosting.endpoint import Endpoint, PendingDeployment
from local_aws.hosting.endpoint_configs import EndpointConfig
from local_aws.hosting.fleet import Fleet, Variant
from local_aws.hosting.launch_fleet import Plan
from local_aws.hosting.log_stream import LogStream
from local_aws.hosting.metrics import EndpointMetrics

DOCUMENTED = Path(__file__).parent / "documented"
Event = tuple[str, dict[str, Any], list[str]]


class Nothing:
    """Stands for a container and its log."""

    def stop(self) -> None: ...
    def deliver(self) -> None: ...
    def remove_files(self) -> None: ...


@pytest.fixture
def emitted(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """The events that are sent, in order."""
    events: list[Event] = []
    monkeypatch.setattr(state_change, "emit", lambda *event: events.append(event))
    return events


def fleet(config: str) -> Fleet:
    variant = Variant(
        name="AllTraffic",
        image="image",
        weight=1.0,
        instance_count=3,
        container=cast(Container, Nothing()),
        log=cast(LogStream, Nothing()),
    )
    return Fleet(config_name=config, variants=[variant])


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


def test_a_stage_has_the_documented_members(emitted: list[Event]) -> None:
    pending = PendingDeployment(
        config_name="config-2",
        stage="Baking",
        message="Baking for 600 seconds",
        start_time=1635195148.181,
        fleet=fleet("config-2"),
    )
    state_change.announce_stage(endpoint(status="Updating", pending=pending))
    sample = documented("endpoint-deployment-state-change")
    ((detail_type, detail, _),) = emitted
    assert detail_type == sample["detail-type"]
    assert sample["detail"].keys() <= detail.keys()
    summary, expected = (found["PendingDeploymentSummary"] for found in (detail, sample["detail"]))
    assert expected.keys() == summary.keys()
    assert summary["StartTime"] == expected["StartTime"]
    (variant,), (documented_variant,) = (
        summary["ProductionVariants"],
        expected["ProductionVariants"],
    )
    assert documented_variant.keys() <= variant.keys()
    assert variant["VariantStatus"][0].keys() == documented_variant["VariantStatus"][0].keys()


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
        detail["PendingDeploymentSummary"]["ProductionVariants"][0]["VariantStatus"][0]["Status"]
        if "Deployment" in detail_type
        else detail["EndpointStatus"]
        for detail_type, detail, _ in emitted
    ]


def test_an_update_tells_each_stage(emitted: list[Event], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollout, "launch", lambda plan, _: fleet(plan.config.name))
    pending = PendingDeployment(config_name="config-2", stage="Creating", message="", start_time=0)
    updated = endpoint(status="Updating", pending=pending)
    rollout.update(updated, plan("config-2"), all_at_once)
    assert statuses(emitted) == ["UPDATING", "ActivatingTraffic", "Deleting", "IN_SERVICE"]
    assert [detail["EndpointConfigName"] for _, detail, _ in emitted] == [
        "config-1",
        "config-1",
        "config-1",
        "config-2",
    ]


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
