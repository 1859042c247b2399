"""A stage's engine is one literal, and no stack but Monitoring knows which it is."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from pipeline_definitions.models import MODELS
from tests.constructs_library.someones_app import the
from tests.linted import findings
from tests.project import EXAMPLE, change, copy_app
from tests.synths import Synths

STAGES, SPEC = "config/stages.py", "pipeline_definitions/flight_delay/__init__.py"
MONITORING = "DevMonitoringflightdelay"
FOLDERS = tuple(model.folder.name for model in MODELS)


def synthesized(
    synths: Synths, folder: Path, models: Iterable[str], file: str, *changes: tuple[str, str]
) -> dict[str, bytes]:
    """The templates of a copy of the app, with these models, in which a file was changed."""
    project = copy_app(folder, *models)
    for old, new in changes:
        change(project, file, old, new)
    return templates_in(synths.synth(project, project / "out") / "assembly-Dev")


def templates_in(folder: Path) -> dict[str, bytes]:
    return {
        path.name.removesuffix(".template.json")[:-8]: path.read_bytes()
        for path in folder.glob("*.template.json")
    }


@pytest.fixture(scope="module")
def committed(assemblies: dict[str, Path]) -> dict[str, bytes]:
    return templates_in(assemblies["home"] / "assembly-Dev")


@pytest.fixture(scope="module")
def switched(synths: Synths, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The templates of the other engine."""
    folder = tmp_path_factory.mktemp("switched")
    return synthesized(synths, folder, FOLDERS, STAGES, ("OpenEngine", "ModelMonitorEngine"))


def test_another_engine_changes_the_monitoring_template_alone(
    committed: dict[str, bytes], switched: dict[str, bytes]
):
    assert committed.keys() == switched.keys()
    different = {name for name in committed if committed[name] != switched[name]}
    assert MONITORING in different
    assert {name for name in different if not name.startswith("DevMonitoring")} == set()


def test_outputs_and_alarms_are_the_same_on_both_engines(
    committed: dict[str, bytes], switched: dict[str, bytes]
):
    def downstream(templates: dict[str, bytes]) -> tuple[Any, ...]:
        template = json.loads(templates[MONITORING])
        seen = {
            name: resource
            for name, resource in template["Resources"].items()
            if "AlarmName" in resource["Properties"]
        }
        return template["Outputs"], template["Parameters"], template["Conditions"], seen

    assert len(downstream(committed)[3]) == 4
    assert downstream(committed) == downstream(switched)


def test_every_resource_of_the_other_engine_passes_cfn_lint(switched: dict[str, bytes], tmp_path):
    template = tmp_path / "switched.template.json"
    template.write_bytes(switched[MONITORING])
    assert findings(template) == []


def test_a_model_without_monitors_has_no_monitoring_stack_and_still_a_baseline(
    synths: Synths, tmp_path: Path, alone: Path
):
    unmonitored = ("    monitors=(DataQuality(),),\n", "")
    without = synthesized(synths, tmp_path, [EXAMPLE], SPEC, unmonitored)
    monitored = templates_in(alone / "cdk.out/assembly-Dev")
    assert without.keys() == monitored.keys() - {MONITORING}
    pipelines = [
        the(json.loads(templates["DevTrainingflightdelay"]), "AWS::SageMaker::Pipeline")
        for templates in (without, monitored)
    ]
    assert pipelines[0] == pipelines[1]
