"""The model of one row: its names in the deployed stage, its versions, and their promotions."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rehearsal.arrows import StoryBroke
from rehearsal.executions import await_execution, await_success, executions, none_runs
from rehearsal.release import DAY, approve, slot_of
from rehearsal.serving.versions import SAYS, archive
from rehearsal.timeline import Timeline
from rehearsal.world import World

STAGE = "Dev"
ON_TRIAL = "on trial"
"""Begins the stamp of a version that is tried beside the one that serves."""

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0"
ENVIRONMENT = {
    "SAGEMAKER_PROGRAM": "inference.py",
    "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
}


@dataclass
class Model:
    """A row's model, all names read from the outputs of the deployed stacks.

    Attributes:
        world, timeline: Where, and where it is told.
        row: The row.
        names: The outputs of its serving stack.
        told: What its promotions are told: `group`, `endpoint`, `slot`, `stack`.
        machine: ARN of the state machine that promotes.
        packages: The versions that were registered, the first one first.
    """

    world: World
    timeline: Timeline
    row: str
    names: dict[str, str]
    told: dict[str, Any]
    machine: str
    packages: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, world: World, timeline: Timeline, row: str) -> "Model":
        """The model of a row, in a group that its training stack would have made."""
        names = world.outputs(f"{STAGE}-Serving-{row.replace('_', '-')}")
        told = json.loads(names["PromotionInput"])
        world.client("sagemaker").create_model_package_group(ModelPackageGroupName=told["group"])
        machine = world.outputs(f"{STAGE}-Operations")["PromotionStateMachineArn"]
        return cls(world, timeline, row, names, told, machine)

    @property
    def endpoint(self) -> str:
        """What its endpoint is called, or would be."""
        return str(self.told["endpoint"])

    def register(self, script: str = SAYS) -> str:
        """A version that answers with its number, or does what the script says; not approved."""
        number = len(self.packages) + 1
        bucket = self.world.outputs(f"{STAGE}-Foundation")["ArtifactBucketName"]
        folder = f"{self.endpoint}/by-hand-{number}"
        self.world.client("s3").put_object(
            Bucket=bucket, Key=f"{folder}/model.tar.gz", Body=archive(number, script)
        )
        data = f"s3://{bucket}/{folder}/model.tar.gz"
        container = {"Image": IMAGE, "ModelDataUrl": data, "Environment": ENVIRONMENT}
        constraints = f"s3://{bucket}/{folder}/constraints.json"
        source = {"ContentType": "application/json", "S3Uri": constraints}
        made = self.world.client("sagemaker").create_model_package(
            ModelPackageGroupName=self.told["group"],
            ModelApprovalStatus="PendingManualApproval",
            InferenceSpecification={
                "Containers": [container],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
            DriftCheckBaselines={"ModelDataQuality": {"Constraints": source}},
            CustomerMetadataProperties={"DataVersion": "2013-06"},
        )
        self.packages.append(made["ModelPackageArn"])
        return self.packages[-1]

    def promote(
        self, package: str, *, ends: str, asking: Callable[[Callable[[], bool]], None] | None = None
    ) -> None:
        """Approve a version, and follow it to its end.

        Args:
            package: The version.
            ends: How the stamp begins that it bears then: `released`, `rolled back`, or `on trial`,
                during which an execution waits until the trial is over.
            asking: Asks while the release goes on, until what it is given says that it is over.

        Raises:
            StoryBroke: It ended otherwise, or the slot names another version.
        """
        before, serving = set(executions(self.world, self.machine)), self.slot()
        approve(self.world, self.timeline, package=package, because=f"version of {self.row}")
        started = await_execution(
            self.world, "approval rule -> Promotion", machine=self.machine, before=before,
            endpoint=self.endpoint,
        )  # fmt: skip
        if asking:
            asking(lambda: none_runs(self.world, self.machine))
        for execution in started:
            await_success(self.world, "Promotion -> its end", execution, within=DAY)
        # Another that was at work already may have seen the approval first, and been left to it.
        self.world.await_arrow(
            "Promotion -> its end",
            lambda: bool(self.stamp(package)) if ends == ON_TRIAL
            else none_runs(self.world, self.machine),
            expected="no promotion to be at work", within=DAY,
        )  # fmt: skip
        stamp, slot = self.stamp(package), self.slot()
        wanted = package if ends == "released" else serving
        if not stamp.startswith(f"{ends} "):
            raise StoryBroke(f"{package} should have been {ends}, its stamp says {stamp!r}")
        if slot != wanted:
            raise StoryBroke(f"{package} was {ends}, yet the slot names {slot}, not {wanted}")
        self.timeline.record("platform", ends, package=package, slot=slot)

    def await_stamp(self, package: str, word: str) -> None:
        """Wait until a version's stamp begins with a word."""
        self.world.await_arrow(
            "run rule -> Promotion -> stamp", lambda: self.stamp(package),
            expected=f"{package} to be {word}", within=DAY,
            until=lambda stamp: stamp.startswith(f"{word} "),
        )  # fmt: skip

    def serves(self, package: str) -> None:
        """The slot names a version.

        Raises:
            StoryBroke: It names another.
        """
        if self.slot() != package:
            raise StoryBroke(f"the slot of {self.row} names {self.slot()}, not {package}")

    def slot(self) -> str:
        """The version that the slot names, or NONE."""
        return slot_of(self.world, self.names["SlotName"])[0]

    def stamp(self, package: str) -> str:
        """What the stage's promotions wrote on a version."""
        found = self.world.client("sagemaker").describe_model_package(ModelPackageName=package)
        properties: dict[str, str] = found["CustomerMetadataProperties"]
        return properties.get(f"perennial:{STAGE.lower()}", "")

    def number(self, package: str) -> str:
        """The number of a version, which is what it answers."""
        return package.rpartition("/")[2]
