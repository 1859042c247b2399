"""What a monitor of the open engine is told and may do differs by its kind, and in nothing else."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import cdk_nag
import pytest

from bench.scripts import load
from mlops_constructs.arguments import LONGEST, options
from mlops_constructs.monitor_steps import MONITOR_STEPS
from mlops_constructs.monitoring import (
    Attribution,
    Bias,
    DataQuality,
    Facet,
    LabelledSettings,
    MonitorSettings,
)
from pipeline_definitions.definition import load_definition
from pipeline_definitions.flight_delay import MODEL
from pipeline_definitions.validation import definition_problems
from tests.constructs_library.someones_app import actions, new_stack, synthesized, the
from tests.monitoring_stack.watched import BIAS, EACH, OPEN, QUALITY, monitor_in

Template = dict[str, Any]
(JOINED,) = load(MONITOR_STEPS, "joined")
OF_ANSWERS = [settings for settings in EACH if not isinstance(settings, DataQuality)]
WORDY = BIAS.model_copy(
    update={"facets": (Facet(name="age", values=tuple(f"-{age} and más" for age in range(99))),)}
)


def by_kind(settings: MonitorSettings) -> str:
    return settings.kind


@pytest.fixture(scope="module")
def templates() -> dict[str, Template]:
    """Kind to the template of a stack with one monitor of it."""
    found = {}
    for settings in EACH:
        stack = new_stack()
        monitor_in(stack, OPEN, settings=settings)
        found[settings.kind] = synthesized(stack)
    return found


def body(template: Template) -> dict[str, Any]:
    found = the(template, "AWS::SageMaker::Pipeline")["Properties"]["PipelineDefinition"]
    parsed: dict[str, Any] = json.loads(found["PipelineDefinitionBody"]["Fn::Sub"][0])
    return parsed


def job(template: Template) -> dict[str, Any]:
    [step] = body(template)["Steps"]
    arguments: dict[str, Any] = step["Arguments"]
    return arguments


def told(template: Template) -> dict[str, Any]:
    """The options, as the script gets them."""
    said = job(template)["AppSpecification"]["ContainerArguments"]
    pairs = JOINED.joined([json.dumps(part) if isinstance(part, dict) else part for part in said])
    return dict(zip(pairs[::2], pairs[1::2], strict=True))


@pytest.mark.parametrize("settings", EACH, ids=by_kind)
def test_sagemaker_would_take_its_definition(
    settings: MonitorSettings, templates: dict[str, Template]
):
    assert definition_problems(body(templates[settings.kind])) == []


@pytest.mark.parametrize("settings", EACH, ids=by_kind)
def test_it_runs_the_script_of_its_kind(settings: MonitorSettings, templates: dict[str, Template]):
    app = job(templates[settings.kind])["AppSpecification"]
    assert app["ContainerEntrypoint"][-1] == f"{settings.kind.replace('-', '_')}.py"
    assert app["ContainerEntrypoint"][-2].endswith((' "$@"', "joined.py"))


def test_attributions_run_where_the_model_does_and_the_others_where_baselines_are_made(
    templates: dict[str, Template],
):
    definition = json.loads(load_definition(MODEL).body)
    images = {
        step["Name"]: step["Arguments"]["AppSpecification"]["ImageUri"]
        for step in definition["Steps"]
        if step["Type"] == "Processing"
    }
    for settings in EACH:
        image = job(templates[settings.kind])["AppSpecification"]["ImageUri"]
        of = "Evaluate" if isinstance(settings, Attribution) else "Baseline"
        assert image == images[of], settings.kind


def test_its_own_image_and_no_other_is_pulled(templates: dict[str, Template]):
    for settings in EACH:
        pulled = json.dumps(policy(templates[settings.kind]))
        xgboost = isinstance(settings, Attribution)
        assert ("repository/sagemaker-xgboost" in pulled) == xgboost
        assert ("repository/sagemaker-scikit-learn" in pulled) != xgboost


@pytest.mark.parametrize("settings", OF_ANSWERS, ids=by_kind)
def test_it_is_told_its_settings_whole_and_compares_with_the_baseline_of_its_kind(
    settings: MonitorSettings, templates: dict[str, Template]
):
    template = templates[settings.kind]
    options = told(template)
    assert type(settings).model_validate_json(options["--settings"]) == settings
    assert (options["--monitor"], options["--baseline"]) == (
        settings.kind,
        "/opt/ml/processing/input/baseline",
    )
    inputs = {i["InputName"]: i["S3Input"]["S3Uri"] for i in job(template)["ProcessingInputs"]}
    assert inputs["baseline"] == f"${{BaselineUri}}/{settings.kind}"


@pytest.mark.parametrize("settings", EACH, ids=by_kind)
def test_only_who_needs_labels_is_told_where_they_lie(
    settings: MonitorSettings, templates: dict[str, Template]
):
    found = told(templates[settings.kind]).get("--ground-truth")
    labelled = isinstance(settings, LabelledSettings)
    assert found == ("s3://${LabelBucketName}/said/churn" if labelled else None)


def policy(template: Template) -> list[dict[str, Any]]:
    [document] = [
        resource["Properties"]["PolicyDocument"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Policy" and name.startswith("WatchEngineJobRoleDefault")
    ]
    found: list[dict[str, Any]] = document["Statement"]
    return found


@pytest.mark.parametrize("settings", EACH, ids=by_kind)
def test_only_who_needs_labels_may_read_them_and_nothing_else_of_that_bucket(
    settings: MonitorSettings, templates: dict[str, Template]
):
    statements = policy(templates[settings.kind])
    of_the_bucket = [s for s in statements if '"In' in json.dumps(s["Resource"])]
    if not isinstance(settings, LabelledSettings):
        assert of_the_bucket == []
        return
    assert sorted(action for s in of_the_bucket for action in actions(s)) == [
        "s3:GetObject",
        "s3:ListBucket",
    ]
    for statement in of_the_bucket:
        if actions(statement) == ["s3:ListBucket"]:
            prefixes = statement["Condition"]["StringLike"]["s3:prefix"]
            assert prefixes == ["said/churn", "said/churn/*"]
        else:
            read = [r["Fn::Join"][1][-1] for r in statement["Resource"] if '"In' in json.dumps(r)]
            assert read == ["/said/churn/*"]


@pytest.mark.parametrize("settings", EACH, ids=by_kind)
def test_cdk_nag_finds_nothing_of_it(settings: MonitorSettings):
    monitor = monitor_in(new_stack(), OPEN, settings=settings)
    report = cdk_nag.AwsSolutionsChecks().validate_scope(monitor)
    assert [violation.rule_name for violation in report.violations] == []


def test_settings_too_long_for_one_argument_arrive_whole():
    stack = new_stack()
    monitor_in(stack, OPEN, settings=WORDY)
    template = synthesized(stack)
    said = job(template)["AppSpecification"]["ContainerArguments"]
    assert len(WORDY.model_dump_json()) > 4 * LONGEST
    assert definition_problems(body(template)) == []
    assert said.count("--settings") > 4
    assert Bias.model_validate_json(told(template)["--settings"]) == WORDY


def test_what_is_no_text_and_what_is_empty_stays_as_it_is():
    assert options({"window-end": {"Get": "Parameters.WindowEnd"}, "namespace": ""}) == [
        "--window-end",
        {"Get": "Parameters.WindowEnd"},
        "--namespace",
        "",
    ]


@pytest.mark.parametrize("length", [LONGEST, LONGEST + 1])
def test_an_argument_is_cut_only_where_it_must_be(length: int):
    assert options({"a": "x" * length}).count("--a") == (1 if length == LONGEST else 2)


def test_a_script_that_is_run_with_pieces_gets_them_whole(tmp_path: Path):
    (tmp_path / "show.py").write_text(
        "import json, sys\nprint(json.dumps([__name__, *sys.argv]))\n"
    )
    (tmp_path / "joined.py").write_text((MONITOR_STEPS / "joined.py").read_text())
    text = QUALITY.model_dump_json() * 3
    shown = subprocess.run(
        [sys.executable, "joined.py", "show.py", *options({"a": "-1", "settings": text, "b": ""})],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(shown.stdout) == [
        "__main__", "show.py", "--a", "-1", "--settings", text, "--b", "",
    ]  # fmt: skip
