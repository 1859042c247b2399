"""Which members of an input are honoured, kept, ignored with a reason, and which refused.

Each package of services keeps three tables beside its handlers. `supported.toml` lists the members
that its handlers read; `kept.toml` those that are stored and given back and change nothing else
here, with the reason why that is enough; `ignored.toml` those that change nothing here although
they would on AWS, with the reason::

    [sagemaker]                                             # supported.toml
    DeleteModel = ["ModelName"]

    [sagemaker.CreateModelPackage]                          # kept.toml
    "ModelCard" = "a document for people; the registry only keeps it"

    [sagemaker.CreateModel]                                 # ignored.toml
    "VpcConfig" = "containers run on this machine, which has no VPC"

A row covers everything below its path. Members are written as they nest: `Tags[].Key` for a list
of structures, `Channels{}.Uri` for a map of structures. Whatever no row covers is refused.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from local_aws.core.errors import NotImplementedHere
from local_aws.core.request import covers

_PACKAGES = Path(__file__).resolve().parents[1]


def leaves(shape: Shape, path: str = "", above: tuple[str, ...] = ()) -> Iterator[str]:
    """The paths of all members of a shape that have no members of their own.

    A member whose shape is met again inside itself counts as a leaf.
    """
    here = _structure(shape, path)
    if here is None or not here[0].members or here[0].name in above:
        yield path
        return
    structure, path = here
    for name, member in structure.members.items():
        yield from leaves(member, _join(path, name), (*above, structure.name))


def given(value: Any, shape: Shape, path: str = "", above: tuple[str, ...] = ()) -> Iterator[str]:
    """The leaf paths that a value fills, each as often as it occurs."""
    here = _structure(shape, path)
    if here is None or not here[0].members or here[0].name in above:
        yield path
        return
    structure, path = here
    for item in _structures(value, shape):
        for name, member in structure.members.items():
            if item.get(name) is not None:
                yield from given(item[name], member, _join(path, name), (*above, structure.name))


@cache
def tables(file: str) -> tuple[dict[str, Any], ...]:
    """All tables of that name, one for each package of services."""
    return tuple(tomllib.loads(path.read_text()) for path in sorted(_PACKAGES.glob(f"*/{file}")))


@cache
def supported(service: str, action: str) -> frozenset[str]:
    """The paths that `supported.toml` of any package names for the operation."""
    return frozenset(
        path
        for table in tables("supported.toml")
        for path in table.get(service, {}).get(action, ())
    )


@cache
def ignored(service: str, action: str) -> Mapping[str, str]:
    """The paths, with reasons, that `ignored.toml` of any package names for the operation."""
    return _with_reasons("ignored.toml", service, action)


@cache
def kept(service: str, action: str) -> Mapping[str, str]:
    """The paths, with reasons, that `kept.toml` of any package names for the operation."""
    return _with_reasons("kept.toml", service, action)


def refuse_unsupported(service: str, action: str, params: Mapping[str, Any], shape: Shape) -> None:
    """Refuse an input that fills members which the operation would silently drop.

    Raises:
        NotImplementedHere: It names every such member.
    """
    rows = (*supported(service, action), *kept(service, action), *ignored(service, action))
    dropped = {
        path for path in given(params, shape) if path and not any(covers(row, path) for row in rows)
    }
    if dropped:
        raise NotImplementedHere(
            f"{service}:{action}: the local AWS does not implement {', '.join(sorted(dropped))};"
            " leave it out of the input"
        )


def _with_reasons(file: str, service: str, action: str) -> dict[str, str]:
    return {
        path: reason
        for table in tables(file)
        for path, reason in table.get(service, {}).get(action, {}).items()
    }


def _structure(shape: Shape, path: str) -> tuple[StructureShape, str] | None:
    """The structure that a shape is, or holds in lists and maps, and the path to it."""
    if isinstance(shape, ListShape):
        return _structure(shape.member, f"{path}[]")
    if isinstance(shape, MapShape):
        return _structure(shape.value, f"{path}{{}}")
    return (shape, path) if isinstance(shape, StructureShape) else None


def _structures(value: Any, shape: Shape) -> Iterator[Mapping[str, Any]]:
    if isinstance(shape, ListShape):
        for item in value:
            yield from _structures(item, shape.member)
    elif isinstance(shape, MapShape):
        for item in value.values():
            yield from _structures(item, shape.value)
    else:
        yield value


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
