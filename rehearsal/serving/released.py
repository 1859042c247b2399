"""What every endpoint that answers at once promises, however a new version takes over."""

from collections.abc import Sequence

from rehearsal.arrows import StoryBroke
from rehearsal.serving.customers import STATES, Customers
from rehearsal.serving.model import Model
from rehearsal.serving.versions import DOES_NOT_START, FAILS


def play(
    model: Model, *, requests: int, shares: Sequence[float] = (), guarded: bool = True
) -> None:
    """Version 1 serves, 2 takes over under traffic, and none of the bad ones does.

    Args:
        model: Whose.
        requests: How many there are while version 2 takes over, at least.
        shares: Those of the traffic that a new version has to have had, one after the other.
        guarded: Whether alarms take back a version that starts and then fails.
    """
    model.promote(model.register(), ends="released")
    takes_over(model, requests=requests, shares=shares)
    taken_back(model, DOES_NOT_START)
    if guarded:
        taken_back(model, FAILS)


def takes_over(model: Model, *, requests: int, shares: Sequence[float]) -> None:
    """A second version takes over: nothing is lost, and its share is what the policy says."""
    package, customers = model.register(), Customers(model)
    model.promote(
        package, ends="released", asking=lambda over: customers.ask_until(over, least=requests)
    )
    parts = customers.parts()
    missing = [s for s in shares if parts.get(s, (0, 0))[0] < requests // STATES]
    if missing:
        raise StoryBroke(f"{package} was hardly asked at {missing} of the traffic: {parts}")
    only(model, package)
    model.timeline.record(
        "traveller", "requests went on", requests=customers.total.total(), lost=0,
        **{f"version_{number}": count for number, count in sorted(customers.total.items())},
        **{f"at_{share:.0%}": f"{part:.1%} of {n}" for share, (n, part) in parts.items()},
    )  # fmt: skip


def taken_back(model: Model, script: str) -> None:
    """A bad version goes, and the one that served before serves again."""
    serving = model.slot()
    package = model.register(script)
    customers = Customers(model, failing=model.number(package))
    model.promote(
        package, ends="rolled back", asking=lambda over: customers.ask_until(over, least=0)
    )
    only(model, serving)
    failed = customers.total[model.number(package)]
    model.timeline.record(
        "traveller", "a bad version came and went", requests=customers.total.total(), failed=failed
    )


def only(model: Model, package: str) -> None:
    """Nobody but one version answers.

    Raises:
        StoryBroke: Another one does.
    """
    answered = Customers(model).ask(100)
    if set(answered) != {model.number(package)}:
        raise StoryBroke(f"{model.endpoint} serves {package}, yet {dict(answered)} answered")
