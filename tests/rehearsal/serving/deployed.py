"""What `cdk deploy` does with an assembly, without its Node.js: files, then stacks in order."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local_aws.launch import ACCOUNT, REGION
from rehearsal.world import World

BUCKET = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
STACKS = ("Foundation", "Operations", "Serving")
"""Begins the names of those that are deployed, in this order."""


def deploy(world: World) -> None:
    """Deploy all but what trains."""
    version = {"Name": "/cdk-bootstrap/hnb659fds/version", "Value": "30", "Type": "String"}
    world.client("ssm").put_parameter(**version)
    world.client("s3").create_bucket(Bucket=BUCKET)
    folder = world.assembly / "assembly-Dev"
    for kind in STACKS:
        for path in sorted(folder.glob(f"Dev{kind}*.assets.json")):
            for key, content in _files(path):
                world.client("s3").put_object(Bucket=BUCKET, Key=key, Body=content)
        for name, template in _stacks(folder, f"Dev-{kind}"):
            _create(world, name, template)


def _files(assets: Path) -> Iterator[tuple[str, bytes]]:
    for file in json.loads(assets.read_text())["files"].values():
        source = assets.parent / file["source"]["path"]
        [destination] = file["destinations"].values()
        zipped = file["source"]["packaging"] == "zip"
        yield destination["objectKey"], _zip(source) if zipped else source.read_bytes()


def _zip(folder: Path) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for path in folder.rglob("*"):
            target.write(path, path.relative_to(folder))
    return made.getvalue()


def _stacks(folder: Path, begins: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for artifact in json.loads((folder / "manifest.json").read_text())["artifacts"].values():
        properties = artifact.get("properties", {})
        if properties.get("stackName", "").startswith(begins):
            yield properties["stackName"], properties


def _create(world: World, name: str, properties: dict[str, Any]) -> None:
    cloudformation = world.client("cloudformation")
    key = properties["stackTemplateAssetObjectUrl"].rpartition("/")[2]
    cloudformation.create_stack(
        StackName=name,
        TemplateURL=f"https://s3.{REGION}.amazonaws.com/{BUCKET}/{key}",
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    world.await_arrow(
        "CreateStack",
        lambda: cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"],
        expected=f"{name} to be created",
        until=lambda status: status != "CREATE_IN_PROGRESS",
    )
    [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack
