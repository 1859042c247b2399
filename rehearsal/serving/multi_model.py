"""Multi-model: each request names the version that the slot names; promoting deploys nothing."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import aiohttp

from rehearsal.arrows import StoryBroke
from rehearsal.asking import ANSWERED, Asking
from rehearsal.passing import let_pass_until
from rehearsal.release import described
from rehearsal.serving.model import Model
from rehearsal.serving.versions import DOES_NOT_START, FAILS

AT_A_TIME = 250
"""Requests between two looks at the slot."""

PAUSE_SECONDS = 10.0


@dataclass
class Readers:
    """Who reads the slot and names its version in each request.

    Attributes:
        model: Whose endpoint.
        answers: How many answers each version gave.
    """

    model: Model
    answers: Counter[str] = field(default_factory=Counter)

    def ask(self, count: int) -> None:
        """So many requests, all of which name the version that the slot names at first.

        Raises:
            StoryBroke: A request was lost, or another version answered than the one it named.
        """
        named = self.model.number(self.model.slot())
        asking = Asking(self.model.world, self.model.endpoint)
        try:
            found = asking.ask(["0"] * count, target=f"{named}.tar.gz")
        except (aiohttp.ClientError, TimeoutError) as lost:
            raise StoryBroke(f"a request to {self.model.endpoint} was lost: {lost!r}") from lost
        wrong = [a for a in found if (a.status, a.body.strip()) != (ANSWERED, named)]
        if wrong:
            raise StoryBroke(
                f"{len(wrong)} of {count} requests named {named} and had another answer:"
                f" {wrong[0].status} {wrong[0].body}"
            )
        self.answers[named] += count

    def ask_until(self, over: Callable[[], bool]) -> None:
        """Ask until a promotion is over."""
        time = self.model.world.time
        while not over():
            self.ask(AT_A_TIME)
            let_pass_until(time, time.now() + PAUSE_SECONDS)


def play(model: Model, *, requests: int) -> None:
    """Version 2 is named while requests go on, and no bad version ever is."""
    readers, config = Readers(model), described(model.world, model.endpoint)["EndpointConfigName"]
    first, second = model.register(), model.register()
    model.promote(first, ends="released")
    readers.ask(requests // 2)
    model.promote(second, ends="released", asking=readers.ask_until)
    readers.ask(max(0, requests - readers.answers.total()))
    only(readers, first, second)
    for script in (DOES_NOT_START, FAILS):
        model.promote(model.register(script), ends="rolled back", asking=readers.ask_until)
        readers.ask(100)
    only(readers, first, second)
    if described(model.world, model.endpoint)["EndpointConfigName"] != config:
        raise StoryBroke(f"a promotion gave {model.endpoint} another config than {config}")
    model.timeline.record(
        "traveller", "requests named the version", requests=readers.answers.total(), lost=0,
        **{f"version_{number}": count for number, count in sorted(readers.answers.items())},
    )  # fmt: skip


def only(readers: Readers, *packages: str) -> None:
    """Requests named these versions, each of them, and no others.

    Raises:
        StoryBroke: The slot named another, or not all of them.
    """
    may = {readers.model.number(package) for package in packages}
    if set(readers.answers) != may:
        raise StoryBroke(f"requests named {sorted(readers.answers)} where {sorted(may)} may serve")
