"""What the rehearsal expects of verdicts and alarms, and what is wrong with those that came."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from rehearsal.monitors.verdicts import Engine, Open


@dataclass(frozen=True)
class Outcomes:
    """What a kind of monitor may say in either engine; anything if it is empty.

    Attributes:
        open: Of the open engine.
        model_monitor: Of Model Monitor.
    """

    open: tuple[str, ...] = ()
    model_monitor: tuple[str, ...] = ()

    def of(self, engine: Engine) -> tuple[str, ...]:
        """What the engine may say."""
        return self.open if isinstance(engine, Open) else self.model_monitor


def both(*outcomes: str) -> Outcomes:
    """The same of either."""
    return Outcomes(outcomes, outcomes)


@dataclass(frozen=True)
class Ringing:
    """Which alarms ring.

    Attributes:
        must: Those that have to.
        may: Those of which nothing is asked.
    """

    must: Collection[str] = ()
    may: Collection[str] = ()

    def wrong(self, found: Mapping[str, str]) -> list[str]:
        """A sentence for each alarm that is not as it should be."""
        return list(self._wrong(found))

    def _wrong(self, found: Mapping[str, str]) -> Iterator[str]:
        yield from (f"there is no alarm {name}" for name in self.must if name not in found)
        for name, state in sorted(found.items()):
            if name in self.must and state != "ALARM":
                yield f"{name} should ring, and is {state}"
            elif name not in self.must and name not in self.may and state == "ALARM":
                yield f"{name} rings, and should not"
