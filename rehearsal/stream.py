"""Requests that go on while a release moves the traffic, and who answered each of them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.arrows import StoryBroke
from rehearsal.release import described
from rehearsal.timeline import Timeline
from rehearsal.traffic import as_csv, of_the_archive, order_of_features
from rehearsal.travellers import Question
from rehearsal.world import World

SENDERS = 3
LEAST = 5000
"""Requests that a release has to bear."""

PAUSE_SECONDS = 40.0
TOLERANCE = 0.03
"""How far the share of a version's answers may be from its share of the traffic."""

FAILED = "an error"


@dataclass
class Answered:
    """Who answered how many requests, while the traffic was shared one way.

    Attributes:
        by: for each share of the new version (None while it changed), who answered how many.
    """

    by: dict[Fraction | None, Counter[str]] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        """All that were answered."""
        return sum(counts.total() for counts in self.by.values())

    def of(self, who: str) -> int:
        """How many one version answered."""
        return sum(counts[who] for counts in self.by.values())


@dataclass(frozen=True)
class Stream:
    """One-row requests to an endpoint, each of which every version answers differently.

    Attributes:
        endpoint: who is asked.
        bodies: what is asked, again and again.
        answers: for each version what it answers to each body; FAILED stands for one that answers
            nothing but errors.
        burst: how many requests go out before time may pass.
    """

    endpoint: str
    bodies: Sequence[str]
    answers: Mapping[str, Sequence[float]]
    burst: int

    def during(self, world: World, over: Callable[[dict[str, Any]], bool]) -> Answered:
        """Ask until the release is over; what was answered while it went on.

        Args:
            world: where the endpoint is.
            over: told what DescribeEndpoint says, whether the release has ended.

        Raises:
            StoryBroke: an answer is no version's, or fewer requests went out than a release has to
                bear.
        """
        answered, began = Answered(), False
        with ThreadPoolExecutor(SENDERS) as senders:
            while True:
                before = described(world, self.endpoint)
                began = began or before["EndpointStatus"] == "Updating"
                if began and over(before):
                    break
                if not began:
                    world.time.let_pass(1.0)
                    continue
                who = list(senders.map(lambda n: self._ask(world, n), range(self.burst)))
                after = described(world, self.endpoint)
                share = _share(before) if _share(before) == _share(after) else None
                answered.by.setdefault(share, Counter()).update(who)
                world.time.let_pass(PAUSE_SECONDS)
        if answered.requests < LEAST:
            raise StoryBroke(f"{answered.requests} requests during a release, not {LEAST}")
        return answered

    def _ask(self, world: World, number: int) -> str:
        number %= len(self.bodies)
        try:
            answer = world.client("sagemaker-runtime").invoke_endpoint(
                EndpointName=self.endpoint, ContentType="text/csv", Accept="text/csv",
                Body=self.bodies[number],
            )  # fmt: skip
        except ClientError as error:
            if error.response["Error"]["Code"] != "ModelError":
                raise
            return FAILED
        said = float(answer["Body"].read())
        for version, answers in self.answers.items():
            if abs(answers[number] - said) < 1e-6:
                return version
        raise StoryBroke(f"{self.endpoint} answered {said}, which no version of it does")


def _share(endpoint: dict[str, Any]) -> Fraction:
    """The new version's part of the traffic, by what DescribeEndpoint says of its instances."""
    pending = endpoint.get("PendingDeploymentSummary")
    if not pending:
        return Fraction(0)
    [variant] = pending["ProductionVariants"]
    return Fraction(variant["CurrentInstanceCount"], variant["DesiredInstanceCount"])


def stream(
    world: World, endpoint: str, *, asked: Sequence[Question], versions: Sequence[str], burst: int
) -> Stream:
    """Requests to which each of some versions has another answer.

    Args:
        world: where the versions are registered.
        endpoint: who is asked.
        asked: what may be asked; requests are made of those that the versions disagree about.
        versions: the versions.
        burst: how many requests go out before time may pass.
    """
    sagemaker = world.client("sagemaker")
    packages = [sagemaker.describe_model_package(ModelPackageName=arn) for arn in versions]
    bodies = [as_csv([question], order_of_features(world, packages[0])) for question in asked]
    answers = [of_the_archive(world, package, "".join(bodies)) for package in packages]
    differ = [
        n for n, said in enumerate(zip(*answers, strict=True)) if max(said) - min(said) > 1e-4
    ]
    chosen = differ if len(versions) > 1 else range(len(bodies))
    return Stream(
        endpoint=endpoint, bodies=[bodies[n] for n in chosen], burst=burst,
        answers={
            version: [said[n] for n in chosen]
            for version, said in zip(versions, answers, strict=True)
        },
    )  # fmt: skip


def check_shares(answered: Answered, *, new: str) -> dict[str, float]:
    """Hold who answered against who had the traffic; for each share what the new version answered.

    Raises:
        StoryBroke: a version answered more or less than its share.
    """
    shares = {}
    for share, counts in answered.by.items():
        if share is None:
            continue
        part = counts[new] / counts.total()
        if abs(part - share) > TOLERANCE:
            raise StoryBroke(
                f"{new} answered {part:.1%} while it had {float(share):.0%} of traffic"
            )
        shares[f"{float(share):.0%}"] = part
    return shares


def tell(timeline: Timeline, answered: Answered, shares: Mapping[str, float]) -> None:
    """Put the figures of a release into the timeline."""
    counts: Counter[str] = sum(answered.by.values(), Counter())
    timeline.record(
        "traveller", "requests went on", requests=answered.requests,
        **{who.rpartition("/")[2]: count for who, count in counts.items()},
        shares={share: round(part, 4) for share, part in shares.items()},
    )  # fmt: skip
