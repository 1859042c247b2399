"""An operation's input, which remembers what was read of it and what was only kept."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self, overload

from botocore.model import ListShape, MapShape, Shape, StructureShape


@dataclass(frozen=True)
class Record:
    """Member paths of one operation's inputs.

    Attributes:
        read: Those that the operation, or whatever came of it, looked at.
        kept: Those that it stored, to give them back.
    """

    read: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)


class Request(Mapping[str, Any]):
    """The input of one operation (or a structure inside it), as a read-only mapping.

    Each member that is read is recorded by its path, `ProductionVariants[].InstanceType`, so that
    a test can prove that a handler reads what the operation claims to support. Looking whether a
    member is there (`in`) reads nothing, nor does keeping it (`keep`, `plain`).

    Args:
        members: The members by their API names.
        shape: The botocore shape, which tells a map (`Environment`) from a structure.
        path: Where this structure is in the whole input; empty for the input itself.
        record: What to add to; a fresh one for the input itself.
    """

    def __init__(
        self,
        members: Mapping[str, Any],
        shape: Shape | None = None,
        *,
        path: str = "",
        record: Record | None = None,
    ) -> None:
        self._members = members
        self._shape = shape
        self._path = path
        self.record = Record() if record is None else record

    def __getitem__(self, name: str) -> Any:
        path, shape = _child(name, self._shape, self._path)
        self.record.read.add(path)
        return _wrap(self._members[name], shape, path, self.record)

    def __contains__(self, name: object) -> bool:
        return name in self._members

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def __repr__(self) -> str:
        return f"Request({self._members!r})"

    def plain(self) -> "Kept":
        """A deep copy, to be stored and given back whole."""
        return Kept.of(self._members, self._shape, self._path, self.record)

    def keep(self, *names: str) -> "Kept":
        """A deep copy of the members of these names that are there; see `plain`."""
        chosen = {name: self._members[name] for name in names if name in self}
        return Kept.of(chosen, self._shape, self._path, self.record)


class Kept(dict[str, Any]):
    """A structure that was taken whole from an input, and changes nothing until it is read.

    Members that are looked at later are recorded as read; copying, iterating and serializing it
    read nothing, for that is how it is given back.
    """

    _shape: Shape | None = None
    _path: str = ""
    _record: Record = Record()

    @classmethod
    def of(cls, members: Mapping[str, Any], shape: Shape | None, path: str, record: Record) -> Self:
        """Keep these members of the structure at a path."""
        made = cls()
        made._shape, made._path, made._record = shape, path, record
        for name, value in members.items():
            below, member = _child(name, shape, path)
            record.kept.add(below)
            made[name] = _keep(value, member, below, record)
        return made

    def __getitem__(self, name: str) -> Any:
        found = super().__getitem__(name)
        self._look_at(name)
        return found

    def get(self, name: str, default: Any = None) -> Any:
        """The member, which is then read; or the default."""
        if name not in self:
            return default
        return self[name]

    def pop(self, name: str, *default: Any) -> Any:
        """The member, which is then read; or the default."""
        if name in self:
            self._look_at(name)
        return super().pop(name, *default)

    def __or__(self, other: Mapping[str, Any]) -> "Kept":  # type: ignore[override]
        return self.having({**self, **other})

    def __ror__(self, other: Mapping[str, Any]) -> "Kept":  # type: ignore[override]
        return self.having({**other, **self})

    def __copy__(self) -> "Kept":
        return self.having(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Kept":
        return self.having({name: copy.deepcopy(value, memo) for name, value in self.items()})

    def having(self, members: Mapping[str, Any]) -> "Kept":
        """Other members that are recorded as those of this structure."""
        made = Kept(members)
        made._shape, made._path, made._record = self._shape, self._path, self._record
        return made

    def _look_at(self, name: str) -> None:
        self._record.read.add(_child(name, self._shape, self._path)[0])


class RequestList(Sequence[Any]):
    """A list inside an input; its structures record what is read of them."""

    def __init__(
        self, items: Sequence[Any], shape: Shape | None, *, path: str, record: Record
    ) -> None:
        self._items = items
        self._shape = _item(shape)
        self._path = path
        self.record = record

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> "RequestList": ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return _wrap(self._items[index], self._shape, f"{self._path}[]", self.record)

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        return list(self._items) == (other._items if isinstance(other, RequestList) else other)

    def __hash__(self) -> int:
        return hash(self._path)

    def __repr__(self) -> str:
        return f"RequestList({self._items!r})"

    def plain(self) -> list[Any]:
        """A deep copy, to be stored and given back whole; see `Request.plain`."""
        below = f"{self._path}[]"
        return [_keep(item, self._shape, below, self.record) for item in self._items]


def covers(above: str, path: str) -> bool:
    """Whether a member path is another one or lies above it."""
    return path == above or path.startswith((f"{above}.", f"{above}[]", f"{above}{{}}"))


def _child(name: str, shape: Shape | None, path: str) -> tuple[str, Shape | None]:
    """The path and the shape of a structure's member."""
    match shape:
        case MapShape():
            return f"{path}{{}}", shape.value
        case StructureShape():
            member = shape.members.get(name)
        case _:
            member = None
    return (f"{path}.{name}" if path else name), member


def _item(shape: Shape | None) -> Shape | None:
    """The shape of a list's items."""
    match shape:
        case ListShape():
            item: Shape = shape.member
            return item
        case _:
            return None


def _wrap(value: Any, shape: Shape | None, path: str, record: Record) -> Any:
    if isinstance(value, Mapping):
        return Request(value, shape, path=path, record=record)
    if isinstance(value, list):
        return RequestList(value, shape, path=path, record=record)
    return value


def _keep(value: Any, shape: Shape | None, path: str, record: Record) -> Any:
    if isinstance(value, Mapping):
        return Kept.of(value, shape, path, record)
    if isinstance(value, list):
        return [_keep(item, _item(shape), f"{path}[]", record) for item in value]
    return value
