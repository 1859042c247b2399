"""A model that can't be deployed is refused with one sentence for each reason."""

from pathlib import Path

import pytest

from pipeline_definitions.models import MODELS
from pipeline_definitions.spec import InvalidModels, ModelSpec, checked, models_in


def model(folder: Path, name: str = "churn", *scripts: str) -> ModelSpec:
    """A model whose folder holds these scripts."""
    (folder / "steps").mkdir(parents=True, exist_ok=True)
    for script in scripts or ("train.py",):
        (folder / "steps" / script).touch()
    return ModelSpec(name=name, folder=folder, step_scripts=scripts or ("train.py",))


def problems(*models: ModelSpec) -> list[str]:
    with pytest.raises(InvalidModels) as refused:
        checked(*models)
    assert str(refused.value).splitlines() == list(refused.value.problems)
    return list(refused.value.problems)


def test_the_models_of_this_app_are_sound():
    assert checked(*MODELS) == MODELS
    assert "flight-delay" in [spec.name for spec in MODELS]


def test_a_sound_model_is_given_back(tmp_path: Path):
    spec = model(tmp_path, "a-1")
    assert checked(spec) == (spec,)
    assert (spec.steps_folder, spec.data_prefix) == (tmp_path / "steps", "a-1")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("flight_delay", id="an underscore"),
        pytest.param("-churn", id="a leading hyphen"),
        pytest.param("churn-", id="a trailing hyphen"),
        pytest.param("", id="nothing"),
        pytest.param("c" * 54, id="no room for a stage's prefix"),
    ],
)
def test_a_name_that_aws_would_refuse_is_refused(name: str, tmp_path: Path):
    assert problems(model(tmp_path, name)) == [
        f"model {name!r}: a name is 1 to 53 letters, digits and inner hyphens, "
        f"got {len(name)} characters; change name= in {tmp_path}/__init__.py"
    ]


def test_the_longest_name_leaves_room_for_a_stages_prefix(tmp_path: Path):
    longest = model(tmp_path, "c" * 53)
    assert checked(longest)
    assert len(f"staging12-{longest.name}") == 63


def test_a_missing_step_script_is_named_with_its_path():
    folder = Path(__file__).parents[2] / "pipeline_definitions/nowhere"
    spec = ModelSpec(name="churn", folder=folder, step_scripts=("train.py",))
    assert problems(spec) == [
        "model 'churn': no step script at pipeline_definitions/nowhere/steps/train.py; "
        "add it or take it out of step_scripts= in pipeline_definitions/nowhere/__init__.py"
    ]


def test_a_script_may_be_one_that_models_share(tmp_path: Path):
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "train.py").touch()
    spec = ModelSpec(name="churn", folder=tmp_path, step_scripts=("train.py",), shared_steps=shared)
    assert checked(spec) == (spec,)
    assert spec.code == (tmp_path / "steps", shared)


def test_a_script_that_is_nowhere_is_named_with_both_paths(tmp_path: Path):
    spec = ModelSpec(
        name="churn", folder=tmp_path, step_scripts=("train.py",), shared_steps=tmp_path / "shared"
    )
    [said] = problems(spec)
    assert f"no step script at {tmp_path}/steps/train.py or {tmp_path}/shared/train.py; " in said


def test_a_model_without_scripts_is_refused(tmp_path: Path):
    spec = ModelSpec(name="churn", folder=tmp_path, step_scripts=())
    assert problems(spec) == [
        f"model 'churn': step_scripts is empty; name the files of {tmp_path}/steps that the "
        "pipeline starts"
    ]


@pytest.mark.parametrize(("count", "word"), [(2, "two"), (3, "three"), (4, "4")])
def test_models_of_one_name_are_refused_with_their_files(count: int, word: str, tmp_path: Path):
    folders = [tmp_path / str(number) for number in range(count)]
    files = " or ".join(f"{folder}/__init__.py" for folder in folders)
    assert problems(*map(model, folders)) == [
        f"{word} models are called 'churn'; model names must differ because they name registry "
        f"groups; change name= in {files}, or take one out of pipeline_definitions/models.py"
    ]


def test_a_model_that_is_listed_twice_is_refused_with_its_file(tmp_path: Path):
    [said] = problems(*[model(tmp_path)] * 2)
    assert said.startswith("two models are called 'churn'")
    assert f"change name= in {tmp_path}/__init__.py, or take one out of" in said


def test_problems_of_several_models_are_reported_together(tmp_path: Path):
    bad_name = model(tmp_path / "a", "bad_name")
    no_script = ModelSpec(name="churn", folder=tmp_path, step_scripts=("score.py",))
    found = problems(bad_name, no_script, model(tmp_path / "b", "churn"))
    assert [problem.partition(":")[0] for problem in found[:2]] == [
        "model 'bad_name'",
        "model 'churn'",
    ]
    assert found[2].startswith("two models are called 'churn'")


def test_a_folder_that_is_no_model_is_named():
    with pytest.raises(InvalidModels) as refused:
        models_in("flight_delay", "nowhere", "sdk")
    assert refused.value.problems == tuple(
        f"model folder {folder!r}: no MODEL = ModelSpec(...) in "
        f"pipeline_definitions/{folder}/__init__.py; add it, or take the folder out of "
        "pipeline_definitions/models.py"
        for folder in ("nowhere", "sdk")
    )
