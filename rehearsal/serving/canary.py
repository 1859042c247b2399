"""Canary: a quarter of four instances first, and after its bake all the rest."""

from rehearsal.serving import released
from rehearsal.serving.model import Model


def play(model: Model, *, requests: int) -> None:
    """Version 2 has a quarter of the traffic first."""
    released.play(model, requests=requests, shares=(0.25, 1.0))
