"""A version that nobody should have approved, and how the platform takes it back."""

import io
import tarfile
from typing import Any

from rehearsal.executions import await_success, executions, none_runs
from rehearsal.mailbox import Mailbox
from rehearsal.names import StageNames
from rehearsal.release import DAY, approve, promoted, served, slot_of
from rehearsal.stream import Stream
from rehearsal.timeline import Timeline
from rehearsal.versions import register_copy
from rehearsal.world import World

CODE = "code/inference.py"
BREAKS = b"""

def predict_fn(*_):
    raise RuntimeError("no such column: tailnum")
"""


def register(world: World, timeline: Timeline, *, package: str) -> str:
    """Register a version that starts and answers nothing: the other one's, with a bug in its code.

    Args:
        world, timeline: where.
        package: the version that serves.
    """
    described = world.client("sagemaker").describe_model_package(ModelPackageName=package)
    [container] = described["InferenceSpecification"]["Containers"]
    archive = container["ModelDataUrl"].replace("model.tar.gz", "by-hand/model.tar.gz")
    bucket, _, key = archive.removeprefix("s3://").partition("/")
    body = broken(world.read_bytes(container["ModelDataUrl"]))
    world.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
    made = register_copy(world, package, archive=archive)
    timeline.record("data scientist", "version registered by hand", package=made)
    return made


def broken(archive: bytes) -> bytes:
    """The archive with code that fails on every request."""
    made = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(archive)) as files,
        tarfile.open(fileobj=made, mode="w:gz") as copy,
    ):
        for member in files.getmembers():
            file = files.extractfile(member)
            content = file.read() if file else b""
            if member.name.removeprefix("./") == CODE:
                content += BREAKS
                member.size = len(content)
            copy.addfile(member, io.BytesIO(content))
    return made.getvalue()


def taken_back(
    world: World, timeline: Timeline, names: StageNames, mailbox: Mailbox, *, package: str,
    serving: str, customers: Stream,
) -> dict[str, Any]:  # fmt: skip
    """Approve the version, and see it rolled back by its alarm while requests go on.

    Args:
        world, timeline, names, mailbox: where, and whose.
        package: the version that fails.
        serving: the version that serves before and after.
        customers: who asks meanwhile.
    """
    before = set(executions(world, names.promotion))
    approve(world, timeline, package=package, because="what could go wrong")
    started = promoted(world, timeline, names, package=package, before=before)
    customers.ask(world, timeline, package=package, over=lambda: none_runs(world, names.promotion))
    endpoint: dict[str, Any] = world.await_arrow(
        "rollback alarm -> old version",
        lambda: world.client("sagemaker").describe_endpoint(EndpointName=names.endpoint),
        expected=f"{names.endpoint} InService with {serving}", within=DAY,
        until=lambda said: said["EndpointStatus"] == "InService" and served(world, said) == serving,
    )  # fmt: skip
    for execution in started:
        await_success(world, "Promotion -> its end", execution, within=DAY)
    world.await_arrow(
        "Promotion -> slot", lambda: slot_of(world, names.slot)[0],
        expected=f"the slot to name {serving} again", until=lambda said: said == serving,
    )  # fmt: skip
    stamp = world.await_arrow(
        "Promotion -> registry",
        lambda: _stamp(world, names, package),
        expected=f"{package} to say that it was rolled back",
        until=lambda said: said.startswith("rolled back "),
    )
    mailbox.await_message("Promotion -> topic", f"Rolled back: {names.endpoint}")
    timeline.record("platform", "rolled back", package=package, stamp=stamp, serves=serving)
    return endpoint


def _stamp(world: World, names: StageNames, package: str) -> str:
    described = world.client("sagemaker").describe_model_package(ModelPackageName=package)
    properties: dict[str, str] = described["CustomerMetadataProperties"]
    return properties.get(f"perennial:{names.stage.lower()}", "")
