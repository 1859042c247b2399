"""Both sides of a review: the working tree as it stands, and a revision of its repository."""

from review.sides.repository import Repository
from review.sides.synthesis import Side, synthesize

__all__ = ["Repository", "Side", "synthesize"]
