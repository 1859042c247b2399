"""Requests that go on while a release moves the traffic, and who answered each of them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.arrows import StoryBroke
from rehearsal.release import described, version_of
from rehearsal.timeline import Timeline
from rehearsal.traffic import as_csv, of_the_archive, order_of_features
from rehearsal.travellers import Question
from rehearsal.world import World

SENDERS = 3
LEAST = 5000
"""Requests that a release has to bear."""

PAUSE_SECONDS = 40.0
TOLERANCE = 0.03
"""How far the part of the answers that a version gave may be from its share of the traffic."""


@dataclass(frozen=True)
class Shares:
    """Which version has which part of an endpoint's traffic, by what DescribeEndpoint says.

    Attributes:
        old: the version that serves.
        new: the one that is to replace it; empty outside of a deployment.
        share: the new one's part, 0 to 1: that of its instances which get traffic.
    """

    old: str
    new: str
    share: Fraction

    @classmethod
    def of(cls, world: World, endpoint: dict[str, Any]) -> "Shares":
        """The shares while the endpoint is as described."""
        old = version_of(world, endpoint["EndpointConfigName"])
        pending = endpoint.get("PendingDeploymentSummary")
        if not pending:
            return cls(old, "", Fraction(0))
        [variant] = pending["ProductionVariants"]
        share = Fraction(variant["CurrentInstanceCount"], variant["DesiredInstanceCount"])
        return cls(old, version_of(world, pending["EndpointConfigName"]), share)

    def expected(self, version: str) -> float:
        """The part of the requests that a version should answer."""
        of_old, of_new = version == self.old, version == self.new
        return float((1 - self.share) * of_old + self.share * of_new)


Answered = Mapping[Shares | None, Counter[str]]
"""How many requests each version answered, by how they were shared; None while that changed."""


@dataclass(frozen=True)
class Stream:
    """One-row requests to an endpoint, each of which every version answers differently.

    Attributes:
        endpoint: who is asked.
        bodies: what is asked, again and again.
        answers: for each version what it answers to each body.
        failing: the version that answers nothing but errors, if there is one.
        burst: how many requests go out before time may pass.
    """

    endpoint: str
    bodies: Sequence[str]
    answers: Mapping[str, Sequence[float]]
    burst: int
    failing: str = ""

    def during(self, world: World, over: Callable[[], bool]) -> Answered:
        """Ask from the beginning of a deployment until what it belongs to is over.

        Raises:
            StoryBroke: an answer is no version's, fewer requests went out than a release has to
                bear, or a version answered more or less than its share.
        """
        answered: dict[Shares | None, Counter[str]] = {}
        while described(world, self.endpoint)["EndpointStatus"] == "InService":
            world.time.let_pass(1.0)
        with ThreadPoolExecutor(SENDERS) as senders:
            while not over():
                before = Shares.of(world, described(world, self.endpoint))
                who = senders.map(lambda number: self._ask(world, number), range(self.burst))
                counts = Counter(who)
                after = Shares.of(world, described(world, self.endpoint))
                shares = before if before == after else None
                answered[shares] = answered.get(shares, Counter()) + counts
                _pause(world)
        self._check(answered)
        return answered

    def _ask(self, world: World, number: int) -> str:
        number %= len(self.bodies)
        try:
            answer = world.client("sagemaker-runtime").invoke_endpoint(
                EndpointName=self.endpoint, ContentType="text/csv", Accept="text/csv",
                Body=self.bodies[number],
            )  # fmt: skip
        except ClientError as error:
            if self.failing and error.response["Error"]["Code"] == "ModelError":
                return self.failing
            raise StoryBroke(f"a request to {self.endpoint} was lost: {error}") from error
        said = float(answer["Body"].read())
        for version, answers in self.answers.items():
            if abs(answers[number] - said) < 1e-6:
                return version
        raise StoryBroke(f"{self.endpoint} answered {said}, which no version of it does")

    def _check(self, answered: Answered) -> None:
        requests = sum(counts.total() for counts in answered.values())
        if requests < LEAST:
            raise StoryBroke(f"{requests} requests during a release, and not {LEAST}")
        for shares, counts in answered.items():
            if shares is None:
                continue
            for version in (*self.answers, self.failing):
                part, expected = counts[version] / counts.total(), shares.expected(version)
                if abs(part - expected) > TOLERANCE:
                    raise StoryBroke(
                        f"{version} answered {part:.1%} while it had {expected:.0%} of the traffic"
                    )


def stream(
    world: World, endpoint: str, *, asked: Sequence[Question], versions: Sequence[str], burst: int,
    failing: str = "",
) -> Stream:  # fmt: skip
    """Requests that tell which version answered them.

    Args:
        world: where the versions are registered.
        endpoint: who is asked.
        asked: what may be asked; requests are made of those that the versions disagree about.
        versions: the versions that answer.
        burst: how many requests go out before time may pass.
        failing: a version that does not.
    """
    sagemaker = world.client("sagemaker")
    packages = [sagemaker.describe_model_package(ModelPackageName=arn) for arn in versions]
    bodies = [as_csv([question], order_of_features(world, packages[0])) for question in asked]
    answers = [of_the_archive(world, package, "".join(bodies)) for package in packages]
    chosen = [
        number
        for number, said in enumerate(zip(*answers, strict=True))
        if len(versions) == 1 or max(said) - min(said) > 1e-4
    ]
    return Stream(
        endpoint, [bodies[number] for number in chosen],
        {v: [said[n] for n in chosen] for v, said in zip(versions, answers, strict=True)},
        burst, failing,
    )  # fmt: skip


def tell(timeline: Timeline, answered: Answered, *, package: str) -> None:
    """Put the figures of a version's release into the timeline."""
    total: Counter[str] = sum(answered.values(), Counter())
    timeline.record(
        "traveller", "requests went on", package=package, requests=total.total(),
        **{f"version_{who.rpartition('/')[2]}": count for who, count in sorted(total.items())},
        shares=[
            {"share": float(shares.share), "requests": counts.total(),
             "answered": counts[shares.new] / counts.total()}
            for shares, counts in answered.items()
            if shares and shares.new
        ],
    )  # fmt: skip


def _pause(world: World) -> None:
    """Let all of the pause pass, whatever happens in it."""
    end = world.time.now() + PAUSE_SECONDS
    while (left := end - world.time.now()) > 0:
        world.time.let_pass(left)
