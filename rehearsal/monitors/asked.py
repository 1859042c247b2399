"""What applicants ask, what they are answered, and what lenders say later that they decided."""

import datetime
import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from rehearsal.applications import Application, applications, as_csv, decided
from rehearsal.arrows import StoryBroke
from rehearsal.asking import ANSWERED, Asking
from rehearsal.monitors.watched import LABELS, Watched
from rehearsal.timeline import Timeline
from rehearsal.world import World

MOST_ROWS = 40
"""Applications in one request."""

APPROVES_FROM = 0.75
"""The probability from which on an answer says that the application is approved."""

Body = Callable[[Sequence[Application], Sequence[str]], str]


@dataclass(frozen=True)
class Request:
    """Some applications, asked about at once.

    Attributes:
        name: Its inference id.
        asked: The applications.
        body: What is sent.
    """

    name: str
    asked: tuple[Application, ...]
    body: str


def requests(
    asked: Sequence[Application], columns: Sequence[str], *, name: str, chance: random.Random,
    body: Body = as_csv,
) -> list[Request]:  # fmt: skip
    """Applications in requests of one to MOST_ROWS of them.

    Args:
        asked: About whom.
        columns: Of a request, in its order.
        name: Begins the inference ids.
        chance: Says how many there are in each.
        body: Writes them down.
    """
    made: list[Request] = []
    start = 0
    while start < len(asked):
        some = tuple(asked[start : start + chance.randint(1, MOST_ROWS)])
        made.append(Request(f"{name}-{len(made)}", some, body(some, columns)))
        start += len(some)
    return made


def swapped(pairs: Sequence[tuple[str, str]]) -> Body:
    """A sender that mistakes columns for each other."""
    other = {one: two for pair in pairs for one, two in (pair, pair[::-1])}

    def body(asked: Sequence[Application], columns: Sequence[str]) -> str:
        return as_csv(asked, [other.get(name, name) for name in columns])

    return body


Answers = list[list[float]]
"""The answers to each request, one for each of its applications."""


def ask(world: World, watched: Watched, sent: Sequence[Request]) -> Answers:
    """Send requests under their ids.

    Raises:
        StoryBroke: One was not answered, or not for each of its applications.
    """
    ids = [request.name for request in sent]
    got = Asking(world, watched.names.endpoint).ask([r.body for r in sent], ids=ids)
    for request, answer in zip(sent, got, strict=True):
        if answer.status != ANSWERED or len(answer.body.split()) != len(request.asked):
            raise StoryBroke(f"{request.name} was answered: {answer.status} {answer.body[:200]}")
    return [[float(line) for line in answer.body.split()] for answer in got]


def contradicting(sent: Sequence[Request], answers: Answers) -> list[Request]:
    """The same requests, as if lenders had decided the opposite of every answer."""
    return [
        replace(
            request,
            asked=tuple(
                replace(application, approved=said < APPROVES_FROM)
                for application, said in zip(request.asked, told, strict=True)
            ),
        )
        for request, told in zip(sent, answers, strict=True)
    ]


def tell(
    world: World, timeline: Timeline, watched: Watched, known: Sequence[Request], *, name: str
) -> None:
    """Write the decisions on requests into a label file of this hour."""
    now = datetime.datetime.fromtimestamp(world.time.now(), datetime.UTC)
    key = f"{LABELS}/{now:%Y/%m/%d/%H}/{name}.jsonl"
    lines = "".join(decided(request.name, request.asked) for request in known)
    world.client("s3").put_object(Bucket=watched.data_bucket, Key=key, Body=lines.encode())
    timeline.record(
        "data scientist", f"decisions are known in {watched.names.stage}", of=name,
        requests=len(known), applications=sum(len(r.asked) for r in known),
    )  # fmt: skip


def held_out(world: World, package: str) -> tuple[list[Application], list[str]]:
    """The applications that a version was never trained with, and the columns of its requests."""
    described = world.client("sagemaker").describe_model_package(ModelPackageName=package)
    baselines = described["DriftCheckBaselines"]
    config = world.read_json(baselines["Bias"]["ConfigFile"]["S3Uri"])
    columns = [name for name in config["headers"] if name != config["label"]]
    run = baselines["Bias"]["ConfigFile"]["S3Uri"].partition("/Baseline/")[0]
    table = world.read_bytes(f"{run}/Preprocess/test/test.csv")
    numbers = set(pd.read_csv(io.BytesIO(table))["application"])
    return [one for one in applications() if one.number in numbers], columns
