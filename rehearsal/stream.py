"""Requests that go on while a release moves the traffic, and who answered each of them."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from rehearsal.arrows import StoryBroke
from rehearsal.asking import ANSWERED, MODEL_ERROR, Answer, Asking
from rehearsal.passing import let_pass_until
from rehearsal.release import described, version_of
from rehearsal.seasons import JULY
from rehearsal.timeline import Timeline
from rehearsal.traffic import as_csv, await_metrics, of_the_archive, order_of_features
from rehearsal.travellers import by_day
from rehearsal.world import World

LEAST = 5000
"""Requests that a release has to bear."""

DAYS = slice(20, 27)
"""Of July, whose flights are asked about: enough that the monitor sees days as they are."""

BURST, MEANWHILE = 1000, 50
"""Requests before time may pass: while it deploys, until there were enough; and otherwise."""

PAUSE_SECONDS, MINUTE = 40.0, 60.0
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
        least: how many requests a release has to bear.
        failing: the version that answers nothing but errors, if there is one.
    """

    endpoint: str
    bodies: Sequence[str]
    answers: Mapping[str, Sequence[float]]
    least: int
    failing: str = ""

    def ask(
        self, world: World, timeline: Timeline, *, package: str, over: Callable[[], bool]
    ) -> None:
        """Ask until a promotion is over; most of all while it deploys.

        Args:
            world, timeline: where.
            package: the version that is deployed.
            over: whether the promotion is over.

        Raises:
            StoryBroke: an answer is no version's, fewer requests went out than a release has to
                bear, or a version answered more or less than its share.
        """
        began = _next_minute(world)
        answered = self._until(world, over)
        sent = self._check(answered)
        tell(timeline, answered, package=package)
        _next_minute(world)
        await_metrics(world, timeline, endpoint=self.endpoint, since=began, invocations=sent)

    def _until(self, world: World, over: Callable[[], bool]) -> Answered:
        answered: dict[Shares | None, Counter[str]] = {}
        asking, sent = Asking(world, self.endpoint), 0
        while not over():
            now = described(world, self.endpoint)
            before, deploys = Shares.of(world, now), now["EndpointStatus"] != "InService"
            many = min(BURST, self.least) if deploys and sent < self.least else MEANWHILE
            numbers = [number % len(self.bodies) for number in range(sent, sent + many)]
            answers = asking.ask([self.bodies[number] for number in numbers])
            counts = Counter(map(self._who, answers, numbers))
            sent += many
            after = Shares.of(world, described(world, self.endpoint))
            shares = before if before == after else None
            answered[shares] = answered.get(shares, Counter()) + counts
            _pause(world)
        return answered

    def _who(self, answer: Answer, number: int) -> str:
        """The version that answered."""
        if self.failing and answer.status == MODEL_ERROR:
            return self.failing
        if answer.status != ANSWERED:
            lost = f"{answer.status} {answer.body}"
            raise StoryBroke(f"a request to {self.endpoint} was lost: {lost}")
        said = float(answer.body)
        for version, answers in self.answers.items():
            if abs(answers[number] - said) < 1e-6:
                return version
        raise StoryBroke(f"{self.endpoint} answered {said}, which no version of it does")

    def _check(self, answered: Answered) -> int:
        """How many requests were answered, all in all."""
        requests = sum(counts.total() for counts in answered.values())
        if requests < self.least:
            raise StoryBroke(f"{requests} requests during a release, and not {self.least}")
        for shares, counts in answered.items():
            if shares is None:
                continue
            for version in (*self.answers, self.failing):
                part, expected = counts[version] / counts.total(), shares.expected(version)
                if abs(part - expected) > TOLERANCE:
                    raise StoryBroke(
                        f"{version} answered {part:.1%} while it had {expected:.0%} of the traffic"
                    )
        return requests


def stream(
    world: World, endpoint: str, versions: Sequence[str], *, least: int, failing: str = ""
) -> Stream:
    """Requests that tell which version answered them.

    Args:
        world: where the versions are registered.
        endpoint: who is asked.
        versions: those that answer.
        least: how many requests a release has to bear.
        failing: a version that does not answer.
    """
    sagemaker = world.client("sagemaker")
    packages = [sagemaker.describe_model_package(ModelPackageName=arn) for arn in versions]
    order = order_of_features(world, packages[0])
    asked = [question for day in by_day(world.airline, JULY)[DAYS] for question in day]
    bodies = [as_csv([question], order) for question in asked]
    with ThreadPoolExecutor(len(packages)) as beside:
        answers = list(beside.map(lambda p: of_the_archive(world, p, "".join(bodies)), packages))
    telling = [
        number
        for number, said in enumerate(zip(*answers, strict=True))
        if len(versions) == 1 or max(said) - min(said) > 1e-4
    ]
    return Stream(
        endpoint, [bodies[number] for number in telling],
        {v: [said[n] for n in telling] for v, said in zip(versions, answers, strict=True)},
        least, failing,
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


def _next_minute(world: World) -> float:
    """Let pass what is left of a minute, which is what CloudWatch counts by; when that was."""
    begins = math.ceil(world.time.now() / MINUTE) * MINUTE
    let_pass_until(world.time, begins)
    return begins


def _pause(world: World) -> None:
    let_pass_until(world.time, world.time.now() + PAUSE_SECONDS)
