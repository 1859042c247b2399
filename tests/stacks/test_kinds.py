"""A stage with one model of each kind that stages serve."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Environment, Stage, Validations, assertions
from cdk_nag import AwsSolutionsChecks

from config.schema import StageConfig
from mlops_constructs.serving import (
    UNGUARDED,
    AllAtOnce,
    Async,
    Batch,
    MultiModel,
    RollbackAlarms,
    Rolling,
    Serverless,
    Split,
)
from mlops_constructs.testing import TemplateSnapshot
from pipeline_definitions.definition import load_definition
from pipeline_definitions.flight_delay import MODEL
from stacks.foundation import FoundationStack
from stacks.operations import OperationsStack
from stacks.serving import ServingStack
from tests.conftest import feature_flags
from tests.constructs_library.someones_app import actions, of_type, statements, the
from tests.linted import findings
from tests.stacks.own_stage import WIDE, Templates

PLAIN = replace(MODEL, monitors=())
PATIENT = AllAtOnce(alarms=RollbackAlarms(latency_ms=None))
CALLS = replace(PLAIN, name="calls", hosting=Serverless(), release=UNGUARDED)
DOCUMENTS = replace(
    PLAIN,
    name="documents",
    hosting=Async(instance_type="ml.m5.large", max_instances=2),
    release=PATIENT,
)
SEARCH = replace(PLAIN, name="search", release=Rolling(percent=25))
NIGHTLY = replace(PLAIN, name="nightly", hosting=Batch(instance_type="ml.m5.large", every_hours=12))
PROBE = "1,2,3\n4,5,6"
SHOPS = replace(
    PLAIN,
    name="shops",
    hosting=MultiModel(
        instance_type="ml.m5.large",
        min_instances=1,
        max_instances=2,
        invocations_per_instance=600,
        probe=PROBE,
    ),
)
MODELS = (SEARCH, CALLS, DOCUMENTS, NIGHTLY, SHOPS)
CONFIG = StageConfig(name="Own", models=MODELS, hosting=WIDE)


def assembly() -> Any:
    """What the serving stacks come to, checked by cdk-nag as app.py has them checked."""
    app = App(context=feature_flags(), analytics_reporting=False)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    stage = Stage(app, CONFIG.name, env=Environment())
    foundation = FoundationStack(stage, "Foundation", config=CONFIG)
    OperationsStack(stage, "Operations", config=CONFIG, foundation=foundation)
    for model in CONFIG.models:
        ServingStack(
            stage,
            f"Serving-{model.name}",
            config=CONFIG,
            model=model,
            definition=load_definition(MODEL),
            foundation=foundation,
        )
    app.synth()
    return stage


@pytest.fixture(scope="module")
def stage() -> Any:
    return assembly()


@pytest.fixture(scope="module")
def templates(stage: Any) -> Templates:
    return {
        stack.stack_name: assertions.Template.from_stack(stack).to_json()
        for stack in stage.node.children
    }


def endpoint(templates: Templates, model: str) -> dict[str, Any]:
    found: dict[str, Any] = the(templates[f"Own-Serving-{model}"], "AWS::SageMaker::Endpoint")
    return found["Properties"]


def variant(templates: Templates, model: str) -> dict[str, Any]:
    config = the(templates[f"Own-Serving-{model}"], "AWS::SageMaker::EndpointConfig")
    [found] = config["Properties"]["ProductionVariants"]
    return dict(found)


def test_each_model_is_served_as_it_says(templates: Templates):
    assert "InstanceType" in variant(templates, "search")
    assert "ServerlessConfig" in variant(templates, "calls")
    documents = the(templates["Own-Serving-documents"], "AWS::SageMaker::EndpointConfig")
    assert "AsyncInferenceConfig" in documents["Properties"]


def test_each_model_is_released_as_it_says(templates: Templates):
    search = endpoint(templates, "search")["DeploymentConfig"]
    assert search["RollingUpdatePolicy"]["MaximumBatchSize"]["Value"] == 25
    assert "BlueGreenUpdatePolicy" not in search
    assert "DeploymentConfig" not in endpoint(templates, "calls")
    documents = endpoint(templates, "documents")["DeploymentConfig"]
    assert len(documents["AutoRollbackConfiguration"]["Alarms"]) == 1


def test_every_serving_stack_says_what_promotions_and_people_ask_of_it(templates: Templates):
    for model, alarms in (("search", True), ("calls", False), ("documents", True)):
        outputs = templates[f"Own-Serving-{model}"]["Outputs"]
        assert {"EndpointName", "EndpointConfigName", "SlotName", "PromotionInput"} <= set(outputs)
        assert ("RollbackAlarmNames" in outputs) is alarms
        told = json.loads(outputs["PromotionInput"]["Value"])
        assert (told["hosting"], told["endpoint"]) == ("endpoint", f"own-{model}")


def test_who_asks_an_endpoint_with_a_queue_reads_where_and_who_hears(templates: Templates):
    queue = {"RequestUri", "AnswerUri", "FailureUri", "SuccessTopicArn", "ErrorTopicArn"}
    assert queue <= set(templates["Own-Serving-documents"]["Outputs"])
    assert not queue & set(templates["Own-Serving-calls"]["Outputs"])


def test_each_stack_that_promotions_update_has_one_parameter_that_is_right(
    templates: Templates,
):
    for name in ("search", "calls", "documents", "nightly"):
        [parameter] = templates[f"Own-Serving-{name}"]["Parameters"].values()
        assert parameter["Default"] == f"/perennial/own/{name}/slot"


def test_all_of_them_hear_of_verdicts_alike(templates: Templates):
    heard = ["SageMaker Model Package State Change"]
    for model in CONFIG.models:
        rules = of_type(templates[f"Own-Serving-{model.name}"], "AWS::Events::Rule")
        types = [rule["Properties"]["EventPattern"]["detail-type"] for rule in rules]
        assert types.count(heard) == 1
        assert len(types) == (2 if model is NIGHTLY else 1)


def test_a_model_that_scores_batches_has_a_pipeline_and_no_endpoint(templates: Templates):
    template = templates["Own-Serving-nightly"]
    outputs = template["Outputs"]
    assert not of_type(template, "AWS::SageMaker::Endpoint")
    assert not {"EndpointName", "EndpointConfigName", "ReleasePolicy"} & set(outputs)
    pipeline = the(template, "AWS::SageMaker::Pipeline")
    assert pipeline["Properties"]["PipelineName"] == "own-nightly-batch"
    assert outputs["BatchPipelineName"]["Value"] == "own-nightly-batch"
    told = json.loads(outputs["PromotionInput"]["Value"])
    assert (told["hosting"], told["endpoint"]) == ("batch", "own-nightly")


def test_its_outputs_name_the_model_that_scores_while_there_is_one(templates: Templates):
    template = templates["Own-Serving-nightly"]
    output, model = template["Outputs"]["BatchModelName"], the(template, "AWS::SageMaker::Model")
    assert output["Condition"] == model["Condition"]
    [resource] = [name for name, one in template["Resources"].items() if one == model]
    assert output["Value"] == {"Fn::GetAtt": [resource, "ModelName"]}


def test_the_end_of_its_runs_starts_the_promotion_that_its_verdicts_start(templates: Templates):
    rules = of_type(templates["Own-Serving-nightly"], "AWS::Events::Rule")
    by_pipeline = [r for r in rules if "pipelineArn" in r["Properties"]["EventPattern"]["detail"]]
    [run] = by_pipeline
    [verdict] = [rule for rule in rules if rule is not run]
    targets = [rule["Properties"]["Targets"][0] for rule in (run, verdict)]
    assert targets[0]["Arn"] == targets[1]["Arn"]
    given = [json.loads(t["InputTransformer"]["InputTemplate"]) for t in targets]
    assert given[0] | {"reason": ""} == given[1] | {"reason": ""}


def test_rows_and_answers_lie_in_the_data_bucket_of_the_stage(templates: Templates):
    outputs = templates["Own-Serving-nightly"]["Outputs"]
    assert ending(outputs["RequestUri"]["Value"]) == "/own-nightly-requests"
    assert ending(outputs["AnswerUri"]["Value"]) == "/own-nightly-answers"
    assert "own-data" in str(outputs["RequestUri"]["Value"])


def ending(joined: dict[str, Any]) -> str:
    """The last part of what a template joins."""
    last: str = joined["Fn::Join"][1][-1]
    return last


def test_where_requests_name_the_version_no_promotion_updates_the_stack(templates: Templates):
    template = templates["Own-Serving-shops"]
    assert not {"Parameters", "Conditions"} & set(template)
    outputs = template["Outputs"]
    assert {"EndpointName", "EndpointConfigName", "SlotName", "PromotionInput"} <= set(outputs)
    assert {"ReleasePolicy", "RollbackAlarmNames"} <= set(outputs)
    told = json.loads(outputs["PromotionInput"]["Value"])
    assert (told["hosting"], told["endpoint"]) == ("multi-model", "own-shops")


def test_its_archives_lie_in_the_artifact_bucket_and_run_as_versions_are_registered(
    templates: Templates,
):
    template = templates["Own-Serving-shops"]
    [container] = the(template, "AWS::SageMaker::Model")["Properties"]["Containers"]
    assert container["ModelDataUrl"] == template["Outputs"]["ArchiveUri"]["Value"]
    assert ending(container["ModelDataUrl"]) == "/multi-model/own-shops/"
    assert "sagemaker-xgboost:3.2-0" in json.dumps(container["Image"])
    assert "Fn::FindInMap" in json.dumps(container["Image"])
    assert container["Environment"]["SAGEMAKER_PROGRAM"] == "inference.py"
    assert container["Environment"]["SAGEMAKER_REGION"] == {"Fn::Sub": "${AWS::Region}"}


def test_a_function_sends_the_probe_as_it_was_written_and_may_ask_this_endpoint_alone(
    templates: Templates,
):
    template = templates["Own-Serving-shops"]
    function = the(template, "AWS::Lambda::Function")["Properties"]
    assert function["FunctionName"] == "own-shops-probe"
    assert function["Environment"]["Variables"] == {
        "ENDPOINT": "own-shops",
        "PROBE": PROBE,
        "CONTENT_TYPE": "text/csv",
    }
    assert "def handler(" in function["Code"]["ZipFile"]
    asking = [
        json.dumps(statement["Resource"])
        for statement in statements(template)
        if "sagemaker:InvokeEndpoint" in actions(statement)
    ]
    assert len(asking) == 1
    assert ":endpoint/own-shops" in asking[0]


def test_promotions_of_the_stage_may_copy_and_ask_because_one_model_takes_it(templates: Templates):
    found = statements(templates["Own-Operations"])
    asking = [s for s in found if "lambda:InvokeFunction" in actions(s)]
    assert ":function:own-*-probe" in json.dumps(asking)
    puts = [s for s in found if "s3:PutObject" in actions(s)]
    assert "/multi-model/own-*" in json.dumps(puts)


def test_versions_of_one_model_can_be_tried_where_requests_name_those_of_another():
    search = replace(SEARCH, release=Split())
    config = StageConfig(name="Own", models=(search, SHOPS), hosting=WIDE)
    stage = Stage(App(context=feature_flags(), analytics_reporting=False), "Own")
    foundation = FoundationStack(stage, "Foundation", config=config)
    operations = OperationsStack(stage, "Operations", config=config, foundation=foundation)
    found = json.dumps(statements(assertions.Template.from_stack(operations).to_json()))
    assert "/comparisons/" in found
    assert "/multi-model/own-*" in found


@pytest.mark.parametrize("name", ["calls", "documents", "nightly", "search", "shops"])
def test_they_pass_cfn_lint(templates: Templates, tmp_path: Path, name: str):
    template = tmp_path / "kind.template.json"
    template.write_text(json.dumps(templates[f"Own-Serving-{name}"]))
    assert findings(template) == []


def test_they_are_as_they_were_reviewed(stage: Any, template_snapshot: TemplateSnapshot):
    for stack in stage.node.children:
        if "Serving" in stack.stack_name:
            template_snapshot(stack)


def test_another_synth_comes_to_the_same_bytes(templates: Templates):
    again = {
        stack.stack_name: assertions.Template.from_stack(stack).to_json()
        for stack in assembly().node.children
    }
    assert json.dumps(again) == json.dumps(templates)
