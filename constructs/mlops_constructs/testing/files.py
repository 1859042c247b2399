"""Where snapshots are stored, for syrupy: a text file for each part of a template."""

from typing import Any

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode


class TemplateFiles(SingleFileSnapshotExtension):
    """`__snapshots__/<test file>/<test>[<stack or document>].json`, written as it is given."""

    _write_mode = WriteMode.TEXT
    file_extension = "json"

    def serialize(self, data: str, **_: Any) -> str:
        """The text itself."""
        return data
