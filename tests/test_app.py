"""app.py, run as `cdk synth` runs it: whole, or ended by one sentence for each problem."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT, synth_environment
from tests.project import EXAMPLE, MODELS, change, copy_app, list_models
from tests.synths import Synths

Ended = Callable[[], str]
STAGES = "config/stages.py"
SPEC = "pipeline_definitions/flight_delay/__init__.py"
CARELESS = """
from aws_cdk import Stack, Stage
from aws_cdk.aws_s3 import Bucket

class PlatformStage(Stage):
    def __init__(self, scope, construct_id, *, config):
        super().__init__(scope, construct_id)
        Bucket(Stack(self, "Stack"), "Open")
"""
DEFINITION = "pipeline_definitions/flight_delay/definition.json"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what synth reads, to break."""
    return copy_app(tmp_path, EXAMPLE)


@pytest.fixture
def ended(project: Path, synths: Synths) -> Callable[[], str]:
    """What the app says when it ends early; it has to, and without a trace."""

    def ended() -> str:
        ran = synths.run(project, project / "out")
        assert ran.code == 1
        assert "Traceback" not in ran.stderr
        assert not list(ran.out.glob("**/*.template.json"))
        return ran.stderr.strip()

    return ended


def test_everything_wrong_with_a_stage_is_said_at_once_with_its_place(project: Path):
    change(project, STAGES, "models=MODELS,", 'models=MODELS, account="12", capture_dais=3,')
    run = subprocess.run(
        [sys.executable, "app.py"],
        cwd=project,
        env=synth_environment("out"),
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1
    assert not list((project / "out").glob("**/*.template.json"))
    account, setting = run.stderr.splitlines()
    line = 1 + (project / STAGES).read_text().splitlines().index("DEV = StageConfig(")
    assert account == (
        r"StageConfig.account string should match pattern '^\d{12}$', got '12' "
        f"(config/stages.py, line {line})"
    )
    assert setting == (
        "StageConfig.capture_dais extra inputs are not permitted, got 3 "
        f"(config/stages.py, line {line})"
    )


def test_an_impossible_capacity_is_said_with_its_place(project: Path, ended: Ended):
    change(project, STAGES, "min_instances=1", "min_instances=3")
    said = ended()
    assert said.startswith(
        "max_instances must be at least min_instances (3), got 2 (config/stages.py, line "
    )


def test_a_monitor_that_sees_half_of_the_traffic_is_said_with_the_place_of_its_model(
    project: Path, ended: Ended
):
    change(project, SPEC, "DataQuality()", "DataQuality(window_hours=12)")
    line = 1 + (project / SPEC).read_text().splitlines().index(
        "    monitors=(DataQuality(window_hours=12),),"
    )
    assert ended() == (
        "window_hours must be at least every_hours (24), got 12: a window shorter than the "
        f"schedule leaves traffic that nobody looks at ({SPEC}, line {line})"
    )


def test_a_monitor_without_capture_is_said_with_the_place_of_its_stage(project: Path, ended: Ended):
    change(project, STAGES, "min_instances=1", "capture_percent=0")
    said = ended()
    assert said.startswith(
        "monitor 'data-quality' of endpoint 'dev-flight-delay' would have nothing to read: "
        "capture_percent is 0; set it to 1 to 100, or take the monitor away (config/stages.py, line"
    )


def test_a_missing_step_script_is_said(project: Path, ended: Ended):
    (project / "pipeline_definitions/boosted_trees/steps/train.py").unlink()
    assert ended() == (
        "model 'flight-delay': no step script at pipeline_definitions/flight_delay/steps/train.py "
        "or pipeline_definitions/boosted_trees/steps/train.py; add it or take it out of "
        "step_scripts= in pipeline_definitions/flight_delay/__init__.py"
    )


def test_a_stale_definition_is_said_with_the_command_that_renews_it(project: Path, ended: Ended):
    definition = json.loads((project / DEFINITION).read_text())
    definition["Parameters"].pop()
    (project / DEFINITION).write_text(json.dumps(definition))
    assert ended() == (
        "model 'flight-delay': definition.json is out of date, because of definition.json; "
        "run `make definitions` and commit what it writes"
    )


def test_two_stages_of_one_name_are_said_with_their_file(project: Path, ended: Ended):
    change(project, STAGES, "in_order(DEV, PROD)", "in_order(DEV, DEV)")
    assert ended() == (
        "2 stages begin the names of their resources with 'dev-'; names of stages must differ, "
        "also in lower case; change name= of one of them in config/stages.py"
    )


def test_two_models_of_one_name_are_said_with_their_files(project: Path, ended: Ended):
    models = project / "pipeline_definitions"
    shutil.copytree(models / "flight_delay", models / "churn")
    list_models(project, EXAMPLE, "churn")
    assert ended() == (
        "two models are called 'flight-delay'; model names must differ because they name registry "
        f"groups; change name= in {SPEC} or pipeline_definitions/churn/__init__.py, or take one "
        f"out of {MODELS}"
    )


def test_a_fault_of_the_program_keeps_its_trace(project: Path, synths: Synths):
    change(project, STAGES, "models=MODELS", "models=MODLES")
    run = synths.run(project, project / "out")
    assert run.code == 1
    assert "Traceback" in run.stderr
    assert "NameError" in run.stderr


def test_cdk_nag_ends_the_synth_of_an_open_bucket(project: Path, synths: Synths):
    (project / "stacks/platform_stage.py").write_text(CARELESS)
    run = synths.run(project, project / "out")
    assert run.code == 1
    report = json.loads((run.out / "validation-report.json").read_text())
    assert "AwsSolutions-S1" in json.dumps(report)


def test_the_app_fits_on_one_screen():
    assert len((ROOT / "app.py").read_text().splitlines()) <= 30
