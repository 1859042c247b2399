"""Serverless: no instances and no guardrails; what does not start changes nothing."""

from rehearsal.serving import released
from rehearsal.serving.model import Model


def play(model: Model, *, requests: int) -> None:
    """Version 2 takes over without a share of its own, and nothing is lost."""
    released.play(model, requests=requests, guarded=False)
