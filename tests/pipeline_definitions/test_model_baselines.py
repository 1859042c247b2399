"""A pipeline whose version is described by its answers: what its definition asks of AWS."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bench.scripts import load
from mlops_constructs.monitor_steps import MONITOR_STEPS
from mlops_constructs.monitoring import Attribution, Bias, Facet, ModelQuality
from mlops_constructs.monitoring.job_kinds import job_kind
from tests.pipeline_definitions.maker import Maker
from tests.project import EXAMPLE, change, copy_definitions

FOLDER = f"pipeline_definitions/{EXAMPLE}"
(JOINED,) = load(MONITOR_STEPS, "joined")
QUALITY = ModelQuality(ground_truth_prefix="arrivals", problem_type="BinaryClassification")
BIAS = Bias(
    ground_truth_prefix="arrivals", label="late", favourable=("0",),
    facets=(Facet(name="origin", values=("LGA", "JFK")),),
)  # fmt: skip
_OUTPUT = re.compile(r"Steps\.(\w+)\..*Outputs\['([a-z-]+)'\]")
GATED = "pipeline_definitions/sdk/gated.py"


def project(folder: Path, monitors: str, *, time: bool = True) -> Path:
    """A copy of the project whose model has these monitors.

    Args:
        folder: Where.
        monitors: Source text of the tuple.
        time: Whether its tables say when, so that requests can be described.
    """
    copy_definitions(folder, EXAMPLE)
    names = "import Attribution, Bias, DataQuality, Facet, ModelQuality"
    change(folder, f"{FOLDER}/__init__.py", "import DataQuality", names)
    change(folder, f"{FOLDER}/__init__.py", "(DataQuality(),)", monitors)
    schema = {"label": "late", "time": "scheduled" if time else None}
    said = json.dumps({**schema, "features": {"origin": "category"}})
    (folder / FOLDER / "steps/schema.json").write_text(said)
    return folder


def made(folder: Path, maker: Maker) -> dict[str, Any]:
    """The definition that `make definitions` writes; it refuses what AWS would."""
    done = maker.make(folder)
    assert (done.code, done.stderr) == (0, "")
    definition: dict[str, Any] = json.loads((folder / FOLDER / "definition.json").read_text())
    return definition


@pytest.fixture(scope="module")
def of_both(tmp_path_factory: pytest.TempPathFactory, maker: Maker) -> dict[str, Any]:
    """Requests and answers are described."""
    monitors = f"(DataQuality(), {QUALITY!r}, {BIAS!r}, {Attribution()!r})"
    return made(project(tmp_path_factory.mktemp("both"), monitors), maker)


@pytest.fixture(scope="module")
def of_answers(tmp_path_factory: pytest.TempPathFactory, maker: Maker) -> dict[str, Any]:
    """Answers alone, and of them only for which reasons they are given."""
    folder = project(tmp_path_factory.mktemp("answers"), "(Attribution(),)", time=False)
    return made(folder, maker)


def arguments(definition: dict[str, Any], name: str) -> dict[str, Any]:
    """What a step asks of AWS."""
    gate = next(step for step in definition["Steps"] if step["Name"] == "Gate")
    steps = [*definition["Steps"], *gate["Arguments"]["IfSteps"]]
    [found] = [step["Arguments"] for step in steps if step["Name"] == name]
    return dict(found)


def told(definition: dict[str, Any]) -> dict[str, str]:
    """The script's options, as it gets them."""
    said = arguments(definition, "ModelBaseline")["AppSpecification"]["ContainerArguments"]
    pairs = JOINED.joined(said)
    return dict(zip(pairs[::2], pairs[1::2], strict=True))


def uris(job: dict[str, Any]) -> dict[str, list[Any]]:
    """Name of an output to the parts of where it goes."""
    outputs = job["ProcessingOutputConfig"]["Outputs"]
    return {o["OutputName"]: o["S3Output"]["S3Uri"]["Std:Join"]["Values"] for o in outputs}


def test_the_monitors_own_script_asks_the_version_in_the_image_that_serves_it(
    of_both: dict[str, Any],
):
    app = arguments(of_both, "ModelBaseline")["AppSpecification"]
    assert app["ContainerEntrypoint"][-2:] == ["joined.py", "model_baseline.py"]
    served = arguments(of_both, "Register")["InferenceSpecification"]["Containers"][0]
    assert app["ImageUri"] == served["Image"]
    inputs = {
        i["InputName"]: i["S3Input"]["S3Uri"]
        for i in arguments(of_both, "ModelBaseline")["ProcessingInputs"]
    }
    assert inputs["code"] == "${MonitorCodeUri}"
    assert inputs["model"] == {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}
    assert inputs["test"]["Get"].endswith("Outputs['test'].S3Output.S3Uri")
    assert inputs["data"]["Std:Join"]["Values"][-1] == "Preprocess"


def test_a_script_is_told_the_settings_of_each_monitor_whole(of_both: dict[str, Any]):
    options = told(of_both)
    for settings in (QUALITY, BIAS, Attribution()):
        said = options[f"--{settings.kind}-settings"]
        assert type(settings).model_validate_json(said) == settings
        assert options[f"--{settings.kind}"] == f"/opt/ml/processing/output/{settings.kind}"
    assert options["--message"] == "/opt/ml/output/message"
    assert not any(option.startswith("--data-quality") for option in options)


def test_answers_are_described_below_the_folder_of_requests(of_both: dict[str, Any]):
    [of_requests] = uris(arguments(of_both, "Baseline")).values()
    assert uris(arguments(of_both, "ModelBaseline")) == {
        kind: [*of_requests, kind] for kind in ("model-quality", "bias", "attribution")
    }


def test_a_version_is_registered_when_both_stand(of_both: dict[str, Any]):
    [gate] = [step for step in of_both["Steps"] if step["Name"] == "Gate"]
    assert gate["DependsOn"] == ["Baseline", "ModelBaseline"]
    [answers] = [step for step in of_both["Steps"] if step["Name"] == "ModelBaseline"]
    assert answers["DependsOn"] == ["Preprocess"]


def files(sources: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """`Kind.Member` to the step's output and the file that it names."""
    found = {}
    for kind, members in sources.items():
        for member, source in members.items():
            prefix, file = source["S3Uri"]["Std:Join"]["Values"]
            assert source["ContentType"] == "application/json"
            [(step, output)] = _OUTPUT.findall(prefix["Get"])
            found[f"{kind}.{member}"] = (f"{step}/{output}", file)
    return found


def test_its_registry_entry_says_what_it_is_like_and_what_it_is_compared_with(
    of_both: dict[str, Any],
):
    package = arguments(of_both, "Register")
    quality, bias, why = (
        f"ModelBaseline/{kind}" for kind in ("model-quality", "bias", "attribution")
    )
    requests = {
        "ModelDataQuality.Statistics": ("Baseline/baseline", "statistics.json"),
        "ModelDataQuality.Constraints": ("Baseline/baseline", "constraints.json"),
    }
    assert files(package["ModelMetrics"]) == requests | {
        "ModelQuality.Statistics": ("Evaluate/evaluation", "evaluation.json"),
        "ModelQuality.Constraints": (quality, "constraints.json"),
        "Bias.Report": (bias, "analysis.json"),
        "Explainability.Report": (why, "analysis.json"),
    }
    assert files(package["DriftCheckBaselines"]) == requests | {
        "ModelQuality.Statistics": (quality, "statistics.json"),
        "ModelQuality.Constraints": (quality, "constraints.json"),
        "Bias.ConfigFile": (bias, "analysis_config.json"),
        "Bias.PreTrainingConstraints": (bias, "constraints.json"),
        "Bias.PostTrainingConstraints": (bias, "constraints.json"),
        "Explainability.Constraints": (why, "analysis.json"),
    }


def test_the_registry_names_the_constraints_that_jobs_of_model_monitor_compare_with(
    of_both: dict[str, Any],
):
    """Constraints are what a monitor made from the package compares with, the config its own.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DriftCheckBias.html
    """
    carried = {
        member: f"{output.partition('/')[2]}/{file}"
        for member, (output, file) in files(
            arguments(of_both, "Register")["DriftCheckBaselines"]
        ).items()
    }
    quality, bias, why = (job_kind(settings) for settings in (QUALITY, BIAS, Attribution()))
    assert carried["ModelQuality.Constraints"] == quality.constraints
    assert carried["Bias.PreTrainingConstraints"] == bias.constraints
    assert carried["Bias.PostTrainingConstraints"] == bias.constraints
    assert carried["Bias.ConfigFile"] == bias.analysis_config
    assert carried["Explainability.Constraints"] == why.constraints


def test_a_model_whose_requests_are_not_described_is_registered_without(of_answers: dict[str, Any]):
    package = arguments(of_answers, "Register")
    assert files(package["DriftCheckBaselines"]) == {
        "Explainability.Constraints": ("ModelBaseline/attribution", "analysis.json")
    }
    assert set(files(package["ModelMetrics"])) == {
        "ModelQuality.Statistics",
        "Explainability.Report",
    }
    assert [step["Name"] for step in of_answers["Steps"]].count("Baseline") == 0


def test_a_step_with_nothing_to_describe_is_refused(tmp_path: Path, maker: Maker):
    folder = project(tmp_path, "(DataQuality(),)")
    change(folder, GATED, "if not self.model.answer_monitors:", "if False:")
    done = maker.make(folder)
    assert done.code == 1
    assert done.stderr.strip() == (
        "step 'ModelBaseline' has nothing to describe: no monitor of model 'flight-delay' looks at "
        f"its answers; leave the step out, or add one to monitors= in {FOLDER}/__init__.py"
    )
