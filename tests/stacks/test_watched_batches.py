"""A model that scores batches and is watched, on either engine."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Environment, Stage, Validations, assertions
from cdk_nag import AwsSolutionsChecks
from pydantic import ValidationError

from config.refusal import sentences
from config.schema import StageConfig
from mlops_constructs.monitoring import (
    Attribution,
    Bias,
    DataQuality,
    Engine,
    Facet,
    ModelMonitorEngine,
    ModelQuality,
    MonitorSettings,
    OpenEngine,
)
from mlops_constructs.serving import Batch
from mlops_constructs.serving.batch_definition import batch_definition
from mlops_constructs.testing import TemplateSnapshot
from pipeline_definitions.flight_delay import MODEL
from stacks.foundation import FoundationStack
from stacks.monitoring import MonitoringStack
from tests.conftest import feature_flags
from tests.constructs_library.someones_app import of_type, the
from tests.linted import findings
from tests.stacks.own_stage import WIDE
from tests.state_machines.policies import allows

Template = dict[str, Any]
HOSTING = Batch(instance_type="ml.m5.large", every_hours=12)
QUALITY = ModelQuality(ground_truth_prefix="arrivals", problem_type="BinaryClassification")
BIAS = Bias(
    ground_truth_prefix="arrivals",
    label="late",
    favourable=("0",),
    facets=(Facet(name="origin", values=("LGA",)),),
    retrains=False,
)
EACH: tuple[MonitorSettings, ...] = (DataQuality(every_hours=12), QUALITY, BIAS, Attribution())
ON: dict[str, tuple[Engine, tuple[MonitorSettings, ...]]] = {
    "open": (OpenEngine(), EACH),
    "closed": (ModelMonitorEngine(), tuple(each for each in EACH if each is not BIAS)),
}


def stage_of(
    monitors: tuple[MonitorSettings, ...], engine: Engine, hosting: Batch = HOSTING
) -> StageConfig:
    nightly = replace(MODEL, name="nightly", monitors=monitors, hosting=hosting)
    return StageConfig(name="Own", models=(nightly,), hosting=WIDE, monitoring=engine)


def stack_on(name: str) -> MonitoringStack:
    """The monitoring stack, checked by cdk-nag as app.py has it checked."""
    engine, monitors = ON[name]
    config = stage_of(monitors, engine)
    app = App(context=feature_flags(), analytics_reporting=False)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    stage = Stage(app, f"{config.name}{name.capitalize()}", env=Environment())
    foundation = FoundationStack(stage, "Foundation", config=config)
    stack = MonitoringStack(
        stage, "Monitoring", config=config, model=config.models[0], foundation=foundation
    )
    app.synth()
    return stack


@pytest.fixture(scope="module")
def stacks() -> dict[str, MonitoringStack]:
    return {name: stack_on(name) for name in ON}


@pytest.fixture(scope="module")
def templates(stacks: dict[str, MonitoringStack]) -> dict[str, Template]:
    return {name: assertions.Template.from_stack(stack).to_json() for name, stack in stacks.items()}


def told(template: Template) -> dict[str, dict[str, str]]:
    """Of each monitor's pipeline, what its script is told."""
    found = {}
    for pipeline in of_type(template, "AWS::SageMaker::Pipeline"):
        properties = pipeline["Properties"]
        text, _ = properties["PipelineDefinition"]["PipelineDefinitionBody"]["Fn::Sub"]
        [step] = json.loads(text)["Steps"]
        words = step["Arguments"]["AppSpecification"]["ContainerArguments"]
        name = properties["PipelineName"].removeprefix("own-nightly-")
        found[name] = dict(zip(words[::2], words[1::2], strict=True))
    return found


def jobs(template: Template) -> dict[str, dict[str, Any]]:
    """Of each of Model Monitor's kinds, what is read."""
    found = {}
    for resource in template["Resources"].values():
        kind = resource["Type"].removeprefix("AWS::SageMaker::").removesuffix("JobDefinition")
        if resource["Type"].endswith("JobDefinition"):
            found[kind] = resource["Properties"][f"{kind}JobInput"]
    return found


def role(template: Template, monitor: str) -> list[dict[str, Any]]:
    """What the job of a monitor may do."""
    [found] = [
        resource["Properties"]["PolicyDocument"]["Statement"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Policy"
        and name.startswith(f"{monitor}EngineJobRoleDefaultPolicy")
    ]
    return list(found)


def test_the_open_engine_reads_what_the_transforms_capture(templates: dict[str, Template]):
    [choice] = json.loads(batch_definition("own-nightly", HOSTING, gathers_on="x"))["Steps"][1:]
    [score] = choice["Arguments"]["IfSteps"]
    captured = score["Arguments"]["DataCaptureConfig"]["DestinationS3Uri"]
    found = told(templates["open"])
    assert set(found) == {settings.kind for settings in EACH}
    for of in found.values():
        assert (of["--captured-by"], of["--capture"]) == ("transforms", captured)


def test_model_monitor_reads_what_the_transforms_capture(templates: dict[str, Template]):
    read = jobs(templates["closed"])
    assert set(read) == {"DataQuality", "ModelQuality", "ModelExplainability"}
    for each in read.values():
        assert "EndpointInput" not in each
        batch = each["BatchTransformInput"]
        assert batch["DataCapturedDestinationS3Uri"]["Fn::Join"][1][-1].endswith("/own-nightly")
        assert batch["DatasetFormat"] == {"Csv": {"Header": False}}
        # Rows stand alone in their files: none of their columns is the answer.
        assert "ExcludeFeaturesAttribute" not in batch
    assert read["ModelQuality"]["BatchTransformInput"]["ProbabilityAttribute"] == "0"


@pytest.mark.parametrize("engine", ON)
@pytest.mark.parametrize("monitor", ["DataQuality", "ModelQuality", "Attribution"])
def test_jobs_may_read_rows_and_answers_of_their_model_and_no_others(
    templates: dict[str, Template], engine: str, monitor: str
):
    granted = role(templates[engine], monitor)
    bucket = "arn:aws:s3:::perennial-own-{}-1-e/"
    for side in ("requests", "answers"):
        of_model = bucket.format("data") + f"own-nightly-{side}/2026/11/27/00/a.csv"
        assert allows(granted, "s3:GetObject", of_model)
        assert not allows(granted, "s3:PutObject", of_model)
    assert allows(granted, "s3:GetObject", bucket.format("capture") + "own-nightly/input/a")
    assert not allows(granted, "s3:GetObject", bucket.format("data") + "own-other-requests/a.csv")


def test_monitors_look_when_a_batch_is_over(templates: dict[str, Template]):
    of_open = {
        schedule["Properties"]["Name"]: schedule["Properties"]["ScheduleExpression"]
        for schedule in of_type(templates["open"], "AWS::Scheduler::Schedule")
    }
    assert of_open["own-nightly-data-quality"] == "cron(0 2/12 * * ? *)"
    assert of_open["own-nightly-model-quality"] == "cron(0 2 * * ? *)"
    of_closed = {
        schedule["Properties"]["MonitoringScheduleName"]: schedule["Properties"][
            "MonitoringScheduleConfig"
        ]["ScheduleConfig"]["ScheduleExpression"]
        for schedule in of_type(templates["closed"], "AWS::SageMaker::MonitoringSchedule")
    }
    assert of_closed["own-nightly-data-quality"] == "cron(0 2/12 ? * * *)"
    assert of_closed["own-nightly-attribution"] == "cron(0 2 ? * * *)"


def test_clarify_is_told_the_model_that_the_pipeline_scores_with(templates: dict[str, Template]):
    [machine] = [
        one["Properties"]
        for one in of_type(templates["closed"], "AWS::StepFunctions::StateMachine")
        if one["Properties"]["StateMachineName"] == "own-nightly-attribution-config"
    ]
    asked = json.loads(machine["DefinitionString"])["States"]["Read the pipeline"]
    assert asked["Arguments"] == {"PipelineName": "own-nightly-batch"}
    [schedule] = of_type(templates["closed"], "AWS::Scheduler::Schedule")
    assert schedule["Properties"]["ScheduleExpression"] == "cron(50 1 * * ? *)"


@pytest.mark.parametrize("engine", ON)
def test_alarms_are_called_as_those_of_an_endpoint(templates: dict[str, Template], engine: str):
    _, monitors = ON[engine]
    outputs = templates[engine]["Outputs"]
    assert outputs["AlarmNames"]["Value"].split(",") == [
        f"own-nightly-{monitor.kind}-{what}"
        for monitor in monitors
        for what in ("drift", "silent", "stale")
    ]
    dimensions = {
        one["Value"]
        for alarm in of_type(templates[engine], "AWS::CloudWatch::Alarm")
        for one in alarm["Properties"].get("Dimensions", ())
        if one["Name"] == "Endpoint"
    }
    assert dimensions == {"own-nightly"}
    assert "what its batches hold" in json.dumps(templates[engine])


@pytest.mark.parametrize("engine", ON)
def test_drift_trains_the_model_again(templates: dict[str, Template], engine: str):
    [heard] = [
        rule["Properties"]["EventPattern"]["resources"]
        for rule in of_type(templates[engine], "AWS::Events::Rule")
        if "resources" in rule["Properties"]["EventPattern"]
    ]
    kinds = ("data-quality", "model-quality", "attribution")
    assert [arn["Fn::Join"][1][-1] for arn in heard] == [
        f":alarm:own-nightly-{kind}-drift" for kind in kinds
    ]


@pytest.mark.parametrize("engine", ON)
def test_the_dashboard_shows_batches_and_no_endpoint(templates: dict[str, Template], engine: str):
    body = json.dumps(the(templates[engine], "AWS::CloudWatch::Dashboard"))
    assert "objects to score" in body
    assert "own-nightly-batch" in body
    assert "AWS/SageMaker\\" not in body.replace("ModelBuildingPipeline", "")
    assert "EndpointName" not in body
    assert "aws/sagemaker/Endpoints" not in body


@pytest.mark.parametrize("engine", ON)
def test_it_passes_cfn_lint(templates: dict[str, Template], engine: str, tmp_path: Path):
    template = tmp_path / "watched.template.json"
    template.write_text(json.dumps(templates[engine]))
    assert findings(template) == []


def test_they_are_as_they_were_reviewed(
    stacks: dict[str, MonitoringStack], template_snapshot: TemplateSnapshot
):
    for stack in stacks.values():
        template_snapshot(stack)


def test_another_synth_comes_to_the_same_bytes(templates: dict[str, Template]):
    again = assertions.Template.from_stack(stack_on("closed")).to_json()
    assert json.dumps(again) == json.dumps(templates["closed"])


@pytest.mark.parametrize(
    ("monitor", "engine", "hosting", "beginning"),
    [
        (
            DataQuality(every_hours=6), OpenEngine(), HOSTING,
            "monitor 'data-quality' of model 'own-nightly' can't look every 6 hours at batches",
        ),
        (
            BIAS, ModelMonitorEngine(), HOSTING,
            "monitor 'bias' of model 'own-nightly' can't look at batches on ModelMonitorEngine",
        ),
        (
            DataQuality(), OpenEngine(), HOSTING.model_copy(update={"capture_percent": 0}),
            "monitor 'data-quality' of endpoint 'own-nightly' would have nothing to read",
        ),
    ],
)  # fmt: skip
def test_a_stage_says_at_once_what_its_batches_can_not_have(
    monitor: MonitorSettings, engine: Engine, hosting: Batch, beginning: str
):
    with pytest.raises(ValidationError) as refusal:
        stage_of((monitor,), engine, hosting)
    [said] = sentences(refusal.value)
    assert said.startswith(beginning)
