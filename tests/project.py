"""A copy of the project to break or to add to, with the models it should have and no others."""

import shutil
from pathlib import Path

from tests.environment import ROOT

MODELS = "pipeline_definitions/models.py"
EXAMPLE = "flight_delay"
_SHARED = ("boosted_trees", "sdk", "validation")


def copy_definitions(folder: Path, *models: str) -> Path:
    """What `make definitions` reads, copied with these folders of models; `models.py` lists them.

    Whatever other models the project has stay behind.
    """
    source, target = ROOT / "pipeline_definitions", folder / "pipeline_definitions"
    for part in (*_SHARED, *models):
        shutil.copytree(source / part, target / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (*source.glob("*.py"), *source.glob("*.json")):
        shutil.copy(file, target)
    shutil.copy(ROOT / "requirements-dev.in", folder)
    list_models(folder, *models)
    return folder


def copy_app(folder: Path, *models: str) -> Path:
    """What `cdk synth` reads, copied with these folders of models."""
    copy_definitions(folder, *models)
    for part in ("config", "stacks"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    shutil.copy(ROOT / "app.py", folder)
    return folder


def list_models(folder: Path, *models: str) -> None:
    """Write the copy's `models.py`: what stands between the brackets is these folders."""
    path = folder / MODELS
    before, _, _ = path.read_text().partition("models_in(\n")
    lines = "".join(f'    "{model}",\n' for model in models)
    path.write_text(f"{before}models_in(\n{lines})\n")


def add_model(folder: Path, name: str) -> Path:
    """What docs/how-to/add-a-model.md asks for: a folder, copied from the example, and a line."""
    models = folder / "pipeline_definitions"
    ignored = shutil.ignore_patterns("__pycache__", "definition.*")
    shutil.copytree(ROOT / "pipeline_definitions" / EXAMPLE, models / name, ignore=ignored)
    change(folder, f"pipeline_definitions/{name}/__init__.py", '"flight-delay"', f'"{name}"')
    old = f"pipeline_definitions.{EXAMPLE} import MODEL"
    new = f"pipeline_definitions.{name} import MODEL"
    change(folder, f"pipeline_definitions/{name}/pipeline.py", old, new)
    list_models(folder, EXAMPLE, name)
    return models / name


def change(folder: Path, file: str, old: str, new: str) -> None:
    """Replace a text in one file of the copy."""
    text = (folder / file).read_text()
    assert old in text, f"{file} has no {old!r} to change"
    (folder / file).write_text(text.replace(old, new))
