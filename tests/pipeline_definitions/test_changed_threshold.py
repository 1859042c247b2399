"""A changed threshold of the gate, as a reviewer sees it: one line in each committed file."""

import difflib
import json
from pathlib import Path
from typing import Any

import pytest

from mlops_constructs.testing.synthesized import synthesized
from tests.conftest import ROOT
from tests.pipeline_definitions.maker import Maker
from tests.project import EXAMPLE, change, copy_app
from tests.synths import Synths

FOLDER = f"pipeline_definitions/{EXAMPLE}"
SNAPSHOT = "tests/__snapshots__/test_snapshots/test_templates_as_reviewed[{}].json"


def lines_of(file: str) -> list[str]:
    """A committed file."""
    return (ROOT / file).read_text().splitlines()


def threshold() -> float:
    """The committed floor of the gate."""
    definition: dict[str, Any] = json.loads((ROOT / FOLDER / "definition.json").read_text())
    defaults = {p["Name"]: p["DefaultValue"] for p in definition["Parameters"]}
    return float(defaults["MinimumAuc"])


OLD, NEW = threshold(), round(threshold() + 0.01, 4)


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory, maker: Maker) -> Path:
    """A copy of the project with another threshold, after `make definitions`."""
    project = copy_app(tmp_path_factory.mktemp("changed"), EXAMPLE)
    was, becomes = (f"minimum_auc={value}," for value in (OLD, NEW))
    change(project, f"{FOLDER}/pipeline.py", was, becomes)
    done = maker.make(project)
    assert (done.code, done.stderr) == (0, "")
    return project


def different(before: list[str], after: list[str]) -> list[str]:
    """The lines that went and came, without the context."""
    compared = difflib.unified_diff(before, after, n=0, lineterm="")
    return [line for line in compared if line[0] in "+-" and line[:3] not in ("+++", "---")]


def one_line(before: list[str], after: list[str]) -> bool:
    went, came = (line.strip("+-, ") for line in different(before, after))
    return (went, came) == (f'"DefaultValue": {OLD}', f'"DefaultValue": {NEW}')


def test_it_is_one_line_of_the_definition(changed: Path):
    file = f"{FOLDER}/definition.json"
    assert one_line(lines_of(file), (changed / file).read_text().splitlines())


def test_its_digest_names_what_changed_and_nothing_else(changed: Path):
    file = f"{FOLDER}/definition.digest"
    lines = different(lines_of(file), (changed / file).read_text().splitlines())
    assert sorted(f"{line[0]} {line.partition('  ')[2]}" for line in lines) == [
        "+ definition.json",
        "+ pipeline.py",
        "- definition.json",
        "- pipeline.py",
    ]


def test_it_is_one_line_of_the_snapshot_in_the_definition_s_own_file(
    changed: Path, synths: Synths, tmp_path: Path
):
    ran = synths.run(changed, tmp_path / "out")
    assert (ran.code, ran.stderr) == (0, "")
    [path] = (ran.out / "assembly-Dev").glob("DevTrainingflightdelay*.template.json")
    [template] = synthesized(path)
    reviewed = {name: lines_of(SNAPSHOT.format(name)) for name in template.files()}
    now = {name: text.splitlines() for name, text in template.files().items()}
    [name] = [name for name in now if now[name] != reviewed[name]]
    assert name.endswith(".PipelineDefinition.PipelineDefinitionBody")
    assert one_line(reviewed[name], now[name])
