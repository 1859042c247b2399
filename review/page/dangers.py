"""What a reviewer must not miss, one line each."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from review.findings import Cause, Guard, NetworkChange, Permission, Review, Stopped, Thing
from review.page.headline import roots
from review.page.markdown import code, counted, shift
from review.ranks import NOUNS, guard_rank, noun_rank
from review.statements import ANYONE

_FATES: Final = (
    "refused",
    "changed for good",
    "removed",
    "replaced",
    "moves away",
    "may be removed",
    "may be replaced",
    "left behind",
)
_PLACES: Final = 2


def stopped_lines(review: Review) -> list[str]:
    """What stops or is replaced, with what goes along."""
    found = sorted(roots(review), key=_badness)
    telling = [
        one for one in found if one.thing.noun in NOUNS or one.fate in ("refused", "replaced")
    ]
    groups: dict[tuple[str, str, tuple[Cause, ...]], list[Stopped]] = {}
    for one in telling:
        alone = one.thing.logical_id if not one.causes else ""
        groups.setdefault((one.fate + alone, one.thing.noun, one.causes), []).append(one)
    lines = ((same[0].thing.noun, _stopped(same, review)) for same in groups.values())
    return _one_of_each_first(lines) + list(_others([one for one in found if one not in telling]))


def _badness(one: Stopped) -> tuple[int, int, str]:
    return noun_rank(one.thing.noun), _FATES.index(one.fate), one.thing.stack


def _stopped(same: Sequence[Stopped], review: Review) -> str:
    first = same[0]
    parts = [f"{_thing(first.thing)} **{_fate(first)}**"]
    if first.causes:
        parts[0] += f": {_because(first.causes)}"
    notes = dict.fromkeys(note for one in same for note in one.notes)
    parts += [note[0].upper() + note[1:] if note[0].isalpha() else note for note in notes]
    along = [one for one in review.stopped for by in same if _follows(one, by, review)]
    if along:
        counts = Counter(one.thing.words for one in along)
        told = " and ".join(counted(number, noun) for noun, number in counts.items())
        parts.append(f"What refers to it is replaced too: {told}")
    parts += _likewise([one.thing for one in same])
    return "- " + ". ".join(parts) + "."


def _fate(one: Stopped) -> str:
    return one.fate if one.fate.startswith(("may", "moves")) else f"is {one.fate}"


def _follows(one: Stopped, by: Stopped, review: Review) -> bool:
    """Directly, or by way of another that follows."""
    if one.thing.stack != by.thing.stack or not one.follows:
        return False
    if one.follows == by.thing.logical_id:
        return True
    between = (o for o in review.stopped if o.thing.logical_id == one.follows and o.follows)
    return any(_follows(other, by, review) for other in between)


def _because(causes: Sequence[Cause]) -> str:
    by_why: dict[str, list[Cause]] = {}
    for cause in causes:
        by_why.setdefault(cause.why, []).append(cause)
    return "; ".join(f"{why} ({_places(some)})" for why, some in by_why.items())


def _places(causes: Sequence[Cause]) -> str:
    told = [f"{code(one.property)} {shift(one.before, one.after)}" for one in causes[:_PLACES]]
    more = len(causes) - _PLACES
    return ", ".join([*told, *([f"and {counted(more, 'more place')}"] if more > 0 else [])])


def _others(found: Iterable[Stopped]) -> Iterator[str]:
    """What is only told by number: policies and the like."""
    by_stack: dict[tuple[str, str], Counter[str]] = {}
    for one in found:
        counts = by_stack.setdefault((one.thing.stack, one.fate), Counter())
        counts[one.thing.words] += 1
    for (stack, fate), counts in by_stack.items():
        told = ", ".join(
            f"{number} {noun}{'' if number == 1 else 's'}"
            for noun, number in sorted(counts.items())
        )
        yield f"- In {stack} also **{fate}**: {told}."


def _thing(thing: Thing) -> str:
    return f"{_capital(thing.words)} {code(thing.name)}" + _where(thing)


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _where(thing: Thing) -> str:
    return f" in {thing.stack}" if thing.logical_id else ""


def _likewise(things: Sequence[Thing]) -> list[str]:
    """What the other stages have in common with the first."""
    by_place: dict[str, list[str]] = {}
    for thing in things[1:]:
        by_place.setdefault(_where(thing), []).append(code(thing.name))
    others = [", ".join(names) + place for place, names in by_place.items()]
    return [f"The same for {', and for '.join(others)}"] if others else []


def guard_lines(review: Review) -> list[str]:
    """What protects less, what the stages have in common on one line."""
    groups: dict[tuple[str, str, str, str | None, str | None], list[Guard]] = {}
    for one in sorted(review.guards, key=lambda one: guard_rank(one.kind)):
        key = (one.kind, one.thing.noun, one.told, one.before, one.after)
        groups.setdefault(key, []).append(one)
    return _one_of_each_first((same[0].kind, _guard(same)) for same in groups.values())


def _one_of_each_first(lines: Iterable[tuple[str, str]]) -> list[str]:
    """In their order, but the second of a sort after the first of every other."""
    seen: Counter[str] = Counter()
    ranked = []
    for sort, line in lines:
        ranked.append((seen[sort], line))
        seen[sort] += 1
    return [line for _, line in sorted(ranked, key=lambda one: one[0])]


def _guard(same: Sequence[Guard]) -> str:
    first = same[0]
    sides = ""
    if first.before is not None or first.after is not None:
        sides = f": {shift(first.before, first.after)}"
    kind = first.kind.replace("-", " ").capitalize()
    told = f"**{kind}**: {_thing(first.thing)} {first.told}{sides}"
    return "- " + ". ".join([told, *_likewise([one.thing for one in same])]) + "."


def permission_lines(review: Review, *, wider: bool) -> list[str]:
    """Statements gained and lost, those that widen or those that narrow."""
    return [_permission(one) for one in review.permissions if one.wider == wider]


def _permission(one: Permission) -> str:
    who, where = _wild(one.who), ""
    if one.who == one.thing.name:
        who = f"{_capital(one.thing.words)} {code(one.who)}"
    else:
        where = f", says {one.thing.words} {code(one.thing.name)}"
    targets = ", ".join(_wild(target) for target in one.resources if target)
    condition = f", if {code(one.condition, short=True)}" if one.condition else ""
    on = f" on {targets}" if targets else ""
    actions = ", ".join(_wild(action) for action in one.actions)
    return f"- {who} {_verb(one)} {actions}{on}{condition}{where} ({one.thing.stack})"


def _verb(one: Permission) -> str:
    if one.effect == "Allow":
        return "may" if one.change == "gained" else "may no longer"
    return "must not" if one.change == "gained" else "is no longer denied"


def _wild(text: str) -> str:
    """What stands for everything is bold."""
    everything = text in ("*", ANYONE) or (text.endswith(":*") and not text.startswith("arn:"))
    return f"**{code(text)}**" if everything or text.startswith("all ") else code(text, short=True)


def network_lines(review: Review) -> list[str]:
    """Ways in and out."""
    return [_network(one) for one in review.network]


def _network(one: NetworkChange) -> str:
    return f"- {one.change.capitalize()}: {_thing(one.thing)}: {one.told}"
