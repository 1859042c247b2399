"""What the stage calls its things, read from the outputs of its stacks as any user would."""

import json
from dataclasses import dataclass
from typing import Any

from rehearsal.deployment import STAGE
from rehearsal.world import World

MODEL = "flight-delay"
SERVING, MONITORING = f"{STAGE}-Serving-{MODEL}", f"{STAGE}-Monitoring-{MODEL}"


@dataclass(frozen=True)
class Names:
    """The names of one model in one stage.

    Attributes:
        topic: ARN of what people subscribe to.
        capture_bucket: where requests and answers are recorded.
        input_data: S3 prefix of the raw data.
        pipeline: trains the model.
        group: holds its versions.
        retraining: ARN of the machine that starts runs.
        retraining_input: what a person passes to it, but for trigger and reason.
        promotion: ARN of the machine that brings versions into service.
        endpoint: answers.
        slot: names the version that serves.
        reports: S3 prefix of the monitors' reports.
        drift_alarm: rings when requests are no longer what they were.
    """

    topic: str
    capture_bucket: str
    input_data: str
    pipeline: str
    group: str
    retraining: str
    retraining_input: dict[str, Any]
    promotion: str
    endpoint: str
    slot: str
    reports: str
    drift_alarm: str

    @classmethod
    def of(cls, world: World) -> "Names":
        """The names in a deployed stage."""
        foundation = world.outputs(f"{STAGE}-Foundation")
        operations = world.outputs(f"{STAGE}-Operations")
        training = world.outputs(f"{STAGE}-Training-{MODEL}")
        serving, monitoring = world.outputs(SERVING), world.outputs(MONITORING)
        [drift] = [name for name in monitoring["AlarmNames"].split(",") if "drift" in name]
        return cls(
            topic=foundation["TopicArn"], capture_bucket=foundation["CaptureBucketName"],
            input_data=training["InputDataUri"], pipeline=training["PipelineName"],
            group=training["ModelPackageGroupName"],
            retraining=operations["RetrainingStateMachineArn"],
            retraining_input=json.loads(training["RetrainingInput"]),
            promotion=operations["PromotionStateMachineArn"],
            endpoint=serving["EndpointName"], slot=serving["SlotName"],
            reports=monitoring["ReportPrefix"], drift_alarm=drift,
        )  # fmt: skip
