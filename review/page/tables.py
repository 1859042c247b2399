"""Settings and hours, before and after."""

from collections import defaultdict
from collections.abc import Iterable

from review.findings import Hours, Review, Setting, Thing
from review.page.markdown import code, table


def setting_lines(review: Review) -> list[str]:
    """One row for each setting, in the order of what they are about; what stages share is one."""
    rows: dict[tuple[str, ...], list[Setting]] = {}
    for one in sorted(review.settings, key=lambda one: one.group):
        noun = one.thing.noun if one.thing.logical_id else ""
        sides = _cell(one.before), _cell(one.after)
        rows.setdefault((one.group, noun, _short(one.setting), *sides), []).append(one)
    cells = [
        (group, "<br>".join(_where(one.thing) for one in same), setting, *sides)
        for (group, _, setting, *sides), same in rows.items()
    ]
    return table(("", "Where", "Setting", "Before", "After"), cells)


def _cell(value: str | None) -> str:
    return "" if value is None else code(value, short=True)


def _short(setting: str) -> str:
    """The last name of a path, with the one before where it says too little."""
    path, arrow, inside = setting.partition(" » ")
    if " " in path:
        return setting
    parts = path.split(".")
    few = 2 if parts[-1] in ("Value", "Name", "Type", "Key") else 1
    return code(".".join(parts[-few:]) + arrow + inside)


def _where(thing: Thing) -> str:
    if not thing.logical_id:
        return thing.stack
    return f"{thing.words} {code(thing.name)}<br>{thing.stack}"


def hour_lines(review: Review) -> list[str]:
    """The hours a month that change, and the sums of all."""
    changed = [one for one in review.hours if one.before != one.after]
    changed.sort(key=lambda one: (one.kind, one.thing.stack, one.thing.name))
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
