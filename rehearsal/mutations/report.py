"""The table of what was broken and what the story said, as Markdown."""

from collections.abc import Mapping, Sequence

from rehearsal.mutations.mutation import Mutation, Template
from rehearsal.mutations.rows import Elsewhere, Noticed
from rehearsal.mutations.trial import Outcome

Templates = Mapping[str, Template]


def line(outcome: Outcome) -> str:
    """One outcome on one line, while the others are still to come."""
    verdict = "ok  " if outcome.as_expected else "WRONG"
    told = "" if outcome.as_expected else f", not '{outcome.row.arrow}': {outcome.text[:400]}"
    return f"{verdict} {outcome.seconds:6.1f} s  {outcome.mutation.name}: '{outcome.named}'{told}"


def table(outcomes: Sequence[Outcome], templates: Templates) -> str:
    """A row for each mutation, those of one construct together."""
    rows = [
        (_place(o.mutation), _told(o.mutation, templates), _verdict(o))
        for o in sorted(outcomes, key=lambda o: list(templates).index(o.mutation.stack))
    ]
    return _markdown(("broken", "how", "the story stopped at"), rows)


def plan(rows: Sequence[tuple[Mutation, Noticed | Elsewhere]], templates: Templates) -> str:
    """What would be broken, and who has to notice."""
    return _markdown(
        ("broken", "how", "has to be noticed by"),
        [
            (
                _place(mutation),
                _told(mutation, templates),
                f"{row.arrow} ({row.chapter.value})" if isinstance(row, Noticed) else row.test,
            )
            for mutation, row in rows
        ],
    )


def _place(mutation: Mutation) -> str:
    return f"`{mutation.path}` {mutation.kind} {mutation.part}"


def _told(mutation: Mutation, templates: Templates) -> str:
    return f"`{mutation.told(templates[mutation.stack])}`".replace("|", "\\|")


def _verdict(outcome: Outcome) -> str:
    return outcome.named if outcome.as_expected else f"**{outcome.named}**"


def _markdown(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
