"""Arrows of the app's templates that the rehearsal's story does not come by.

`rehearsal/mutations/elsewhere.py` names these tests; tests/rehearsal/test_mutations.py breaks what
they hold, one thing at a time, and wants each of them to fail.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from pipeline_definitions.definition import load_definition
from pipeline_definitions.models import MODELS
from tests.constructs_library.someones_app import of_type, the

ALARM, RULE, SCHEDULE = "AWS::CloudWatch::Alarm", "AWS::Events::Rule", "AWS::Scheduler::Schedule"
MACHINE, PIPELINE = "AWS::StepFunctions::StateMachine", "AWS::SageMaker::Pipeline"
OPERATIONS, TRAINING = "Dev-Operations", "Dev-Training-flight-delay"
MONITORING = "Dev-Monitoring-flight-delay"
Templates = dict[str, dict[str, Any]]


def topic(templates: Templates) -> dict[str, str]:
    """The stage's topic, as other stacks import it."""
    [exported] = [
        output["Export"]["Name"]
        for output in templates["Dev-Foundation"]["Outputs"].values()
        if "Export" in output and output["Value"].get("Ref", "").startswith("Topic")
    ]
    return {"Fn::ImportValue": exported}


def delivering(template: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What each rule and schedule starts, where what can't be delivered is kept."""
    for rule in of_type(template, RULE):
        yield from (t for t in rule["Properties"]["Targets"] if "DeadLetterConfig" in t)
    for schedule in of_type(template, SCHEDULE):
        yield schedule["Properties"]["Target"]


def test_people_hear_of_whatever_could_not_be_delivered(templates: Templates):
    for template in templates.values():
        kept = [t["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0] for t in delivering(template)]
        alarms = [alarm["Properties"] for alarm in of_type(template, ALARM)]
        told = [alarm for alarm in alarms if "AlarmName" not in alarm]
        watched = [
            [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}] for queue in kept
        ]
        by_queue = sorted((alarm["Dimensions"] for alarm in told), key=str)
        assert by_queue == sorted(watched, key=str)
        for alarm in told:
            assert alarm["Namespace"] == "AWS/SQS"
            assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
            assert alarm["AlarmActions"] == [topic(templates)]


def test_people_hear_of_a_monitor_that_is_silent(templates: Templates):
    people_hear_of(templates, "silent", metric="Heartbeat")


def test_people_hear_of_a_baseline_that_is_old(templates: Templates):
    people_hear_of(templates, "stale", metric="BaselineAge")


def people_hear_of(templates: Templates, what: str, *, metric: str) -> None:
    [alarm] = [
        alarm["Properties"]
        for alarm in of_type(templates[MONITORING], ALARM)
        if str(alarm["Properties"].get("AlarmName")).endswith(f"-{what}")
    ]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("Perennial/Monitoring", metric)
    assert alarm["Dimensions"] == [
        {"Name": "Endpoint", "Value": "dev-flight-delay"},
        {"Name": "Monitor", "Value": "data-quality"},
    ]
    assert alarm["AlarmActions"] == [topic(templates)]


def test_a_release_is_guarded_by_what_its_own_config_does(templates: Templates):
    guards = {
        str(alarm["Properties"]["AlarmName"]["Fn::Join"][1][0]): alarm["Properties"]
        for alarm in of_type(templates["Dev-Serving-flight-delay"], ALARM)
        if "Fn::Join" in alarm["Properties"].get("AlarmName", {})
    }
    metrics = {name: (a["Namespace"], a["MetricName"]) for name, a in guards.items()}
    assert metrics == {
        "dev-flight-delay-5xx-": ("AWS/SageMaker", "Invocation5XXErrors"),
        "dev-flight-delay-latency-": ("AWS/SageMaker", "ModelLatency"),
    }
    for alarm in guards.values():
        [_, config] = alarm["AlarmName"]["Fn::Join"][1]
        assert config["Fn::GetAtt"][1] == "EndpointConfigName"
        assert {d["Name"]: d["Value"] for d in alarm["Dimensions"]} == {
            "EndpointName": "dev-flight-delay", "VariantName": "AllTraffic",
            "EndpointConfigName": config,
        }  # fmt: skip


def test_people_hear_of_every_machine_that_fails(templates: Templates):
    template = templates[OPERATIONS]
    machines = [n for n, r in template["Resources"].items() if r["Type"] == MACHINE]
    rules = [rule["Properties"] for rule in of_type(template, RULE)]
    heard = [rule["EventPattern"]["detail"]["stateMachineArn"] for rule in rules]
    assert sorted(heard, key=str) == [[{"Ref": name}] for name in sorted(machines)]
    for rule in rules:
        assert rule["EventPattern"]["source"] == ["aws.states"]
        assert rule["EventPattern"]["detail-type"] == ["Step Functions Execution Status Change"]
        assert rule["EventPattern"]["detail"]["status"] == ["FAILED", "TIMED_OUT", "ABORTED"]
        assert rule["State"] == "ENABLED"
        assert [target["Arn"] for target in rule["Targets"]] == [topic(templates)]


def test_each_day_the_machines_look_for_what_was_lost(templates: Templates):
    serving = "Dev-Serving-flight-delay"
    for stack, machine, output, added in (
        (TRAINING, "retraining", "RetrainingInput", {"trigger": "re-check", "reason": "daily"}),
        (serving, "promotion", "PromotionInput", {"reason": "the daily re-check"}),
    ):
        schedule = the(templates[stack], SCHEDULE)["Properties"]
        assert (schedule["ScheduleExpression"], schedule["State"]) == ("rate(1 day)", "ENABLED")
        assert schedule["Target"]["Arn"]["Fn::Join"][1][-1] == f":stateMachine:dev-{machine}"
        said = json.loads(templates[stack]["Outputs"][output]["Value"])
        assert json.loads(schedule["Target"]["Input"]) == said | added


def test_a_promotion_is_told_what_it_is_for(templates: Templates):
    rule = the(templates["Dev-Serving-flight-delay"], RULE)["Properties"]
    told = json.loads(rule["Targets"][0]["InputTransformer"]["InputTemplate"])
    assert told["reason"].endswith(" is <detail-ModelApprovalStatus>")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_the_reviewed_definition_is_in_the_template(templates: Templates, model: Any):
    pipeline = the(templates[f"Dev-Training-{model.name}"], PIPELINE)["Properties"]
    body, _ = pipeline["PipelineDefinition"]["PipelineDefinitionBody"]["Fn::Sub"]
    assert body == load_definition(model).body
