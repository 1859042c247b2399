"""Settings and hours, before and after."""

from collections import defaultdict
from collections.abc import Iterable

from review.findings import Hours, Review, Setting, Thing
from review.page.markdown import code, table


def setting_lines(review: Review) -> list[str]:
    """One row for each setting, in the order of what they are about."""
    rows = sorted(review.settings, key=lambda one: one.group)
    return table(("", "Where", "Setting", "Before", "After"), [_row(one) for one in rows])


def _row(one: Setting) -> tuple[str, ...]:
    sides = ("" if side is None else code(side, short=True) for side in (one.before, one.after))
    setting = one.setting if " " in one.setting else code(one.setting)
    return (one.group, _where(one.thing), setting, *sides)


def _where(thing: Thing) -> str:
    if not thing.logical_id:
        return thing.stack
    return f"{thing.words} {code(thing.name)}<br>{thing.stack}"


def hour_lines(review: Review) -> list[str]:
    """The hours a month that change, and the sums of all."""
    changed = [one for one in review.hours if one.before != one.after]
    if not changed:
        return [f"Hours a month do not change: {_sums(review.hours, 0)}."]
    rows = [
        (one.kind, _where(one.thing), one.instance_type, f"{one.before:,g}", f"{one.after:,g}")
        for one in changed
    ]
    sums = f"All together: {_sums(review.hours, 0)} before, {_sums(review.hours, 1)} after."
    rows_and_head = table(("", "Where", "Instances", "Before", "After"), rows)
    return ["#### Hours a month", "", *rows_and_head, "", sums]


def _sums(found: Iterable[Hours], side: int) -> str:
    sums: dict[str, float] = defaultdict(float)
    for one in found:
        sums[one.kind] += (one.before, one.after)[side]
    return (
        f"{sums['always-on']:,.0f} always-on instance-hours and at most"
        f" {sums['scheduled']:,.0f} scheduled job-hours"
    )
