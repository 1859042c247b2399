"""What changed in a text of indented JSON: a short diff whose parts say where in it they are."""

import difflib
from collections.abc import Iterator

from mlops_constructs.testing.json_paths import paths

CONTEXT = 2
"""Lines shown around a change."""

MOST = 60
"""Lines shown of one file."""


def difference(before: str, after: str) -> list[str]:
    """The lines that went (-) and came (+), with those around them.

    Each group begins with the path of its first change: `@@ Resources.Queue.Properties.Name @@`.
    """
    lines = list(_groups(before.splitlines(), after.splitlines()))
    if len(lines) <= MOST:
        return lines
    return [*lines[:MOST], f"… and {len(lines) - MOST} more lines"]


def _groups(before: list[str], after: list[str]) -> Iterator[str]:
    was, now = paths(before), paths(after)
    for group in difflib.SequenceMatcher(None, before, after).get_grouped_opcodes(CONTEXT):
        kind, went, _, came, _ = next(change for change in group if change[0] != "equal")
        yield f"@@ {was[went] if kind == 'delete' else now[came]} @@"
        for kind, start, end, new_start, new_end in group:
            if kind == "equal":
                yield from (f"  {line}" for line in before[start:end])
                continue
            yield from (f"- {line}" for line in before[start:end])
            yield from (f"+ {line}" for line in after[new_start:new_end])
