"""The ways to serve a model, and what a move from one to another comes to.

What an endpoint can become in place:
https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-update.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

SCORES: Final = "Transform"
"""The type of a pipeline's step that scores files."""


class Way(StrEnum):
    """How a template, or what is deployed, serves a model; the word for it in a sentence."""

    INSTANCES = "on instances"
    SERVERLESS = "serverless"
    QUEUE = "with a queue"
    MANY = "with many models"
    BATCH = "in batches"
    """By a pipeline with such a step, in a stack without an endpoint."""


@dataclass(frozen=True)
class Move:
    """What becomes of a model that moves.

    Attributes:
        why: Why it can't be done in place, or what is for good; the end of a sentence.
        in_place: Whether it can.
        means: What whoever asks, or waits for answers, has from then on.
        first: What to do before.
    """

    why: str
    means: str
    first: str = ""
    in_place: bool = False


_NOT_SERVERLESS: Final = "AWS makes no endpoint serverless that is not"
_NO_QUEUE: Final = "AWS documents no update that gives an endpoint a queue"
_HAS_A_QUEUE: Final = "AWS documents no update that takes an endpoint its queue"
_ANOTHER_REQUEST: Final = (
    "no request suits both fleets of a shift: who asks many models names one (TargetModel), and who"
    " asks a single one must not"
)
_ENDPOINT_STAYS: Final = "a stack policy keeps the endpoint once a version was released"
_PIPELINE_STAYS: Final = "a stack policy keeps the pipeline once a version was released"
_FOR_GOOD: Final = "AWS gives a serverless endpoint instances in place, and never takes them back"

_ASKED: Final = "who asks waits for the answer, and names no model"
_THE_SAME: Final = "who asks notices nothing"
_QUEUED: Final = "who asks puts a request into S3 and reads the answer there, from then on"
_NAMED: Final = "who asks names the archive that is meant (TargetModel), from then on"
_SCORED: Final = "who asks the endpoint hears that there is none; files are scored on a schedule"
_UNSCORED: Final = "files get no answer any more, and what came since the last run gets none"

_EMPTY: Final = "let the queue run empty: what becomes of requests in it is documented nowhere"
_NO_RUN: Final = "score what arrived, and wait for the run's end: AWS deletes no pipeline that runs"

MOVES: Final[Mapping[tuple[Way, Way], Move]] = {
    (Way.INSTANCES, Way.SERVERLESS): Move(_NOT_SERVERLESS, _ASKED),
    (Way.INSTANCES, Way.QUEUE): Move(_NO_QUEUE, _QUEUED),
    (Way.INSTANCES, Way.MANY): Move(_ANOTHER_REQUEST, _NAMED),
    (Way.INSTANCES, Way.BATCH): Move(_ENDPOINT_STAYS, _SCORED),
    (Way.SERVERLESS, Way.INSTANCES): Move(_FOR_GOOD, _THE_SAME, in_place=True),
    (Way.SERVERLESS, Way.QUEUE): Move(_NO_QUEUE, _QUEUED),
    (Way.SERVERLESS, Way.MANY): Move(_ANOTHER_REQUEST, _NAMED),
    (Way.SERVERLESS, Way.BATCH): Move(_ENDPOINT_STAYS, _SCORED),
    (Way.QUEUE, Way.INSTANCES): Move(_HAS_A_QUEUE, _ASKED, _EMPTY),
    (Way.QUEUE, Way.SERVERLESS): Move(_NOT_SERVERLESS, _ASKED, _EMPTY),
    (Way.QUEUE, Way.MANY): Move(_HAS_A_QUEUE, _NAMED, _EMPTY),
    (Way.QUEUE, Way.BATCH): Move(_ENDPOINT_STAYS, _SCORED, _EMPTY),
    (Way.MANY, Way.INSTANCES): Move(_ANOTHER_REQUEST, _ASKED),
    (Way.MANY, Way.SERVERLESS): Move(_NOT_SERVERLESS, _ASKED),
    (Way.MANY, Way.QUEUE): Move(_NO_QUEUE, _QUEUED),
    (Way.MANY, Way.BATCH): Move(_ENDPOINT_STAYS, _SCORED),
    (Way.BATCH, Way.INSTANCES): Move(_PIPELINE_STAYS, _UNSCORED, _NO_RUN),
    (Way.BATCH, Way.SERVERLESS): Move(_PIPELINE_STAYS, _UNSCORED, _NO_RUN),
    (Way.BATCH, Way.QUEUE): Move(_PIPELINE_STAYS, _UNSCORED, _NO_RUN),
    (Way.BATCH, Way.MANY): Move(_PIPELINE_STAYS, _UNSCORED, _NO_RUN),
}
"""From which way to which; the same for a template that is reviewed and for one that is deployed.

A pipeline that runs can't be deleted:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeletePipeline.html
A stack policy hinders updates, not the deletion of the stack:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
Who asks many models names one, and only then:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
"""


def way_of_config(config: Mapping[str, Any], models: Iterable[Mapping[str, Any]]) -> Way | None:
    """How an endpoint config serves.

    Args:
        config: As the API describes it, or as a template has it.
        models: Those of its variants, likewise.

    Returns:
        None if it does not say.
    """
    variants = config.get("ProductionVariants")
    if not isinstance(variants, list):
        return None
    if any("ServerlessConfig" in one for one in variants if isinstance(one, Mapping)):
        return Way.SERVERLESS
    if config.get("AsyncInferenceConfig"):
        return Way.QUEUE
    return Way.MANY if any(_holds_many(model) for model in models) else Way.INSTANCES


def _holds_many(model: Mapping[str, Any]) -> bool:
    containers = [model.get("PrimaryContainer"), *(model.get("Containers") or ())]
    return any(one.get("Mode") == "MultiModel" for one in containers if isinstance(one, Mapping))
