"""Customers of an endpoint: who answered each of their requests, and whether that one might."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import aiohttp

from rehearsal.arrows import StoryBroke
from rehearsal.asking import ANSWERED, MODEL_ERROR, Answer, Asking
from rehearsal.passing import let_pass_until
from rehearsal.release import described, version_of
from rehearsal.serving.model import Model

STATES, LOOKS = 5, 80
"""A fifth of what has to be asked goes out in each state of the traffic, and otherwise an eightieth
between two looks at the endpoint."""

FEWEST = 5
"""Requests between two looks."""

PAUSE_SECONDS = 40.0
TOLERANCE = 0.03
"""How far the part of the answers that a version gave may be from its share of the traffic."""

READY, WIDTH = "CurrentInstanceCount", "DesiredInstanceCount"

SLACK = 2
"""So many requests may have gone elsewhere besides: few can't be shared exactly."""


@dataclass(frozen=True)
class Shares:
    """Which version has which part of an endpoint's traffic, by what DescribeEndpoint says.

    Attributes:
        old: The version that serves.
        new: The one that is deployed; empty outside of a deployment.
        share: The new one's part, 0 to 1: that of its instances which get traffic; None where
            there are no instances to say so.
    """

    old: str
    new: str = ""
    share: Fraction | None = Fraction(0)


@dataclass
class Customers:
    """Who asks one endpoint, a row of a table in each request.

    Attributes:
        model: Whose endpoint.
        failing: The number of the version that answers nothing but errors; empty if none does.
        counts: How many answers each version gave, by how the traffic was shared; under None while
            that changed.
    """

    model: Model
    failing: str = ""
    counts: dict[Shares | None, Counter[str]] = field(default_factory=dict)
    _versions: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> Counter[str]:
        """How many answers each version gave."""
        return sum(self.counts.values(), Counter())

    def ask_until(self, over: Callable[[], bool], *, least: int) -> None:
        """Ask until a promotion is over; most of all while the endpoint deploys.

        Args:
            over: Whether it is.
            least: How many requests there have to be in all.

        Raises:
            StoryBroke: A request was lost, a version answered that may not have, or one answered
                more or less than its share.
        """
        meanwhile, many = max(FEWEST, least // LOOKS), max(FEWEST, least // STATES)
        while not over():
            shares = self._shares()
            few = self.counts.get(shares, Counter()).total() < many
            few = few or self.total.total() < least
            self.ask(many if few and self._deploys() else meanwhile, shares)
            self._pause()
        left = least - self.total.total()
        if left > 0:
            self.ask(left)
        self._check()

    def ask(self, count: int, before: Shares | None = None) -> Counter[str]:
        """So many requests, counted under how the traffic is shared.

        Args:
            count: How many.
            before: How it is, if that is known already.

        Raises:
            StoryBroke: A request was lost, or a version answered that may not have.
        """
        before = before or self._shares()
        try:
            answers = Asking(self.model.world, self.model.endpoint).ask(["0"] * count)
        except (aiohttp.ClientError, TimeoutError) as lost:
            raise StoryBroke(f"a request to {self.model.endpoint} was lost: {lost!r}") from lost
        after = self._shares()
        found = Counter(map(self._who, answers))
        may = {
            self.model.number(package)
            for shares in (before, after)
            for package in (shares.old, shares.new)
            if package
        }
        if wrong := sorted(set(found) - may):
            raise StoryBroke(
                f"{self.model.endpoint} was answered by {wrong} while {sorted(may)} might serve"
            )
        shared = before if before == after else None
        self.counts[shared] = self.counts.get(shared, Counter()) + found
        return found

    def parts(self) -> Mapping[float, tuple[int, float]]:
        """By the new version's share of the traffic: how many requests, and its part of answers.

        A stack that goes back deploys the version that serves: then there is no other.
        """
        found: dict[float, tuple[int, float]] = {}
        for shares, counts in self.counts.items():
            if shares and shares.share is not None and shares.new not in ("", shares.old):
                part = counts[self.model.number(shares.new)] / counts.total()
                found[float(shares.share)] = counts.total(), part
        return found

    def _shares(self) -> Shares:
        endpoint = described(self.model.world, self.model.endpoint)
        old = self._version(endpoint["EndpointConfigName"])
        pending = endpoint.get("PendingDeploymentSummary")
        if not pending:
            return Shares(old)
        [variant] = pending["ProductionVariants"]
        new, all_of_it = self._version(pending["EndpointConfigName"]), variant.get(WIDTH)
        return Shares(old, new, Fraction(variant[READY], all_of_it) if all_of_it else None)

    def _deploys(self) -> bool:
        status: str = described(self.model.world, self.model.endpoint)["EndpointStatus"]
        return status != "InService"

    def _version(self, config: str) -> str:
        """The version of a config, which never has another."""
        if config not in self._versions:
            self._versions[config] = version_of(self.model.world, config)
        return self._versions[config]

    def _who(self, answer: Answer) -> str:
        if self.failing and answer.status == MODEL_ERROR:
            return self.failing
        if answer.status != ANSWERED:
            lost = f"{answer.status} {answer.body}"
            raise StoryBroke(f"a request to {self.model.endpoint} was lost: {lost}")
        return answer.body.strip()

    def _check(self) -> None:
        for share, (requests, part) in self.parts().items():
            most = 0 if share in (0.0, 1.0) else TOLERANCE * requests + SLACK
            if abs(part - share) * requests > most:
                raise StoryBroke(
                    f"the new version answered {part:.1%} of {requests} requests while it had "
                    f"{share:.0%} of the traffic"
                )

    def _pause(self) -> None:
        """Let some time pass, whatever happens in it."""
        time = self.model.world.time
        let_pass_until(time, time.now() + PAUSE_SECONDS)
