"""An operation's input, which remembers what was read of it."""

import copy
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, overload

from botocore.model import MapShape, Shape, StructureShape


class Request(Mapping[str, Any]):
    """The input of one operation (or a structure inside it), as a read-only mapping.

    Each member that is read is recorded by its path, `ProductionVariants[].InstanceType`, so that
    a test can prove that a handler reads what the operation claims to support. Looking whether a
    member is there (`in`) reads nothing.

    Args:
        members: The members by their API names.
        shape: The botocore shape, which tells a map (`Environment`) from a structure.
        path: Where this structure is in the whole input; empty for the input itself.
        reads: The record to add to; a fresh one for the input itself.
    """

    def __init__(
        self,
        members: Mapping[str, Any],
        shape: Shape | None = None,
        *,
        path: str = "",
        reads: set[str] | None = None,
    ) -> None:
        self._members = members
        self._shape = shape
        self._path = path
        self.reads: set[str] = set() if reads is None else reads

    def __getitem__(self, name: str) -> Any:
        path, shape = self._child(name)
        self.reads.add(path)
        return _wrap(self._members[name], shape, path, self.reads)

    def __contains__(self, name: object) -> bool:
        return name in self._members

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def __repr__(self) -> str:
        return f"Request({self._members!r})"

    def plain(self) -> dict[str, Any]:
        """A deep copy, and all below counts as read.

        Only for structures that are stored and given back whole.
        """
        self.reads.add(_everything(self._path))
        return copy.deepcopy(dict(self._members))

    def keep(self, *names: str) -> dict[str, Any]:
        """The members of these names that are there, as plain data; see `plain`."""
        return {name: _kept(self[name]) for name in names if name in self}

    def _child(self, name: str) -> tuple[str, Shape | None]:
        match self._shape:
            case MapShape() as shape:
                return f"{self._path}{{}}", shape.value
            case StructureShape() as shape:
                member = shape.members.get(name)
            case _:
                member = None
        return (f"{self._path}.{name}" if self._path else name), member


class RequestList(Sequence[Any]):
    """A list inside an input; its structures record what is read of them."""

    def __init__(
        self, items: Sequence[Any], shape: Shape | None, *, path: str, reads: set[str]
    ) -> None:
        self._items = items
        self._shape = getattr(shape, "member", None)
        self._path = path
        self.reads = reads

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> "RequestList": ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return _wrap(self._items[index], self._shape, f"{self._path}[]", self.reads)

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        return list(self._items) == (other._items if isinstance(other, RequestList) else other)

    def __hash__(self) -> int:
        return hash(self._path)

    def __repr__(self) -> str:
        return f"RequestList({self._items!r})"

    def plain(self) -> list[Any]:
        """A deep copy, and all below counts as read; see `Request.plain`."""
        self.reads.add(_everything(self._path))
        return copy.deepcopy(list(self._items))


def was_read(path: str, reads: Collection[str]) -> bool:
    """Whether a member path was read, by itself or with a structure taken whole above it."""
    whole = [read.removesuffix("*").removesuffix(".") for read in reads if read.endswith("*")]
    return path in reads or any(not above or covers(above, path) for above in whole)


def covers(above: str, path: str) -> bool:
    """Whether a member path is another one or lies above it."""
    return path == above or path.startswith((f"{above}.", f"{above}[]", f"{above}{{}}"))


def _kept(value: Any) -> Any:
    return value.plain() if isinstance(value, (Request, RequestList)) else value


def _everything(path: str) -> str:
    return f"{path}.*" if path else "*"


def _wrap(value: Any, shape: Shape | None, path: str, reads: set[str]) -> Any:
    if isinstance(value, Mapping):
        return Request(value, shape, path=path, reads=reads)
    if isinstance(value, list):
        return RequestList(value, shape, path=path, reads=reads)
    return value
