"""Each example is an app of one screen to begin with, and is checked as ours is."""

import ast
import json
import runpy
from functools import partial
from pathlib import Path
from typing import Any

import aws_cdk
import pytest
from aws_cdk import App, Stack, assertions
from cdk_nag import AwsSolutionsChecks

from tests.conftest import ROOT
from tests.environment import feature_flags
from tests.linted import findings
from tests.synths import Synths

EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/app.py"))
MAY_IMPORT = {"aws_cdk", "constructs", "mlops_constructs"}

each = pytest.mark.parametrize("example", EXAMPLES, ids=lambda folder: folder.name)


@pytest.fixture(scope="module")
def apps() -> dict[str, App]:
    """Folder to the app that ran there, with the context that `cdk synth` would give it."""
    metadata = {"aws:cdk:enable-path-metadata": True, "aws:cdk:enable-asset-metadata": True}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aws_cdk, "App", partial(App, context=feature_flags() | metadata))
        return {
            example.name: runpy.run_path(str(example / "app.py"))["app"] for example in EXAMPLES
        }


def templates(folder: Path) -> dict[str, Any]:
    """File name to template."""
    files = sorted(folder.glob("*.template.json"))
    return {file.name: json.loads(file.read_text()) for file in files}


def test_there_is_one_for_each_way_to_serve_and_each_of_aws_to_release():
    names = {example.name for example in EXAMPLES}
    served = {"real_time", "serverless", "batch", "async", "multi_model"}
    assert names == served | {"rolling", "shadow", "split"}


@each
def test_it_fits_on_one_screen_and_needs_nothing_else_of_this_project(example: Path):
    text = (example / "app.py").read_text()
    assert len(text.splitlines()) < 40
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(text))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= MAY_IMPORT


@each
def test_it_has_the_feature_flags_that_the_constructs_expect(example: Path):
    told = json.loads((example / "cdk.json").read_text())
    assert told == {"app": "python app.py", "context": feature_flags()}


@each
def test_it_has_no_finding_of_cdk_nag(example: Path, apps: dict[str, App]):
    report = AwsSolutionsChecks().validate_scope(apps[example.name])
    assert report.success, [violation.rule_name for violation in report.violations]


@each
def test_it_comes_to_the_same_bytes_in_another_process_and_passes_cfn_lint(
    example: Path, apps: dict[str, App], synths: Synths, tmp_path: Path
):
    ran = synths.run(example, tmp_path / "out")
    assert (ran.code, ran.stderr) == (0, "")
    made = {
        f"{stack.stack_name}.template.json": assertions.Template.from_stack(stack).to_json()
        for stack in apps[example.name].node.children
        if isinstance(stack, Stack)
    }
    assert templates(ran.out) == made
    for template in ran.out.glob("*.template.json"):
        assert findings(template) == []
