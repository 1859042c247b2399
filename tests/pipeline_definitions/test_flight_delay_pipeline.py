"""What the committed definition of flight_delay asks of AWS."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline_definitions.definition import load_definition
from pipeline_definitions.flight_delay import MODEL

DEFINITION: dict[str, Any] = json.loads(load_definition(MODEL).body)
TOP = {step["Name"]: step for step in DEFINITION["Steps"]}
BRANCHES = TOP["Gate"]["Arguments"]
STEPS = TOP | {step["Name"]: step for b in ("IfSteps", "ElseSteps") for step in BRANCHES[b]}
JOBS = [step for step in STEPS.values() if step["Type"] in ("Processing", "Training")]


def test_the_steps_are_those_of_the_loop_in_its_order():
    assert list(TOP) == ["Preprocess", "Train", "Evaluate", "Baseline", "Gate"]
    assert [step["Name"] for step in BRANCHES["IfSteps"]] == ["Register"]
    assert [step["Name"] for step in BRANCHES["ElseSteps"]] == ["Fail"]
    assert TOP["Baseline"]["DependsOn"] == ["Preprocess"]
    assert TOP["Gate"]["DependsOn"] == ["Baseline"]


def test_parameters_have_defaults_so_that_a_person_can_start_a_run_without_any():
    defaults = {p["Name"]: p["DefaultValue"] for p in DEFINITION["Parameters"]}
    assert 0.5 < defaults.pop("MinimumAuc") < 1
    assert 0 <= defaults.pop("MinimumImprovement") < 0.5
    assert defaults == {
        "InputDataUri": "s3://${DataBucketName}/flight-delay/",
        "DataVersion": "unversioned",
        "Reason": "started by a person",
        "ChampionModelUri": "${NoChampionUri}",
        "ChampionPackageArn": "NONE",
        "ProcessingInstanceType": "ml.m5.large",
        "TrainingInstanceType": "ml.m5.xlarge",
    }


def test_the_baseline_describes_all_that_preprocess_wrote_by_the_monitors_own_script():
    job = TOP["Baseline"]["Arguments"]
    assert job["AppSpecification"]["ContainerEntrypoint"][-1] == "baseline.py"
    inputs = {i["InputName"]: i["S3Input"]["S3Uri"] for i in job["ProcessingInputs"]}
    assert inputs["code"] == "${MonitorCodeUri}"
    described = inputs["data"]["Std:Join"]["Values"]
    outputs = [
        output["S3Output"]["S3Uri"]["Std:Join"]["Values"]
        for output in TOP["Preprocess"]["Arguments"]["ProcessingOutputConfig"]["Outputs"]
    ]
    assert [uri[: len(described)] for uri in outputs] == [described] * 4


def test_the_baseline_is_calibrated_for_the_windows_of_the_models_monitor():
    said = TOP["Baseline"]["Arguments"]["AppSpecification"]["ContainerArguments"]
    told = dict(zip(said[::2], said[1::2], strict=True))
    [monitor] = MODEL.monitors
    assert told["--window-hours"] == str(monitor.window_hours)
    assert told["--every-hours"] == str(monitor.every_hours)
    assert told["--data"] == "/opt/ml/processing/input/data"


def test_the_gate_wants_the_floor_and_the_improvement():
    compared = [
        (c["Type"], c["LeftValue"]["Std:JsonGet"]["Path"], c["RightValue"]["Get"])
        for c in BRANCHES["Conditions"]
    ]
    assert compared == [
        ("GreaterThanOrEqualTo", "gate.auc", "Parameters.MinimumAuc"),
        ("GreaterThanOrEqualTo", "gate.improvement", "Parameters.MinimumImprovement"),
    ]


def test_a_failed_gate_says_the_numbers():
    joined = STEPS["Fail"]["Arguments"]["ErrorMessage"]["Std:Join"]
    rendered = [
        value if isinstance(value, str) else f"<{value.get('Get') or value['Std:JsonGet']['Path']}>"
        for value in joined["Values"]
    ]
    assert joined["On"].join(rendered) == (
        "<gate.summary> but the gate wants an AUC of at least <Parameters.MinimumAuc> "
        "and an improvement of at least <Parameters.MinimumImprovement>"
    )


def test_what_a_version_will_carry_is_judged_before_any_work():
    said = TOP["Preprocess"]["Arguments"]["AppSpecification"]["ContainerArguments"]
    told = dict(zip(said[::2], said[1::2], strict=True))
    assert told["--data-version"] == {"Get": "Parameters.DataVersion"}
    assert told["--reason"] == {"Get": "Parameters.Reason"}


@pytest.mark.parametrize("step", JOBS, ids=lambda step: step["Name"])
def test_every_job_is_encrypted_limited_and_runs_as_the_job_role(step: dict[str, Any]):
    arguments = step["Arguments"]
    cluster = arguments.get("ResourceConfig") or arguments["ProcessingResources"]["ClusterConfig"]
    output = arguments.get("OutputDataConfig") or arguments["ProcessingOutputConfig"]
    assert cluster["VolumeKmsKeyId"] == output["KmsKeyId"] == "${KmsKeyArn}"
    assert cluster["InstanceCount"] == 1
    assert cluster["InstanceType"]["Get"].startswith("Parameters.")
    assert arguments["StoppingCondition"] == {"MaxRuntimeInSeconds": 3600}
    assert arguments["RoleArn"].endswith(":role/${JobRoleName}")


@pytest.mark.parametrize("step", JOBS, ids=lambda step: step["Name"])
def test_every_output_lies_below_its_own_run(step: dict[str, Any]):
    arguments = step["Arguments"]
    outputs = arguments.get("ProcessingOutputConfig", {}).get("Outputs", [])
    uris = [output["S3Output"]["S3Uri"] for output in outputs]
    for uri in uris or [arguments["OutputDataConfig"]["S3OutputPath"]]:
        prefix, run, name, *_ = uri["Std:Join"]["Values"]
        assert prefix == "s3://${ArtifactBucketName}/${PipelineName}"
        assert run == {"Get": "Execution.PipelineExecutionId"}
        assert name == step["Name"]


def test_every_script_that_is_started_is_one_of_the_models():
    started = [
        step["Arguments"]["AppSpecification"]["ContainerEntrypoint"][-1]
        for step in JOBS
        if step["Type"] == "Processing" and step["Name"] != "Baseline"
    ]
    trained = STEPS["Train"]["Arguments"]["HyperParameters"]
    served = STEPS["Register"]["Arguments"]["InferenceSpecification"]["Containers"][0]
    scripts = [*started, trained["sagemaker_program"], served["Environment"]["SAGEMAKER_PROGRAM"]]
    assert sorted(scripts) == sorted(MODEL.step_scripts)
    assert trained["sagemaker_submit_directory"] == "${CodeUri}"


def test_a_version_waits_for_approval_with_metrics_and_baselines():
    arguments = STEPS["Register"]["Arguments"]

    def file(source: dict[str, Any]) -> tuple[str, str]:
        output, name = source["S3Uri"]["Std:Join"]["Values"]
        return output["Get"].split(".")[1], name

    assert arguments["ModelApprovalStatus"] == "PendingManualApproval"
    metrics, baselines = arguments["ModelMetrics"], arguments["DriftCheckBaselines"]
    assert set(metrics) == {"ModelQuality", "ModelDataQuality"}
    assert file(metrics["ModelQuality"]["Statistics"]) == ("Evaluate", "evaluation.json")
    for quality in (metrics["ModelDataQuality"], baselines["ModelDataQuality"]):
        assert file(quality["Statistics"]) == ("Baseline", "statistics.json")
        assert file(quality["Constraints"]) == ("Baseline", "constraints.json")


def test_a_version_says_where_it_comes_from():
    metadata = STEPS["Register"]["Arguments"]["CustomerMetadataProperties"]
    assert metadata["CodeDigest"] == "${CodeDigest}"
    for name in ("DataVersion", "Reason", "ChampionPackageArn"):
        assert metadata[name] == {"Get": f"Parameters.{name}"}
    own = STEPS["Train"]["Arguments"]["HyperParameters"].items()
    expected = [f"{n}={v}" for n, v in own if not n.startswith("sagemaker_")]
    assert metadata["Hyperparameters"].split() == expected


def test_a_version_is_served_by_its_own_code():
    container = STEPS["Register"]["Arguments"]["InferenceSpecification"]["Containers"][0]
    assert container["Environment"]["SAGEMAKER_PROGRAM"] == "inference.py"
    assert container["Environment"]["SAGEMAKER_SUBMIT_DIRECTORY"] == "/opt/ml/model/code"
    assert container["Image"].startswith("${XgboostAccount}.dkr.ecr.${AWS::Region}.")


def test_a_version_carries_no_tags():
    assert "Tags" not in json.dumps(DEFINITION)


def test_it_is_far_from_the_limit_of_a_definition():
    assert len(Path(MODEL.folder / "definition.json").read_text()) < 1_048_576 / 10
