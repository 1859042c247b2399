"""How a stage releases its models, and what of it stands in the templates."""

import json
from pathlib import Path
from typing import Any

import pytest

from mlops_constructs.problems import InvalidProps
from mlops_constructs.serving import (
    UNGUARDED,
    AllAtOnce,
    Canary,
    RollbackAlarms,
    marketplace_problems,
)
from tests.linted import findings
from tests.stacks.own_stage import WIDE, Templates, differences, of_type, own_stage, templates_of

SERVING = "Own-Serving-flight-delay"
ENDPOINT = "AWS::SageMaker::Endpoint"


@pytest.fixture(scope="module")
def canary() -> Templates:
    return templates_of(own_stage(release=Canary(percent=25)))


def test_a_changed_canary_is_a_changed_canary_and_nothing_else(canary: Templates):
    changed = templates_of(own_stage(release=Canary(percent=10)))
    found = differences(canary, changed)
    [endpoint] = [
        name
        for name, resource in canary[SERVING]["Resources"].items()
        if resource["Type"] == ENDPOINT
    ]
    shift = "Properties/DeploymentConfig/BlueGreenUpdatePolicy/TrafficRoutingConfiguration"
    assert found == {
        f"/{SERVING}/Outputs/ReleasePolicy/Value": ("CANARY 25 %, 10 min", "CANARY 10 %, 10 min"),
        f"/{SERVING}/Resources/{endpoint}/{shift}/CanarySize/Value": (25, 10),
    }


def test_a_single_model_may_be_released_otherwise():
    careful, bold = Canary(percent=10), AllAtOnce()
    config = own_stage(release=careful, release_of={"flight-delay": bold})
    [model] = config.models
    assert config.release_for(model) is bold
    assert own_stage(release=careful).release_for(model) is careful


def test_the_serving_stack_tells_its_policy_and_its_alarms(canary: Templates):
    outputs = canary[SERVING]["Outputs"]
    assert outputs["ReleasePolicy"] == {"Value": "CANARY 25 %, 10 min"}
    assert outputs["RollbackAlarmNames"]["Condition"] == outputs["EndpointConfigName"]["Condition"]
    separator, parts = outputs["RollbackAlarmNames"]["Value"]["Fn::Join"]
    named = separator.join("!" if isinstance(part, dict) else part for part in parts)
    assert named == "!,!"


def test_a_release_without_alarms_names_none():
    release = AllAtOnce(alarms=None, termination_wait_seconds=0)
    templates = templates_of(own_stage(release=release))
    assert "RollbackAlarmNames" not in templates[SERVING]["Outputs"]
    [endpoint] = of_type(templates, ENDPOINT)
    assert "AutoRollbackConfiguration" not in endpoint["DeploymentConfig"]


def test_a_guarded_release_passes_cfn_lint(canary: Templates, tmp_path: Path):
    template = tmp_path / "canary.template.json"
    template.write_text(json.dumps(canary[SERVING]))
    assert findings(template) == []


def test_dev_releases_with_one_instance_all_at_once_and_can_still_go_back(
    templates: dict[str, dict[str, Any]],
):
    templates = {"": templates["Dev-Serving-flight-delay"]}
    [endpoint] = of_type(templates, ENDPOINT)
    deployment = endpoint["DeploymentConfig"]
    shift = deployment["BlueGreenUpdatePolicy"]
    assert shift["TrafficRoutingConfiguration"]["Type"] == "ALL_AT_ONCE"
    assert shift["TerminationWaitInSeconds"] >= RollbackAlarms().ring_after_seconds
    assert len(deployment["AutoRollbackConfiguration"]["Alarms"]) == 2
    [config] = of_type(templates, "AWS::SageMaker::EndpointConfig")
    assert config["ProductionVariants"][0]["InitialInstanceCount"] == 1


REGISTRATION = """{"Steps": [{"Type": "RegisterModel", "Arguments": {"InferenceSpecification":
{"Containers": [{"Image": "…", "ProductId": "prod-1"}]}}}]}"""


def test_a_container_from_the_marketplace_is_refused_since_nothing_would_guard_it():
    [said] = marketplace_problems("churn", REGISTRATION, WIDE, Canary(percent=25))
    assert said.startswith(
        "endpoint 'churn' can't be released by Canary with alarms or waits and have ProductId in "
        "its pipeline's definition, as with containers from AWS Marketplace: "
    )
    assert not list(marketplace_problems("churn", REGISTRATION, WIDE, UNGUARDED))


def test_the_serving_stack_looks_for_such_a_container(monkeypatch: pytest.MonkeyPatch):
    class Subscribed:
        body = REGISTRATION

    monkeypatch.setattr("stacks.platform_stage.load_definition", lambda model: Subscribed())
    monkeypatch.setattr("stacks.platform_stage.TrainingStack", lambda *a, **k: _Nothing())
    with pytest.raises(InvalidProps, match="have ProductId in its pipeline's definition"):
        templates_of(own_stage(release=Canary(percent=25)))


class _Nothing:
    def add_stack_dependency(self, stack: Any) -> None:
        pass
