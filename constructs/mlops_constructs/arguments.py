"""What a processing job's container is started with, whose arguments must not be long."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

LONGEST: Final = 256
"""Characters of one argument (API reference, AppSpecification: ContainerArguments)."""

JOINED: Final = "joined.py"
"""The one of the monitors' scripts that puts pieces together, and runs another with that."""


def options(values: Mapping[str, Any]) -> list[Any]:
    """`--<name> <value>` for each; a longer text as `--<name> <piece>` for each of its pieces.

    Args:
        values: By name; what is not text, such as a pipeline's variable, stays as it is.
    """
    return [
        part
        for name, value in values.items()
        for piece in _pieces(value)
        for part in (f"--{name}", piece)
    ]


def _pieces(value: Any) -> Iterator[Any]:
    if not isinstance(value, str) or len(value) <= LONGEST:
        yield value
        return
    for start in range(0, len(value), LONGEST):
        yield value[start : start + LONGEST]
