"""Pipelines and state machines, step by step, and the files that they run."""

from collections.abc import Iterator

from review.findings import FileChange, PipelineChange, Review, StepChange
from review.page.markdown import block, code, folded, shift

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
    kinds = {step.change for step in one.steps}
    if len(one.steps) > 1 and kinds in ({"added"}, {"removed"}) and not one.gates:
        [change] = kinds
        yield f"- {change}: {', '.join(code(step.name) for step in one.steps)}"
        return
    word = "state" if one.thing.noun == "state-machine" else "step"
    for step in one.steps:
        yield from _step(step, word)
    if one.order:
        yield f"- order: {', '.join(code(edge) for edge in one.order)}"
    for name, asset, steps in one.filled:
        used = ", ".join(code(step) for step in steps) or "no step"
        what = f"has other files ({asset}, told below)" if asset else "is filled in otherwise"
        yield f"- {code(name)} {what}; used by {used}"


def _step(step: StepChange, word: str) -> Iterator[str]:
    yield f"- {word} {code(step.name)} ({step.kind}) {step.change}"
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
        for one in files:
            yield from _file(one)
            yield ""


def _file(one: FileChange) -> Iterator[str]:
    name = one.file or "the file itself"
    if not one.diff:
        yield f"{code(name)}, {one.change}; it is not text"
        return
    lines = block(one.diff, "diff")
    if len(lines) <= _OPEN_LINES:
        yield f"{code(name)}, {one.change}, +{one.added} -{one.removed}:"
        yield ""
        yield from lines
    else:
        yield from folded(f"{name}, {one.change}, +{one.added} -{one.removed}", lines)
