"""A second model is one folder and one line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import synth_environment
from tests.project import EXAMPLE, add_model, copy_app


def renew_digest(project: Path) -> None:
    """What `make definitions` does last; the definition itself is the first model's."""
    code = (
        "from pipeline_definitions.definition import *\n"
        "from pipeline_definitions.second import MODEL\n"
        "from pipeline_definitions.flight_delay import MODEL as FIRST\n"
        "body = (FIRST.folder / DEFINITION).read_text()\n"
        "(MODEL.folder / DEFINITION).write_text(body)\n"
        "text = digest_text(source_digests(MODEL, definition=body))\n"
        "(MODEL.folder / DIGEST).write_text(text)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=project, check=True)


@pytest.fixture(scope="module")
def with_a_second_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = copy_app(tmp_path_factory.mktemp("project"), EXAMPLE)
    add_model(project, "second")
    renew_digest(project)
    subprocess.run(
        [sys.executable, "app.py"],
        cwd=project,
        env=synth_environment("cdk.out"),
        check=True,
    )
    return project / "cdk.out" / "assembly-Dev"


def test_it_gets_its_own_training_serving_and_monitoring(with_a_second_model: Path):
    stacks = {path.name.split(".")[0] for path in with_a_second_model.glob("*.template.json")}
    assert len(stacks) == 8
    assert {name[:-8] for name in stacks if "second" in name} == {
        "DevTrainingsecond",
        "DevServingsecond",
        "DevMonitoringsecond",
    }


def test_it_gets_its_own_slot_beside_the_first(with_a_second_model: Path):
    [foundation] = with_a_second_model.glob("DevFoundation*.template.json")
    slots = [
        json.loads(resource["Properties"]["Create"])
        for resource in json.loads(foundation.read_text())["Resources"].values()
        if resource["Type"] == "Custom::ModelSlot"
    ]
    assert {slot["parameters"]["Name"] for slot in slots} == {
        "/perennial/dev/flight-delay/slot",
        "/perennial/dev/second/slot",
    }


def test_it_changes_nothing_of_the_first(with_a_second_model: Path, assemblies: dict[str, Path]):
    before = assemblies["home"] / "assembly-Dev"
    for name in (
        "DevServingflightdelay",
        "DevTrainingflightdelay",
        "DevMonitoringflightdelay",
        "DevOperations",
    ):
        [old] = before.glob(f"{name}*.template.json")
        [new] = with_a_second_model.glob(f"{name}*.template.json")
        assert old.read_bytes() == new.read_bytes(), name
