"""A model with a monitor of each kind, in a stage that trains and in one that only serves."""

import json
from dataclasses import replace
from typing import Any

import pytest
from aws_cdk import App, Environment, Stage, Validations, assertions
from cdk_nag import AwsSolutionsChecks

from config.order import in_order
from config.schema import StageConfig
from mlops_constructs.monitoring import Attribution, Bias, DataQuality, Facet, ModelQuality
from mlops_constructs.retraining import RetrainingPolicy
from pipeline_definitions.flight_delay import MODEL
from stacks.foundation import FoundationStack
from stacks.monitoring import MonitoringStack
from tests.conftest import feature_flags
from tests.constructs_library.someones_app import of_type, the
from tests.stacks.own_stage import WIDE

Template = dict[str, Any]
WATCHED = replace(
    MODEL,
    monitors=(
        DataQuality(retrains=False),
        ModelQuality(ground_truth_prefix="arrivals", problem_type="BinaryClassification"),
        Bias(
            ground_truth_prefix="arrivals",
            label="late",
            favourable=("0",),
            facets=(Facet(name="origin", values=("LGA",)),),
            retrains=False,
        ),
        Attribution(),
    ),
    retraining=RetrainingPolicy(on_new_data=True),
)
KINDS = [monitor.kind for monitor in WATCHED.monitors]


def stacks_of(config: StageConfig) -> tuple[Template, Template]:
    """Foundation and Monitoring; the pipeline of such a model is none of theirs."""
    app = App(context=feature_flags(), analytics_reporting=False)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    stage = Stage(app, config.name, env=Environment())
    foundation = FoundationStack(stage, "Foundation", config=config)
    monitoring = MonitoringStack(
        stage, "Monitoring", config=config, model=config.models[0], foundation=foundation
    )
    app.synth()
    first, second = (
        assertions.Template.from_stack(stack).to_json() for stack in (foundation, monitoring)
    )
    return first, second


TRAINS, SERVES = in_order(
    StageConfig(name="Own", models=(WATCHED,), hosting=WIDE),
    StageConfig(name="Next", follows="Own", models=(WATCHED,), hosting=WIDE),
)


@pytest.fixture(scope="module")
def training() -> tuple[Template, Template]:
    return stacks_of(TRAINS)


@pytest.fixture(scope="module")
def serving() -> tuple[Template, Template]:
    return stacks_of(SERVES)


def names(template: Template) -> list[str]:
    outputs = template["Outputs"]
    return [*outputs["AlarmNames"]["Value"].split(","), outputs["DegradedAlarmName"]["Value"]]


def test_each_has_its_alarms_and_the_model_one_for_all(training: tuple[Template, Template]):
    _, monitoring = training
    made = {
        resource["Properties"].get("AlarmName")
        for kind in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
        for resource in of_type(monitoring, kind)
    } - {None}
    assert set(names(monitoring)) == made
    assert made == {
        "own-flight-delay-degraded",
        *(f"own-flight-delay-{k}-{what}" for k in KINDS for what in ("drift", "silent", "stale")),
    }


def test_only_drift_that_may_cause_a_retraining_does(training: tuple[Template, Template]):
    _, monitoring = training
    rule = the(monitoring, "AWS::Events::Rule")["Properties"]["EventPattern"]
    heard = [arn["Fn::Join"][1][-1] for arn in rule["resources"]]
    assert heard == [
        ":alarm:own-flight-delay-model-quality-drift",
        ":alarm:own-flight-delay-attribution-drift",
    ]
    assert TRAINS.retraining_input(WATCHED)["alarms"] == TRAINS.drift_alarm_names(WATCHED)


def label_buckets(template: Template) -> set[str]:
    """The buckets that jobs read labels in."""
    found = set()
    for policy in of_type(template, "AWS::IAM::Policy"):
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            for resource in _listed(statement["Resource"]):
                text = json.dumps(resource)
                if "/arrivals/*" in text:
                    found.add("".join(p for p in resource["Fn::Join"][1] if isinstance(p, str)))
    return found


def _listed(resource: Any) -> list[Any]:
    return resource if isinstance(resource, list) else [resource]


@pytest.mark.parametrize("stage", ["training", "serving"])
def test_labels_lie_in_the_data_bucket_of_the_stage_whose_requests_they_are_for(
    stage: str, request: pytest.FixtureRequest
):
    foundation, monitoring = request.getfixturevalue(stage)
    prefix = {"training": "own", "serving": "next"}[stage]
    assert "DataBucketName" in foundation["Outputs"]
    buckets = [
        json.dumps(bucket["Properties"].get("BucketName"))
        for bucket in of_type(foundation, "AWS::S3::Bucket")
    ]
    assert sum(f"perennial-{prefix}-data-" in name for name in buckets) == 1
    [read] = label_buckets(monitoring)
    assert f"perennial-{prefix}-data-" in read


def test_labels_in_a_stage_that_only_serves_announce_nothing(
    training: tuple[Template, Template], serving: tuple[Template, Template]
):
    announced = [
        "NotificationConfiguration" in bucket["Properties"]
        for foundation, _ in (training, serving)
        for bucket in of_type(foundation, "AWS::S3::Bucket")
        if "-data-" in json.dumps(bucket["Properties"].get("BucketName"))
    ]
    assert announced == [True, False]


def test_the_dashboard_names_the_served_version_and_what_acts_in_the_stage(
    training: tuple[Template, Template], serving: tuple[Template, Template]
):
    for (_, monitoring), machines in ((training, 2), (serving, 1)):
        body = the(monitoring, "AWS::CloudWatch::Dashboard")["Properties"]["DashboardBody"]
        parts = body["Fn::Join"][1]
        assert {"Fn::Select": [0, {"Ref": "Slot"}]} in parts
        text = "".join(part if isinstance(part, str) else "token" for part in parts)
        titles = [widget["properties"].get("title", "") for widget in json.loads(text)["widgets"]]
        assert sum(title.endswith("of all models of the stage") for title in titles) == machines
        assert ("training runs" in titles) == (machines == 2)
