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
        model: the model.
        topic: ARN of what people subscribe to.
        promotion: ARN of the machine that brings versions into service.
        endpoint: answers.
        slot: names the version that serves.
        capture_bucket: where requests and answers are recorded.
        reports: S3 prefix of the monitors' reports.
        alarms: those of its monitors.
    """

    stage: str
    model: str
    topic: str
    promotion: str
    endpoint: str
    slot: str
    capture_bucket: str
    reports: str
    alarms: tuple[str, ...]

    @property
    def serving(self) -> str:
        """The stack of its endpoint."""
        return f"{self.stage}-Serving-{self.model}"

    @property
    def monitoring(self) -> str:
        """The stack of its monitors."""
        return f"{self.stage}-Monitoring-{self.model}"

    @property
    def drift_alarm(self) -> str:
        """Rings when requests are no longer what they were; of a model with one monitor."""
        [drift] = [name for name in self.alarms if name.endswith("-drift")]
        return drift

    @classmethod
    def in_production(cls, world: World, model: str = MODEL) -> "StageNames":
        """The names in the stage that follows the one that trains."""
        return cls(**_served(world, PRODUCTION, model))


@dataclass(frozen=True)
class Names(StageNames):
    """The names of one model in the stage that trains it.

    Attributes:
        input_data: S3 prefix of the raw data.
        pipeline: trains the model.
        group: holds its versions.
        retraining: ARN of the machine that starts runs.
        retraining_input: what a person passes to it, but for trigger and reason.
    """

    input_data: str
    pipeline: str
    group: str
    retraining: str
    retraining_input: dict[str, Any]

    @classmethod
    def of(cls, world: World, model: str = MODEL) -> "Names":
        """The names in a deployed stage."""
        operations = world.outputs(f"{STAGE}-Operations")
        training = world.outputs(f"{STAGE}-Training-{model}")
        return cls(
            **_served(world, STAGE, model),
            input_data=training["InputDataUri"], pipeline=training["PipelineName"],
            group=training["ModelPackageGroupName"],
            retraining=operations["RetrainingStateMachineArn"],
            retraining_input=json.loads(training["RetrainingInput"]),
        )  # fmt: skip


def _served(world: World, stage: str, model: str) -> dict[str, Any]:
    foundation = world.outputs(f"{stage}-Foundation")
    serving = world.outputs(f"{stage}-Serving-{model}")
    monitoring = world.outputs(f"{stage}-Monitoring-{model}")
    return {
        "stage": stage,
        "model": model,
        "topic": foundation["TopicArn"],
        "promotion": world.outputs(f"{stage}-Operations")["PromotionStateMachineArn"],
        "endpoint": serving["EndpointName"],
        "slot": serving["SlotName"],
        "capture_bucket": foundation["CaptureBucketName"],
        "reports": monitoring["ReportPrefix"],
        "alarms": tuple(monitoring["AlarmNames"].split(",")),
    }
