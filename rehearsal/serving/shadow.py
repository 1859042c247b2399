"""Shadow: the challenger answers copies that nobody hears, and is compared after an hour."""

from rehearsal.serving import tried
from rehearsal.serving.model import Model
from rehearsal.serving.versions import DISAGREES, FAILS


def play(model: Model, *, requests: int) -> None:
    """Version 2 gets a copy of six requests in ten."""
    tried.play(model, requests=requests, sees=0.6, answers=0, bad=(FAILS, DISAGREES))
