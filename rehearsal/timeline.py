"""What happened, in order: on screen for a person, and as JSON lines for a program."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TextIO

Actor = Literal["rehearsal", "data scientist", "approver", "traveller", "platform"]


class Timeline:
    """Writes each event to `timeline.jsonl` (`t`, `actor`, `event`, `detail`) and to the screen.

    `t` is in seconds since the rehearsal began, on the clock of the AWS it is played on; `detail`
    holds the figures of the event.
    """

    def __init__(
        self, path: Path, screen: TextIO, *, seconds: Callable[[], float] = time.time
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")
        self._path, self._screen, self._seconds = path, screen, seconds
        self._began = seconds()

    def record(self, actor: Actor, event: str, **detail: object) -> None:
        """Add one event, at once: a rehearsal that stops half-way leaves what it saw."""
        t = round(self._seconds() - self._began, 3)
        line = {"t": t, "actor": actor, "event": event, "detail": detail}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, default=str) + "\n")
        shown = ", ".join(f"{name} {_short(value)}" for name, value in detail.items())
        what = f"{event}: {shown}" if shown else event
        print(f"{_when(t)}  {actor:<14}  {what}", file=self._screen, flush=True)


def _when(t: float) -> str:
    """Seconds as days and time of day: `day 3  06:00:12`."""
    minutes, seconds = divmod(int(t), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f"day {days:<2} {hours:02}:{minutes:02}:{seconds:02}"


def _short(value: object) -> str:
    """One figure as a person reads it: names for ARNs, no long digests; the file has all of it."""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dict):
        return f"({len(value)}, in the timeline)"
    text = str(value)
    if text.startswith("arn:"):
        text = text.rpartition(":")[2]
    return text if len(text) <= 56 else text[:53] + "..."
