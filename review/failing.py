"""`--fail-on`: what a review must not find."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from review.findings import Review
from review.ranks import KINDS
from review.refused import Refused
from review.resources import noun
from review.schemas import known_types

_REPLACED: Final = ("replaced", "may be replaced", "changed for good")

SORTS: Final[Mapping[str, Callable[[Review], Iterator[str]]]] = {
    "replacement": lambda review: (o.thing.noun for o in review.stopped if o.fate in _REPLACED),
    "removal": lambda review: (
        o.thing.noun for o in review.stopped if o.fate not in (*_REPLACED, "refused")
    ),
    "refusal": lambda review: (o.thing.noun for o in review.stopped if o.fate == "refused"),
    "guard": lambda review: (o.kind for o in review.guards),
    "permission": lambda review: (o.thing.noun for o in review.permissions if o.wider),
    "network": lambda review: (o.thing.noun for o in review.network),
    "hours": lambda review: (o.kind for o in review.hours if o.after > o.before),
}
"""What can be named, and the sort of each finding of it."""


def demands(said: Iterable[str]) -> list[tuple[str, str]]:
    """What was named, and the sort of it that was; empty for any.

    Raises:
        Refused: There is no such thing.
    """
    told = [(what, sort) for what, _, sort in (one.partition(":") for one in said)]
    for what, sort in told:
        if what not in SORTS:
            raise Refused(f"unknown --fail-on {what!r}; it can be {', '.join(SORTS)}")
        known = _sorts(what)
        if sort and sort not in known:
            some = ", ".join(sorted(known)[:20]) if what in ("guard", "hours") else (
                "the last part of a resource type, such as endpoint, endpoint-config or bucket"
            )  # fmt: skip
            raise Refused(f"unknown --fail-on '{what}:{sort}'; after the colon stands {some}")
    return told


def found(review: Review, unwanted: Iterable[tuple[str, str]]) -> list[str]:
    """A line for each that was found."""
    lines = []
    for what, sort in unwanted:
        sorts = [one for one in SORTS[what](review) if not sort or one == sort]
        if sorts:
            name = f"{what}:{sort}" if sort else what
            lines.append(f"--fail-on {name}: {len(sorts)} found")
    return lines


def _sorts(what: str) -> frozenset[str]:
    if what == "guard":
        return frozenset(KINDS)
    if what == "hours":
        return frozenset(("always-on", "scheduled"))
    return frozenset({*map(noun, known_types()), "slot", "stack", "custom-resource"})
