"""What the stage calls its things, read from the outputs of its stacks as any user would."""

import json
from dataclasses import dataclass
from typing import Any

from rehearsal.deployment import PRODUCTION, STAGE
from rehearsal.world import World

MODEL = "flight-delay"


@dataclass(frozen=True)
class StageNames:
    """The names of one model in a stage that serves it.

    Attributes:
        stage: the stage.
        topic: ARN of what people subscribe to.
        promotion: ARN of the machine that brings versions into service.
        endpoint: answers.
        slot: names the version that serves.
    """

    stage: str
    topic: str
    promotion: str
    endpoint: str
    slot: str

    @property
    def serving(self) -> str:
        """The stack of its endpoint."""
        return f"{self.stage}-Serving-{MODEL}"

    @property
    def monitoring(self) -> str:
        """The stack of its monitors."""
        return f"{self.stage}-Monitoring-{MODEL}"

    @classmethod
    def in_production(cls, world: World) -> "StageNames":
        """The names in the stage that follows the one that trains."""
        return cls(**_served(world, PRODUCTION))


@dataclass(frozen=True)
class Names(StageNames):
    """The names of one model in the stage that trains it.

    Attributes:
        capture_bucket: where requests and answers are recorded.
        input_data: S3 prefix of the raw data.
        pipeline: trains the model.
        group: holds its versions.
        retraining: ARN of the machine that starts runs.
        retraining_input: what a person passes to it, but for trigger and reason.
        reports: S3 prefix of the monitors' reports.
        drift_alarm: rings when requests are no longer what they were.
    """

    capture_bucket: str
    input_data: str
    pipeline: str
    group: str
    retraining: str
    retraining_input: dict[str, Any]
    reports: str
    drift_alarm: str

    @classmethod
    def of(cls, world: World) -> "Names":
        """The names in a deployed stage."""
        foundation = world.outputs(f"{STAGE}-Foundation")
        operations = world.outputs(f"{STAGE}-Operations")
        training = world.outputs(f"{STAGE}-Training-{MODEL}")
        monitoring = world.outputs(f"{STAGE}-Monitoring-{MODEL}")
        [drift] = [name for name in monitoring["AlarmNames"].split(",") if "drift" in name]
        return cls(
            **_served(world, STAGE), capture_bucket=foundation["CaptureBucketName"],
            input_data=training["InputDataUri"], pipeline=training["PipelineName"],
            group=training["ModelPackageGroupName"],
            retraining=operations["RetrainingStateMachineArn"],
            retraining_input=json.loads(training["RetrainingInput"]),
            reports=monitoring["ReportPrefix"], drift_alarm=drift,
        )  # fmt: skip


def _served(world: World, stage: str) -> dict[str, str]:
    serving = world.outputs(f"{stage}-Serving-{MODEL}")
    return {
        "stage": stage,
        "topic": world.outputs(f"{stage}-Foundation")["TopicArn"],
        "promotion": world.outputs(f"{stage}-Operations")["PromotionStateMachineArn"],
        "endpoint": serving["EndpointName"],
        "slot": serving["SlotName"],
    }
