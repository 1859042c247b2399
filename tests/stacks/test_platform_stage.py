"""How the platform is cut, as CloudFormation sees it."""

import json
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from config.stages import DEV
from mlops_constructs.promotion.definition import INPUT as PROMOTION_INPUT
from tests.constructs_library.someones_app import of_type, the

SERVING = "Dev-Serving-flight-delay"
TRAINING = "Dev-Training-flight-delay"
MONITORING = "Dev-Monitoring-flight-delay"
STATEFUL = ("AWS::S3::Bucket", "AWS::KMS::Key", "AWS::SageMaker::ModelPackageGroup")
Templates = dict[str, dict[str, Any]]


def manifest(assemblies: dict[str, Path]) -> dict[str, dict[str, Any]]:
    """Stack name to what the assembly says of it."""
    folder = assemblies["home"] / "assembly-Dev"
    artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"]
    stacks = (a for a in artifacts.values() if a["type"] == "aws:cloudformation:stack")
    return {stack["properties"]["stackName"]: {**stack, "all": artifacts} for stack in stacks}


def needs(assemblies: dict[str, Path], stack: str) -> set[str]:
    """The names of the stacks that must be deployed before it."""
    described = manifest(assemblies)[stack]
    return {
        described["all"][name]["properties"]["stackName"]
        for name in described["dependencies"]
        if described["all"][name]["type"] == "aws:cloudformation:stack"
    }


def resources(templates: Templates) -> Iterator[tuple[str, dict[str, Any]]]:
    for stack, template in templates.items():
        for resource in template["Resources"].values():
            yield stack, resource


def test_a_stage_is_two_stacks_and_two_for_each_model_with_a_third_for_its_monitors(
    templates: Templates,
):
    assert {name for name in templates if name.startswith("Dev-")} == {
        "Dev-Foundation",
        "Dev-Operations",
        *(f"Dev-{part}-{m.name}" for m in DEV.models for part in ("Training", "Serving")),
        *(f"Dev-Monitoring-{m.name}" for m in DEV.models if m.monitors),
    }


def test_what_starts_a_machine_comes_after_it_and_a_monitor_after_its_endpoint(
    assemblies: dict[str, Path],
):
    assert needs(assemblies, SERVING) == {"Dev-Foundation", "Dev-Operations"}
    assert needs(assemblies, TRAINING) == {"Dev-Foundation", "Dev-Operations"}
    assert needs(assemblies, MONITORING) == {"Dev-Foundation", SERVING}
    assert needs(assemblies, "Dev-Operations") == {"Dev-Foundation"}


def test_the_stack_with_state_is_protected(assemblies: dict[str, Path]):
    protected = {
        name
        for name, stack in manifest(assemblies).items()
        if stack["properties"].get("terminationProtection")
    }
    assert protected == {"Dev-Foundation"}


def test_all_that_has_state_outlives_its_stack(templates: Templates):
    stateful = [r for _, r in resources(templates) if r["Type"] in STATEFUL]
    assert len(stateful) == 5 + len(DEV.models)
    for resource in stateful:
        assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"


def test_nothing_in_any_template_can_write_a_slot_again(templates: Templates):
    for stack, resource in resources(templates):
        assert resource["Type"] != "AWS::SSM::Parameter", stack
        if resource["Type"].startswith("Custom::"):
            assert not {"Update", "Delete"} & resource["Properties"].keys(), stack


@pytest.mark.parametrize("stack", [SERVING, MONITORING])
def test_a_promotion_can_update_a_stack_with_no_parameters(templates: Templates, stack: str):
    [(name, parameter)] = templates[stack]["Parameters"].items()
    assert parameter["Type"] == "AWS::SSM::Parameter::Value<CommaDelimitedList>"
    assert parameter["Default"] == "/perennial/dev/flight-delay/slot", name
    assert not {"Rules", "Transform"} & templates[stack].keys()


def test_no_stack_reads_another_at_update_time(templates: Templates):
    assert "Fn::GetStackOutput" not in json.dumps(templates)


@pytest.mark.parametrize("stack", [SERVING, MONITORING])
def test_a_stack_refers_to_others_for_key_and_topic_only(templates: Templates, stack: str):
    imported = set()

    def collect(node: Any) -> None:
        if isinstance(node, dict):
            imported.update(v for k, v in node.items() if k == "Fn::ImportValue")
            node = list(node.values())
        for child in node if isinstance(node, list) else ():
            collect(child)

    collect(templates[stack])
    assert sorted(name.split(":Exports")[1][:14] for name in imported) == [
        "OutputFnGetAtt",
        "OutputRefTopic",
    ]


@pytest.mark.parametrize(
    ("stack", "outputs"),
    [
        (
            "Dev-Foundation",
            {"DataBucketName", "ArtifactBucketName", "CaptureBucketName", "TopicArn"},
        ),
        ("Dev-Operations", {"PromotionStateMachineArn", "RetrainingStateMachineArn"}),
        (TRAINING, {"PipelineName", "ModelPackageGroupName", "InputDataUri", "RetrainingInput"}),
        (
            SERVING,
            {
                "EndpointName",
                "EndpointConfigName",
                "PromotionInput",
                "SlotName",
                "ReleasePolicy",
                "RollbackAlarmNames",
            },
        ),
        (
            MONITORING,
            {
                "ReportPrefix",
                "AlarmNames",
                "DegradedAlarmName",
                "DashboardName",
                "MonitoredPackage",
            },
        ),
    ],
)
def test_clients_find_what_they_need_in_the_outputs(
    templates: Templates, stack: str, outputs: set[str]
):
    told = templates[stack]["Outputs"]
    assert {name for name in told if not name.startswith("Exports")} == outputs


def test_the_config_is_told_only_when_there_is_one(templates: Templates):
    outputs = templates[SERVING]["Outputs"]
    [condition] = templates[SERVING]["Conditions"]
    assert outputs["EndpointConfigName"]["Condition"] == condition
    assert outputs["EndpointName"] == {"Value": "dev-flight-delay"}


def test_the_monitored_version_is_told_only_when_there_is_one(templates: Templates):
    outputs = templates[MONITORING]["Outputs"]
    assert outputs["MonitoredPackage"] == {
        "Condition": "HasModel",
        "Value": {"Fn::Select": [0, {"Ref": "Slot"}]},
    }
    monitor = "dev-flight-delay-data-quality"
    names = f"{monitor}-drift,{monitor}-silent,{monitor}-stale"
    assert outputs["AlarmNames"]["Value"] == names
    assert outputs["DegradedAlarmName"]["Value"] == "dev-flight-delay-degraded"
    assert outputs["ReportPrefix"]["Value"]["Fn::Join"][1][-1] == "/monitoring/dev-flight-delay"


def test_monitors_stand_in_no_other_stack(templates: Templates):
    owners = {
        stack
        for stack, r in resources(templates)
        if r["Type"].endswith("Dashboard")
        or "data-quality" in json.dumps(r.get("Properties", {}).get("Name"))
    }
    assert owners == {f"Dev-Monitoring-{model.name}" for model in DEV.models if model.monitors}


def test_pipeline_group_and_endpoint_share_their_name(templates: Templates):
    training, serving = templates[TRAINING], templates[SERVING]
    assert {
        the(training, "AWS::SageMaker::Pipeline")["Properties"]["PipelineName"],
        the(training, "AWS::SageMaker::ModelPackageGroup")["Properties"]["ModelPackageGroupName"],
        the(serving, "AWS::SageMaker::Endpoint")["Properties"]["EndpointName"],
    } == {"dev-flight-delay"}


def test_the_rule_tells_the_promotion_all_it_asks_for(templates: Templates):
    [target] = the(templates[SERVING], "AWS::Events::Rule")["Properties"]["Targets"]
    told = json.loads(target["InputTransformer"]["InputTemplate"])
    assert told.pop("reason")
    assert told.keys() == set(PROMOTION_INPUT)
    assert told == {
        "model": "flight-delay",
        "stage": "dev",
        "group": "dev-flight-delay",
        "endpoint": "dev-flight-delay",
        "stack": SERVING,
        "slot": "/perennial/dev/flight-delay/slot",
        "monitoring": MONITORING,
        "monitors": ["data-quality"],
        "next": "Prod",
        "approval": "registry",
        "hosting": "endpoint",
    }


def test_the_drift_alarm_of_the_monitor_starts_a_retraining_of_its_model(templates: Templates):
    rule = the(templates[MONITORING], "AWS::Events::Rule")["Properties"]
    [alarm] = rule["EventPattern"]["resources"]
    assert alarm["Fn::Join"][1][-1] == ":alarm:dev-flight-delay-data-quality-drift"
    names = templates[MONITORING]["Outputs"]["AlarmNames"]["Value"].split(",")
    assert alarm["Fn::Join"][1][-1].removeprefix(":alarm:") in names
    [target] = rule["Targets"]
    assert target["Arn"]["Fn::Join"][1][-1] == ":stateMachine:dev-retraining"
    told = json.loads(target["InputTransformer"]["InputTemplate"])
    assert (told["model"], told["trigger"]) == ("flight-delay", "drift")


def test_processing_steps_find_the_archive_under_the_name_cdk_gives_it(templates: Templates):
    commands = []
    for stack in (TRAINING, MONITORING):
        pipeline = the(templates[stack], "AWS::SageMaker::Pipeline")["Properties"]
        body, values = pipeline["PipelineDefinition"]["PipelineDefinitionBody"]["Fn::Sub"]
        for step in json.loads(body)["Steps"]:
            if step["Type"] == "Processing":
                code = step["Arguments"]["ProcessingInputs"][0]["S3Input"]["S3Uri"]
                archive = values[code.strip("${}")]["Fn::Sub"].rpartition("/")[2]
                command = step["Arguments"]["AppSpecification"]["ContainerEntrypoint"]
                pattern = command[2].split("tar -xzf ")[1].split()[0]
                assert fnmatch(archive, pattern)
                commands.append(command[3])
    assert commands == ["preprocess.py", "evaluate.py", "baseline.py", "data_quality.py"]


def test_baselines_and_monitors_come_from_the_same_archive(templates: Templates):
    uris = []
    for stack in (TRAINING, MONITORING):
        pipeline = the(templates[stack], "AWS::SageMaker::Pipeline")["Properties"]
        _, values = pipeline["PipelineDefinition"]["PipelineDefinitionBody"]["Fn::Sub"]
        uris.append(values["MonitorCodeUri"])
    assert uris[0] == uris[1]


def test_one_function_serves_all_slots_and_no_other_is_there(templates: Templates):
    counts = {stack: len(of_type(t, "AWS::Lambda::Function")) for stack, t in templates.items()}
    assert {stack for stack, count in counts.items() if count} == {"Dev-Foundation"}
    assert counts["Dev-Foundation"] == 1
