"""The first line: what is in it, by how much it matters."""

from collections.abc import Iterator

from review.findings import Review, Stopped
from review.page.markdown import counted


def headline(review: Review) -> str:
    """One line, with the counts of everything that is not nothing."""
    return "### Review: " + ", ".join(_parts(review))


def roots(review: Review) -> list[Stopped]:
    """What stops or is replaced for a reason of its own."""
    return [one for one in review.stopped if not one.follows]


def difference_count(review: Review) -> int:
    """How many places differ in templates and in how stacks are deployed."""
    return sum(len(one.differences) + len(one.deployed_with) for one in review.stacks)


def _parts(review: Review) -> Iterator[str]:
    found = list(_dangers(review))
    found += _changes(review)
    yield from found or [counted(difference_count(review), "difference") + " without effect known"]


def _dangers(review: Review) -> Iterator[str]:
    for fate in (
        "replaced",
        "may be replaced",
        "removed",
        "may be removed",
        "left behind",
        "moves away",
    ):
        number = sum(one.fate == fate for one in roots(review))
        if number:
            yield f"{number} {fate}"
    if review.guards:
        yield counted(len(review.guards), "guard weakened", "guards weakened")
    wider = sum(one.wider for one in review.permissions)
    if wider:
        yield counted(wider, "permission gained", "permissions gained")
    if review.network:
        yield counted(len(review.network), "network change")


def _changes(review: Review) -> Iterator[str]:
    narrower = sum(not one.wider for one in review.permissions)
    if narrower:
        yield counted(narrower, "permission lost", "permissions lost")
    if review.settings:
        yield counted(len(review.settings), "setting")
    if review.pipelines:
        kinds = [one.thing.words for one in review.pipelines]
        for kind in dict.fromkeys(kinds):
            yield counted(kinds.count(kind), kind)
    if review.files:
        yield counted(len(review.files), "file")
    new = sum(one.change == "added" for one in review.stacks)
    if new:
        yield counted(new, "new stack")
