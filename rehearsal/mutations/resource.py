"""A resource of a template, and the mutations of it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.mutations.mutation import NOTHING, Mutation, Place, Renamed, Template, value_at

ADDED_BY_CDK = ("Resource", "Default")
"""The last parts of a path, which say nothing."""


@dataclass(frozen=True)
class Resource:
    """One resource, where it stands, and all templates of its stage."""

    stack: str
    logical_id: str
    templates: Mapping[str, Template]

    @property
    def _body(self) -> Any:
        return self.templates[self.stack]["Resources"][self.logical_id]

    @property
    def type(self) -> str:
        """Its CloudFormation type."""
        return str(self._body["Type"])

    @property
    def path(self) -> str:
        """The construct's path within the stage."""
        parts = str(self._body["Metadata"]["aws:cdk:path"]).split("/")[1:]
        while parts[-1] in ADDED_BY_CDK:
            parts.pop()
        return "/".join(parts)

    def get(self, *at: str | int) -> Any:
        """What lies at a place of its properties; None if nothing does."""
        return value_at(self._body["Properties"], at)

    def broken(
        self, kind: str, part: str, at: Place, becomes: object = NOTHING, *, words: str = ""
    ) -> Mutation:
        """The mutation of one place of its properties."""
        place = ("Resources", self.logical_id, "Properties", *at)
        return Mutation(self.stack, self.path, kind, part, place, becomes, words)

    def keys_renamed(self, kind: str, at: Place) -> Iterator[Mutation]:
        """A mutation for each key of the JSON text that lies there, at any depth."""
        for place in _keys(json.loads(self.get(*at))):
            part = ".".join(str(key) for key in place)
            yield self.broken(kind, part, (*at, *place), Renamed(f"{place[-1]}{NOTHING}"))


def _keys(value: Any) -> Iterator[Place]:
    """The place of each key in a value."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from ((number, *place) for place in _keys(item))
    if isinstance(value, dict):
        for key, item in value.items():
            yield (key,)
            yield from ((key, *place) for place in _keys(item))
