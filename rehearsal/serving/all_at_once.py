"""All at once: the whole traffic moves, and the old fleet waits to take it back."""

from rehearsal.serving import released
from rehearsal.serving.model import Model


def play(model: Model, *, requests: int) -> None:
    """Version 2 has all of the traffic while its alarms are watched."""
    released.play(model, requests=requests, shares=(1.0,))
