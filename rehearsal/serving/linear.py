"""Linear: a quarter of four instances after the other, each with a bake of its own."""

from rehearsal.serving import released
from rehearsal.serving.model import Model


def play(model: Model, *, requests: int) -> None:
    """Version 2 has a quarter, a half, three quarters, and all of the traffic."""
    released.play(model, requests=requests, shares=(0.25, 0.5, 0.75, 1.0))
