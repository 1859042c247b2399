"""What asks for runs of a model, by its policy."""

import json
from dataclasses import replace
from typing import Any

import pytest
from aws_cdk import App, Stack

from config.schema import StageConfig
from config.stages import DEV
from mlops_constructs.retraining import RetrainingPolicy
from mlops_constructs.retraining.definition import INPUT
from pipeline_definitions.flight_delay import MODEL
from stacks.platform_stage import PlatformStage
from tests.conftest import feature_flags
from tests.constructs_library.someones_app import of_type, synthesized, the

Templates = dict[str, dict[str, Any]]
TRAINING = "Dev-Training-flight-delay"
EAGER = RetrainingPolicy(cool_down_hours=12, runs_per_day=3, on_new_data=True, every_days=7)
TOLD = {
    "model": "flight-delay",
    "stage": "dev",
    "group": "dev-flight-delay",
    "endpoint": "dev-flight-delay",
    "pipeline": "dev-flight-delay",
    "slot": "/perennial/dev/flight-delay/slot",
    "alarms": DEV.drift_alarm_names(MODEL),
}


@pytest.fixture(scope="module")
def eager() -> Templates:
    """The stage Dev with a model that is trained again for every reason there is."""
    model = replace(MODEL, retraining=EAGER)
    config = StageConfig(name="Dev", models=(model,), hosting=DEV.hosting)
    app = App(context=feature_flags(), analytics_reporting=False)
    stage = PlatformStage(app, "Dev", config=config)
    stacks = [child for child in stage.node.children if isinstance(child, Stack)]
    return {stack.stack_name: synthesized(stack) for stack in stacks}


def inputs(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What each schedule and rule tells the machine, by its trigger."""
    texts = [
        r["Properties"]["Target"]["Input"] for r in of_type(template, "AWS::Scheduler::Schedule")
    ]
    for rule in of_type(template, "AWS::Events::Rule"):
        [target] = rule["Properties"]["Targets"]
        texts.append(target["InputTransformer"]["InputTemplate"])
    told = [json.loads(text) for text in texts]
    return {given["trigger"]: given for given in told}


def test_by_default_only_the_re_check_is_there(templates: Templates):
    told = inputs(templates[TRAINING])
    assert told == {
        "re-check": {
            **TOLD,
            "policy": {"coolDownHours": 24, "runsPerDay": 2},
            "trigger": "re-check",
            "reason": "daily",
        }
    }


def test_each_wish_of_the_policy_is_a_trigger(eager: Templates):
    told = inputs(eager[TRAINING])
    assert told.keys() == {"re-check", "data", "schedule"}
    for given in told.values():
        assert given.keys() == set(INPUT)
        assert given["policy"] == {"coolDownHours": 12, "runsPerDay": 3}


def test_new_data_is_looked_for_where_the_pipeline_reads_it(eager: Templates):
    pattern = the(eager[TRAINING], "AWS::Events::Rule")["Properties"]["EventPattern"]
    assert pattern["detail"]["object"]["key"] == [{"prefix": "flight-delay/"}]
    [output] = [eager[TRAINING]["Outputs"]["InputDataUri"]["Value"]["Fn::Join"][1]]
    assert output[-1].endswith("/flight-delay/")


def test_the_data_bucket_alone_announces_what_happens_in_it(eager: Templates, templates: Templates):
    def announcing(template: dict[str, Any]) -> list[str]:
        return [
            resource["Properties"]["BucketName"]["Fn::Join"][1][0]
            for resource in of_type(template, "AWS::S3::Bucket")
            if "NotificationConfiguration" in resource["Properties"]
        ]

    assert announcing(eager["Dev-Foundation"]) == ["perennial-dev-data-"]
    assert announcing(templates["Dev-Foundation"]) == []
    [data] = [
        resource["Properties"]["NotificationConfiguration"]
        for resource in of_type(eager["Dev-Foundation"], "AWS::S3::Bucket")
        if "NotificationConfiguration" in resource["Properties"]
    ]
    assert data == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}


def test_announcing_takes_no_function_of_its_own(eager: Templates, templates: Templates):
    functions = [
        len(of_type(world["Dev-Foundation"], "AWS::Lambda::Function"))
        for world in (eager, templates)
    ]
    assert functions == [1, 1]


def test_a_person_finds_the_input_in_an_output(templates: Templates):
    told = json.loads(templates[TRAINING]["Outputs"]["RetrainingInput"]["Value"])
    assert told.keys() == set(INPUT)
    assert (told["trigger"], told["reason"]) == ("person", "asked by a person")


def test_every_trigger_starts_the_stage_s_machine(eager: Templates):
    machines = of_type(eager["Dev-Operations"], "AWS::StepFunctions::StateMachine")
    names = {machine["Properties"]["StateMachineName"] for machine in machines}
    assert names == {"dev-promotion", "dev-retraining"}
    started = [
        r["Properties"]["Target"]["Arn"]["Fn::Join"][1][-1]
        for r in of_type(eager[TRAINING], "AWS::Scheduler::Schedule")
    ]
    assert started == [":stateMachine:dev-retraining"] * 2
