"""The first line: what is in it, by how much it matters."""

from collections.abc import Iterable, Iterator

from review.findings import Review, Stopped
from review.page.markdown import counted
from review.ranks import guard_rank, noun_rank

_IMAGES = ("ImageUri", "TrainingImage", "Image")
_FATES = (
    "refused", "changed for good", "replaced", "may be replaced", "removed", "may be removed",
    "left behind", "moves away",
)  # fmt: skip
_FEW = 4


def headline(review: Review) -> str:
    """One line, with the counts of everything that is not nothing."""
    return "### Review: " + ", ".join(_parts(review))


def roots(review: Review) -> list[Stopped]:
    """What stops or is replaced for a reason of its own; removed guards are told as guards."""
    guards = {one.thing for one in review.guards if one.after is None}
    return [
        one
        for one in review.stopped
        if not one.follows and not (one.fate == "removed" and one.thing in guards)
    ]


def difference_count(review: Review) -> int:
    """How many places differ in templates and in how stacks are deployed."""
    return sum(len(one.differences) + len(one.deployed_with) for one in review.stacks)


def _parts(review: Review) -> Iterator[str]:
    found = list(_dangers(review))
    found += _changes(review)
    yield from found or [counted(difference_count(review), "difference") + " without effect known"]


def _places(review: Review) -> Iterator[tuple[str, str | None, str | None]]:
    for pipeline in review.pipelines:
        for step in pipeline.steps:
            if step.change == "changed":
                yield from step.details


def _hours(review: Review) -> Iterator[str]:
    for kind, words in (("always-on", "always-on hours"), ("scheduled", "scheduled hours")):
        before = sum(one.before for one in review.hours if one.kind == kind)
        after = sum(one.after for one in review.hours if one.kind == kind)
        if round(before) != round(after):
            yield f"{words} {before:,.0f} → {after:,.0f}"


def _dangers(review: Review) -> Iterator[str]:
    for fate in _FATES:
        found = [one.thing for one in roots(review) if one.fate == fate]
        nouns = [one.words for one in sorted(found, key=lambda one: noun_rank(one.noun))]
        if nouns:
            yield f"{len(nouns)} {fate}{_sorts(nouns)}"
    if review.guards:
        ranked = sorted(review.guards, key=lambda one: guard_rank(one.kind))
        kinds = [one.kind.replace("-", " ") for one in ranked]
        yield counted(len(kinds), "guard weakened", "guards weakened") + _sorts(kinds)
    wider = [one for one in review.permissions if one.wider]
    if wider:
        wildest = sum(one.everything for one in wider)
        some = f" ({wildest} for everything)" if wildest else ""
        yield counted(len(wider), "permission gained", "permissions gained") + some
    if review.network:
        yield counted(len(review.network), "network change")


def _sorts(words: Iterable[str]) -> str:
    """Which sorts there are, if they are few."""
    sorts = list(dict.fromkeys(words))
    return f" ({', '.join(sorts)})" if len(sorts) <= _FEW else ""


def _changes(review: Review) -> Iterator[str]:
    narrower = sum(not one.wider for one in review.permissions)
    if narrower:
        yield counted(narrower, "permission lost", "permissions lost")
    if review.settings:
        groups = sorted(one.group for one in review.settings)
        yield counted(len(groups), "setting") + _sorts(groups)
    if review.pipelines:
        kinds = [one.thing.words for one in review.pipelines]
        for kind in dict.fromkeys(kinds):
            yield counted(kinds.count(kind), kind)
        images = sum(place[0].endswith(_IMAGES) for place in _places(review))
        if images:
            yield counted(images, "image")
    if review.files:
        names = [one.file.rpartition("/")[2] or one.asset for one in review.files]
        yield counted(len(names), "file") + _sorts(names)
    yield from _hours(review)
    new = sum(one.change == "added" for one in review.stacks)
    if new:
        yield counted(new, "new stack")
