"""Async: requests and answers in S3, messages on two topics, no instance while nothing waits."""

from collections import Counter

from rehearsal.arrows import StoryBroke
from rehearsal.executions import HOUR
from rehearsal.release import described
from rehearsal.serving.model import Model
from rehearsal.serving.queue import FAILED, Queue
from rehearsal.serving.versions import DOES_NOT_START, FAILS


def play(model: Model, *, requests: int) -> None:
    """It sleeps and wakes; version 2 takes over the queue, and bad ones go."""
    model.promote(model.register(), ends="released")
    queue = Queue.of(model)
    sleeps_and_wakes(model, queue)
    package = model.register()
    model.promote(package, ends="released", asking=lambda over: queue.ask_until(over, requests))
    tell(model, queue.drained({"1", "2"}), "requests went on")
    only(queue, package)
    for script, may in ((DOES_NOT_START, {"2"}), (FAILS, {"2", FAILED})):
        bad = model.register(script)
        model.promote(bad, ends="rolled back", asking=lambda over: queue.ask_until(over, 0))
        tell(model, queue.drained(may), "a bad version came and went")
        only(queue, package)


def sleeps_and_wakes(model: Model, queue: Queue) -> None:
    """Without requests the last instance ends, and the next request starts one."""
    began = model.world.time.now()
    instances(model, 0)
    asleep = model.world.time.now()
    queue.ask(1)
    instances(model, 1)
    queue.drained({"1"})
    model.timeline.record(
        "platform", "slept and woke", minutes_until_asleep=(asleep - began) / 60,
        minutes_until_answered=(model.world.time.now() - asleep) / 60,
    )  # fmt: skip


def instances(model: Model, wanted: int) -> None:
    """Wait until the endpoint has so many."""

    def now() -> int:
        found = described(model.world, model.endpoint)
        return int(found["ProductionVariants"][0]["CurrentInstanceCount"])

    model.world.await_arrow(
        "backlog -> autoscaling", now, expected=f"{wanted} instances", within=3 * HOUR,
        until=lambda found: found == wanted,
    )  # fmt: skip


def only(queue: Queue, package: str) -> None:
    """Nobody but one version answers what is asked from now on."""
    queue.ask(20)
    queue.drained({queue.model.number(package)})


def tell(model: Model, answers: Counter[str], event: str) -> None:
    """Put the figures of a release into the timeline.

    Raises:
        StoryBroke: A bad version that starts was asked nothing, so that nothing was shown.
    """
    if not answers:
        raise StoryBroke(f"{model.endpoint} was asked nothing during a release")
    by_version = {
        who if who == FAILED else f"version_{who}": count for who, count in sorted(answers.items())
    }
    model.timeline.record("traveller", event, requests=answers.total(), lost=0, **by_version)
