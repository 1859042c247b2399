"""One thing broken in one template."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Template = Mapping[str, Any]
Place = tuple[str | int, ...]

NOTHING = "nothing"
"""What leads nowhere: no event has it, no bucket holds it, nobody is called so."""

SHOWN = 60
"""Characters of a value in a table."""


@dataclass(frozen=True)
class Renamed:
    """The new name of a key, in place of a new value for it."""

    to: str


@dataclass(frozen=True)
class Mutation:
    """One change in one resource.

    Attributes:
        stack: Its name.
        path: The construct's path within the stage, without the parts that CDK adds.
        kind: What sort of arrow it is: `pattern`, `target`, `input`, `dimension`, ...
        part: Which one of the resource.
        at: Where in the template, key by key; what lies in a JSON text within it goes on.
        becomes: The new value, or what the last key is called from now on.
        words: What was changed to what, where the values themselves would not tell.
    """

    stack: str
    path: str
    kind: str
    part: str
    at: Place
    becomes: object
    words: str = ""

    @property
    def name(self) -> str:
        """Construct, kind and part, by which tables know it."""
        return f"{self.path} | {self.kind} | {self.part}"

    def applied(self, template: Template) -> dict[str, Any]:
        """A copy of the template that has the change."""
        changed: dict[str, Any] = _changed(template, self.at, self.becomes)
        return changed

    def told(self, template: Template) -> str:
        """What was changed to what, for a person."""
        if self.words:
            return self.words
        if isinstance(self.becomes, Renamed):
            return f"{self.at[-1]} is called {self.becomes.to}"
        return f"{_short(value_at(template, self.at))} -> {_short(self.becomes)}"


def value_at(document: Any, at: Place) -> Any:
    """What lies at a place, also within a JSON text; None if nothing does."""
    for key in at:
        document = json.loads(document) if isinstance(document, str) else document
        document = document.get(key) if isinstance(document, dict) else document[key]
    return document


def _changed(document: Any, at: Place, becomes: object) -> Any:
    if not at:
        return becomes
    if isinstance(document, str):
        return json.dumps(_changed(json.loads(document), at, becomes))
    key, *rest = at
    if isinstance(document, Mapping):
        if not rest and isinstance(becomes, Renamed):
            return {becomes.to if name == key else name: v for name, v in document.items()}
        return {**document, key: _changed(document.get(key), tuple(rest), becomes)}
    if isinstance(document, Sequence):
        return [
            _changed(value, tuple(rest), becomes) if number == key else value
            for number, value in enumerate(document)
        ]
    raise KeyError(f"nothing lies at {at}")


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= SHOWN else f"...{text[3 - SHOWN :]}"
