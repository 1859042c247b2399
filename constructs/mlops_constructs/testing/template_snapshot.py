"""The fixture's value: whatever it is called with must read as it did when it was reviewed."""

import os
import shlex
from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from mlops_constructs.testing.difference import difference
from mlops_constructs.testing.synthesized import Synthesized, Unusable, synthesized

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

LONGEST = 120
"""Characters of a file's name that say which stack and document it is."""


class _File(NamedTuple):
    """A file of a snapshot; `reviewed` is None if there is none yet."""

    path: str
    reviewed: str | None
    now: str
    is_as_reviewed: bool


class TemplateSnapshot:
    """Call it with what was synthesized; the test fails if that is not as it was reviewed.

    With `--snapshot-update` the snapshot is written instead.

    Example:
        def test_the_stack_is_as_it_was_reviewed(template_snapshot):
            template_snapshot(OrdersStack(App(), "Orders"))
    """

    def __init__(self, test: pytest.Item, snapshot: "SnapshotAssertion") -> None:
        # Here, since pytest imports this module wherever the library is installed.
        from mlops_constructs.testing.files import TemplateFiles

        self._test = test
        self._snapshot = snapshot.use_extension(TemplateFiles)
        self._started_in = test.config.invocation_params.dir
        self._taken: set[str] = set()

    def __call__(self, given: Any) -> None:
        """Compares a Stack, all stacks of an App or Stage, a template, or what a path leads to.

        Args:
            given: One of CDK's objects; a template as a dict; the path of a template or of a folder
                that `cdk synth` wrote.
        """
        templates = self._templates(given)
        # All are compared, even after one that differs, so that none counts as unused.
        found = {one.name: self._compared(one) for one in templates}
        said = [text for name, files in found.items() if (text := _told(name, files))]
        if said:
            pytest.fail("\n\n".join([*said, self._way_out()]), pytrace=False)

    def _templates(self, given: Any) -> list[Synthesized]:
        try:
            templates = synthesized(given)
        except Unusable as error:
            said = str(error)
        else:
            names = {one.name for one in templates}
            taken = sorted(names & self._taken)
            self._taken |= names
            if not taken:
                return templates
            said = f"this test has a snapshot of {taken[0]!r} already; take this in another test"
        pytest.fail(said, pytrace=False)

    def _compared(self, template: Synthesized) -> list[_File]:
        files = [self._file(name, text) for name, text in template.files().items()]
        self._clear({file.path for file in files}, beside=files[0].path)
        return files

    def _clear(self, kept: set[str], beside: str) -> None:
        """Deletes documents that are gone; syrupy would not, where a single test is selected."""
        options = self._test.config.option
        if not options.update_snapshots or options.no_cleanup:
            return
        template = self._started_in / beside
        for path in template.parent.iterdir():
            is_of_it = path.name.startswith(template.name.removesuffix("].json") + ".")
            if is_of_it and os.path.relpath(path, self._started_in) not in kept:
                path.unlink()

    def _file(self, name: str, text: str) -> _File:
        is_as_reviewed = self._snapshot(name=_short(name)) == text
        result = self._snapshot.executions[self._snapshot.num_executions - 1]
        if result.exception:
            raise result.exception
        path = os.path.relpath(result.snapshot_location, self._started_in)
        reviewed = None if result.recalled_data is None else str(result.recalled_data)
        return _File(path, reviewed, text, is_as_reviewed)

    def _way_out(self) -> str:
        file = os.path.relpath(self._test.path, self._started_in)
        test = f"{file}::{self._test.nodeid.partition('::')[2]}"
        command = f"pytest {shlex.quote(test)} --snapshot-update"
        return f"If this is what it should be, accept it and commit it:\n  {command}"


def _told(name: str, files: list[_File]) -> str | None:
    """What of a template is not as reviewed, for a person; None if all is."""
    other = [file for file in files if not file.is_as_reviewed]
    if not other:
        return None
    if all(file.reviewed is None for file in files):
        return "\n".join([f"{name} has no snapshot yet:", *(f"  {file.path}" for file in files)])
    of = f"{len(other)} of {len(files)} files"
    heading = f"{name} is not as it was reviewed; different: {of} (- reviewed, + now)"
    return "\n\n".join([heading, *("\n".join(_changes(file)) for file in other)])


def _changes(file: _File) -> Iterator[str]:
    if file.reviewed is None:
        yield f"{file.path} is new, {len(file.now.splitlines())} lines"
        return
    yield file.path
    yield from (f"  {line}" for line in difference(file.reviewed, file.now))


def _short(name: str) -> str:
    """The name, its middle by a digest if it is long: file systems take 255 bytes."""
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 60]}~{sha256(name.encode()).hexdigest()[:8]}~{name[-50:]}"
