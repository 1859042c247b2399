"""Synth reads the committed definition, and refuses one that its sources would no longer give."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from mlops_constructs.monitoring import DataQuality
from mlops_constructs.processing_job import SCIKIT_LEARN
from pipeline_definitions.definition import (
    DEFINITION,
    DIGEST,
    StaleDefinition,
    UnknownPlaceholder,
    digest_text,
    load_definition,
    sagemaker_pin,
    source_digests,
    unknown_placeholders,
)
from pipeline_definitions.flight_delay import MODEL as FLIGHT_DELAY
from pipeline_definitions.images import image_accounts
from pipeline_definitions.spec import ModelSpec


@pytest.fixture
def copied(tmp_path: Path) -> ModelSpec:
    """The model in a folder of its own, to be tampered with."""
    folder = tmp_path / "flight_delay"
    shutil.copytree(FLIGHT_DELAY.folder, folder)
    return replace(FLIGHT_DELAY, folder=folder)


def refusal(spec: ModelSpec) -> str:
    with pytest.raises(StaleDefinition) as refused:
        load_definition(spec)
    return str(refused.value)


def test_the_committed_definition_is_current():
    body = load_definition(FLIGHT_DELAY).body
    assert json.loads(body)["Version"] == "2020-12-01"


def test_placeholders_are_all_that_only_the_cloud_knows():
    assert load_definition(FLIGHT_DELAY).placeholders == {
        "AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::URLSuffix",
        "ArtifactBucketName", "CodeDigest", "CodeUri", "DataBucketName", "JobRoleName",
        "KmsKeyArn", "ModelPackageGroupName", "MonitorCodeUri", "NoChampionUri", "PipelineName",
        "SklearnAccount", "XgboostAccount",
    }  # fmt: skip


@pytest.mark.parametrize("file", [DEFINITION, DIGEST])
def test_a_missing_file_is_refused(copied: ModelSpec, file: str):
    (copied.folder / file).unlink()
    assert refusal(copied) == (
        f"model 'flight-delay': no {DEFINITION} with its {DIGEST} in {copied.folder}; "
        "run `make definitions` and commit both"
    )


@pytest.mark.parametrize("file", [DEFINITION, "pipeline.py", "__init__.py"])
def test_an_edited_source_is_named(copied: ModelSpec, file: str):
    path = copied.folder / file
    path.write_text(path.read_text() + "\n")
    assert refusal(copied) == (
        f"model 'flight-delay': {DEFINITION} is out of date, because of {file}; "
        "run `make definitions` and commit what it writes"
    )


def test_a_source_that_came_or_went_is_named(copied: ModelSpec):
    digest = copied.folder / DIGEST
    kept = [line for line in digest.read_text().splitlines() if "sdk/jobs.py" not in line]
    digest.write_text("\n".join([*kept, "0  sdk/gone.py"]) + "\n")
    assert "because of sdk/gone.py, sdk/jobs.py;" in refusal(copied)


def test_another_version_of_the_sdk_makes_definitions_stale(
    copied: ModelSpec, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("pipeline_definitions.definition.sagemaker_pin", lambda: "sagemaker==9.9.9")
    assert "because of the pin of sagemaker;" in refusal(copied)


def test_a_placeholder_that_no_construct_fills_is_refused_with_the_file_to_change(
    copied: ModelSpec,
):
    path = copied.folder / DEFINITION
    body = path.read_text().replace("${KmsKeyArn}", "${KmsKey}", 1)
    body = body.replace('"Reason"', '"${XgboostAccount} ${Surprise}"', 1)
    path.write_text(body)
    (copied.folder / DIGEST).write_text(digest_text(source_digests(copied, definition=body)))
    with pytest.raises(UnknownPlaceholder) as refused:
        load_definition(copied)
    first, second = str(refused.value).splitlines()
    assert first.startswith(
        "model 'flight-delay': its definition has the placeholder ${KmsKey}, which nothing fills; "
        "known are AWS::AccountId, "
    )
    assert "the placeholder ${Surprise}, " in second
    assert second.endswith(f", XgboostAccount; change it in {copied.folder / 'pipeline.py'}")


def test_an_account_of_a_registry_is_filled_before_an_image_only(copied: ModelSpec):
    image = "${XgboostAccount}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/sagemaker-xgboost:3"
    assert unknown_placeholders(copied, image) == []
    [said] = unknown_placeholders(copied, "s3://${XgboostAccount}/")
    assert "the placeholder ${XgboostAccount}, which nothing fills" in said


@pytest.mark.parametrize("changed", [{"window_hours": 48}, {"every_hours": 6}])
def test_other_windows_of_a_monitor_make_a_definition_stale(
    copied: ModelSpec, changed: dict[str, int]
):
    other = replace(copied, monitors=(DataQuality.model_validate(changed),))
    assert "because of the settings of its monitors;" in refusal(other)


def test_what_a_monitor_may_cause_is_no_source_of_the_definition(copied: ModelSpec):
    monitor = DataQuality(retrains=False, minimum_records=9)
    assert load_definition(replace(copied, monitors=(monitor,)))


def test_step_scripts_are_no_source_of_the_definition(copied: ModelSpec):
    (copied.steps_folder / "train.py").write_text("print()\n")
    assert load_definition(copied)


def test_the_pin_is_the_installed_version():
    assert sagemaker_pin() == f"sagemaker=={version('sagemaker')}"


@pytest.mark.nightly
def test_what_synth_imports_brings_no_sdk_along():
    code = (
        "import sys\n"
        "from pipeline_definitions.models import MODELS\n"
        "from pipeline_definitions.images import image_accounts\n"
        "from pipeline_definitions.definition import load_definition\n"
        "bodies = [load_definition(spec).body for spec in MODELS]\n"
        "assert bodies and image_accounts()\n"
        "print({'sagemaker', 'boto3', 'botocore', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.stdout.strip() == "set()"


def test_every_region_has_the_registries_of_training_and_most_that_of_model_monitor():
    accounts = image_accounts()
    assert accounts["us-east-1"] == {
        "ClarifyAccount": "205585389593",  # documented with the prebuilt container
        "ModelMonitorAccount": "156813124566",  # documented with the prebuilt container
        "SklearnAccount": "683313688378",  # documented beside the image URIs of us-east-1
        "XgboostAccount": "683313688378",
    }
    for region, names in accounts.items():
        assert re.fullmatch(r"[a-z]{2,}(-[a-z]+)+-\d", region)
        assert {"SklearnAccount", "XgboostAccount"} <= set(names)
        assert all(re.fullmatch(r"\d{12}", account) for account in names.values())
    without = {region for region, names in accounts.items() if "ModelMonitorAccount" not in names}
    assert "us-gov-west-1" in without
    assert len(without) < 10


def test_monitors_run_in_the_image_that_baselines_were_made_in():
    steps = {s["Name"]: s for s in json.loads(load_definition(FLIGHT_DELAY).body)["Steps"]}
    image = steps["Baseline"]["Arguments"]["AppSpecification"]["ImageUri"]
    assert image == SCIKIT_LEARN
