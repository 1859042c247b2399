"""Both tables, asked together."""

from fnmatch import fnmatchcase

from rehearsal.mutations.elsewhere import ELSEWHERE
from rehearsal.mutations.expected import NOTICED
from rehearsal.mutations.mutation import Mutation
from rehearsal.mutations.other_ways import OTHER_WAYS
from rehearsal.mutations.rows import Elsewhere, Noticed

ROWS: list[Noticed | Elsewhere] = [*NOTICED, *ELSEWHERE, *OTHER_WAYS]


def expectation(mutation: Mutation) -> Noticed | Elsewhere:
    """The row for a mutation.

    Raises:
        LookupError: there is none, or more than one.
    """
    rows = [row for row in ROWS if fnmatchcase(mutation.name, row.pattern)]
    if len(rows) != 1:
        raise LookupError(
            f"one row must say which arrow of the story '{mutation.name}' breaks, or which test "
            f"holds it; got {[row.pattern for row in rows]} "
            "(rehearsal/mutations/expected.py, elsewhere.py)"
        )
    return rows[0]
