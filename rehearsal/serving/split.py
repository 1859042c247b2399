"""Split: champion and challenger answer side by side by weight, and are compared after an hour."""

from rehearsal.serving import tried
from rehearsal.serving.model import Model
from rehearsal.serving.versions import FAILS


def play(model: Model, *, requests: int) -> None:
    """Version 2 answers three requests in ten."""
    tried.play(model, requests=requests, sees=0.3, answers=0.3, bad=(FAILS,))
