"""The second model is one folder and one line: without them the app is as it was with the first."""

import json
from pathlib import Path
from typing import Any

from tests.conftest import ROOT, templates_of
from tests.project import MODELS

SECOND = "loan-approval"
Templates = dict[str, dict[str, Any]]


def test_it_is_one_folder_and_one_line(alone: Path):
    def files(root: Path) -> set[str]:
        models = root / "pipeline_definitions"
        found = (path for path in models.rglob("*") if "__pycache__" not in path.parts)
        return {str(path.relative_to(models)) for path in found if path.is_file()}

    more = files(ROOT) - files(alone)
    assert {name.partition("/")[0] for name in more} == {"loan_approval"}
    lines = [set((root / MODELS).read_text().splitlines()) for root in (ROOT, alone)]
    assert lines[0] - lines[1] == {'    "loan_approval",'}
    for name in files(alone) - {"models.py"}:
        own, copied = (root / "pipeline_definitions" / name for root in (ROOT, alone))
        assert own.read_bytes() == copied.read_bytes(), name


def test_it_gets_its_own_training_serving_and_monitoring(alone: Path, templates: Templates):
    before = templates_of(alone / "cdk.out/assembly-Dev")
    assert templates.keys() - before.keys() == {
        f"Dev-{kind}-{SECOND}" for kind in ("Training", "Serving", "Monitoring")
    }


def test_it_gets_its_own_slot_beside_the_first(templates: Templates):
    slots = [
        json.loads(resource["Properties"]["Create"])
        for resource in templates["Dev-Foundation"]["Resources"].values()
        if resource["Type"] == "Custom::ModelSlot"
    ]
    assert {slot["parameters"]["Name"] for slot in slots} == {
        "/perennial/dev/flight-delay/slot",
        "/perennial/dev/loan-approval/slot",
    }


def test_it_changes_nothing_of_the_first(alone: Path, assemblies: dict[str, Path]):
    for stage, stacks in (("Dev", ("Serving", "Training", "Monitoring")),
                          ("Prod", ("Serving", "Monitoring"))):  # fmt: skip
        for name in (*(f"{stack}flightdelay" for stack in stacks), "Operations"):
            old, new = (
                next((root / f"assembly-{stage}").glob(f"{stage}{name}*.template.json"))
                for root in (alone / "cdk.out", assemblies["home"])
            )
            assert old.read_bytes() == new.read_bytes(), (stage, name)
