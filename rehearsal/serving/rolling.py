"""Rolling: one of four instances after the other is replaced; five are the most there ever are."""

from rehearsal.serving import released
from rehearsal.serving.model import Model


def play(model: Model, *, requests: int) -> None:
    """Version 2 has a quarter, a half and three quarters of the traffic."""
    released.play(model, requests=requests, shares=(0.25, 0.5, 0.75))
