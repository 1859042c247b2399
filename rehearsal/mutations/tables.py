"""Both tables, asked together."""

from fnmatch import fnmatchcase

from rehearsal.mutations.elsewhere import ELSEWHERE
from rehearsal.mutations.expected import NOTICED
from rehearsal.mutations.mutation import Mutation
from rehearsal.mutations.rows import Elsewhere, Noticed


def expectation(mutation: Mutation) -> Noticed | Elsewhere:
    """The row for a mutation.

    Raises:
        LookupError: neither table has one.
    """
    rows: list[Noticed | Elsewhere] = [*ELSEWHERE, *NOTICED]
    for row in rows:
        if fnmatchcase(mutation.name, row.pattern):
            return row
    raise LookupError(
        f"nobody says which arrow of the story '{mutation.name}' breaks, nor which test holds it"
    )
