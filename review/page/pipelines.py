"""Pipelines and state machines, step by step, and the files that they run."""

from collections.abc import Iterable, Iterator

from review.findings import FileChange, PipelineChange, Review, StepChange
from review.page.markdown import block, code, counted, folded, shift, table

_OPEN_LINES = 60
"""A diff of more is folded away."""


def pipeline_lines(review: Review) -> Iterator[str]:
    """Each with what changed in it."""
    for number, one in enumerate(review.pipelines):
        if number:
            yield ""
        yield f"**{one.thing.words.capitalize()} {code(one.thing.name)}** ({one.thing.stack})"
        yield ""
        yield from _pipeline(one)


def _pipeline(one: PipelineChange) -> Iterator[str]:
    for name, before, after in one.gates:
        yield f"- gate {code(name)}: {shift(before, after)}"
    for name, before, after in one.parameters:
        yield f"- parameter {code(name)}: {shift(before, after)}"
    for step in one.steps:
        yield from _step(step)
    if one.order:
        yield f"- order: {', '.join(code(edge) for edge in one.order)}"
    for name, steps in one.scripts:
        used = ", ".join(code(step) for step in steps) or "no step"
        yield f"- {code(name)} is another file; used by {used}"


def _step(step: StepChange) -> Iterator[str]:
    yield f"- step {code(step.name)} ({step.kind}) {step.change}"
    for path, before, after in step.details:
        if after is None and before and "\n" in before:
            yield f"  - {code(path)}:"
            yield ""
            yield from (f"    {line}" for line in block(before, "diff"))
            yield ""
        elif before is None:
            yield f"  - {code(path)}: {code(after or '', short=True)}"
        else:
            yield f"  - {code(path)}: {shift(before, after)}"


def file_lines(review: Review) -> Iterator[str]:
    """Every file that differs, by asset."""
    assets: dict[str, list[FileChange]] = {}
    for one in review.files:
        assets.setdefault(one.asset, []).append(one)
    for asset, files in assets.items():
        yield f"In {asset}:"
        yield ""
        rows = [(code(one.file or "the file itself"), one.change, _size(one)) for one in files]
        yield from table(("File", "", "Lines"), rows)
        yield ""
        yield from _diffs(files)


def _size(one: FileChange) -> str:
    return f"+{one.added} -{one.removed}" if one.diff else "not text"


def _diffs(files: Iterable[FileChange]) -> Iterator[str]:
    for one in files:
        if not one.diff:
            continue
        lines = block(one.diff, "diff")
        if one.change == "changed" and len(lines) <= _OPEN_LINES:
            yield f"{code(one.file or 'the file itself')}:"
            yield ""
            yield from lines
        else:
            summary = f"{one.file or 'the file itself'}: {counted(len(lines) - 2, 'line')}"
            yield from folded(summary, lines)
        yield ""
