"""Tags of all resources, by ARN, in the account and region of the request."""

from collections.abc import Iterable, Mapping
from typing import Any

from local_aws.core.store import Table


class Tags:
    """What AddTags, ListTags and DeleteTags see.

    Whatever a Create* operation answers an ARN for has tags from then on, perhaps none
    (`local_aws.core.operations`); the handler that deletes it says `TAGS.forget(arn)`.
    """

    def __init__(self) -> None:
        self._tags: Table[dict[str, str]] = Table()

    def put(self, resource: str, tags: Iterable[Mapping[str, Any]]) -> None:
        """The resource was created, with these tags and no others."""
        self._tags.put(resource, {tag["Key"]: tag["Value"] for tag in tags})

    def add(self, resource: str, tags: Iterable[Mapping[str, Any]]) -> None:
        """Set tags, each `{"Key": ..., "Value": ...}`; a key that is there gets the new value."""
        with self._tags.lock:
            found = {tag["Key"]: tag["Value"] for tag in tags}
            self._tags.put(resource, {**(self._tags.get(resource) or {}), **found})

    def remove(self, resource: str, keys: Iterable[str]) -> None:
        """Take tags away; keys that are not there are passed over."""
        with self._tags.lock:
            gone = set(keys)
            kept = {k: v for k, v in (self._tags.get(resource) or {}).items() if k not in gone}
            self._tags.put(resource, kept)

    def of(self, resource: str) -> list[dict[str, str]]:
        """The tags as the API lists them."""
        return [{"Key": k, "Value": v} for k, v in (self._tags.get(resource) or {}).items()]

    def knows(self, resource: str) -> bool:
        """Whether there is such a resource, with or without tags."""
        return resource in self._tags

    def forget(self, resource: str) -> None:
        """The resource was deleted."""
        self._tags.remove(resource)


TAGS = Tags()
