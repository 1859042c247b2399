"""What the fixture takes besides CDK's objects: folders and files that were synthesized."""

import json
from pathlib import Path
from typing import Any

import pytest

from mlops_constructs.testing.synthesized import Unusable, synthesized

TEMPLATE: dict[str, Any] = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


def stack(file: str, **properties: str) -> dict[str, Any]:
    """A stack's entry in the manifest of a cloud assembly."""
    return {"type": "aws:cloudformation:stack", "properties": {"templateFile": file, **properties}}


def assembly(folder: Path, **artifacts: dict[str, Any]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({"version": "1", "artifacts": artifacts}))
    for artifact in artifacts.values():
        if "templateFile" in artifact["properties"]:
            (folder / artifact["properties"]["templateFile"]).write_text(json.dumps(TEMPLATE))
    return folder


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """What `cdk synth` leaves of an app with a stack, and one in a stage."""
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Live"}}
    assembly(tmp_path / "assembly-Live", LiveB1=stack("LiveB1.template.json", stackName="Live-B"))
    return assembly(
        tmp_path,
        A=stack("A.template.json"),
        Live=stage,
        Tree={"type": "cdk:tree", "properties": {}},
    )


def test_a_folder_gives_the_stacks_of_its_stages_too_by_their_names(app: Path):
    assert [one.name for one in synthesized(app)] == ["A", "Live-B"]


def test_a_template_of_a_folder_is_called_like_its_stack(app: Path):
    [one] = synthesized(str(app / "assembly-Live" / "LiveB1.template.json"))
    assert (one.name, one.template) == ("Live-B", TEMPLATE)


def test_a_template_that_stands_alone_is_called_like_its_file(tmp_path: Path):
    for name in ("Orders.template.json", "Orders.json"):
        (tmp_path / name).write_text(json.dumps(TEMPLATE))
        [one] = synthesized(tmp_path / name)
        assert one.name == "Orders"


@pytest.mark.parametrize(
    "content, sentence",
    [
        (None, "{path} can't be read: No such file or directory"),
        ("Resources:", "{path} is no JSON: Expecting value: line 1 column 1 (char 0)"),
        ("{}", "{path} is no template: it has no member Resources"),
        ("[]", "{path} is no template: it has no member Resources"),
    ],
)
def test_a_file_that_is_no_template_is_refused(tmp_path: Path, content: str | None, sentence: str):
    path = tmp_path / "Orders.template.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(Unusable) as refused:
        synthesized(path)
    assert str(refused.value) == sentence.format(path=path)


def test_a_folder_without_stacks_is_refused(tmp_path: Path):
    with pytest.raises(Unusable) as refused:
        synthesized(tmp_path)
    assert str(refused.value) == f"there is no stack in {type(tmp_path).__name__} {tmp_path!r}"


@pytest.mark.parametrize("given", [None, 5, ["Orders"]])
def test_anything_else_is_refused(given: Any):
    with pytest.raises(
        Unusable, match=rf"^template_snapshot takes .*, got {type(given).__name__} "
    ):
        synthesized(given)


def test_a_dict_that_is_no_template_is_refused():
    with pytest.raises(Unusable) as refused:
        synthesized({"Outputs": {}})
    assert str(refused.value) == "the dict is no template: it has no member Resources"
