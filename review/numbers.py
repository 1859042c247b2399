"""Numbers, as templates have them: CloudFormation takes `"5"` for 5."""

from typing import Any


def as_number(value: Any) -> float | None:
    """The number, or None for anything that is none, such as an intrinsic function."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def at(value: Any, path: str) -> Any:
    """What lies at a dotted path of names within mappings; None if nothing does."""
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
