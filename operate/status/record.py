"""The status of a model for programs."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from operate.status.look import Look


def record(looks: list[Look]) -> str:
    """JSON: a list with an object for each model, whose members are those of `Look`.

    Moments are ISO 8601 with their offset; what is unknown is null.
    """
    return json.dumps([_plain(look) for look in looks], indent=2, default=_value)


def _plain(look: Look) -> dict[str, Any]:
    told = asdict(look)
    if look.served:
        told["served"]["agrees_with_slot"] = look.served.agrees
        if look.served.version:
            told["served"]["version"]["number"] = look.served.version.number
            stamp = look.served.version.stamp(look.stage.lower())
            told["served"]["version"]["stamp"] = stamp
    return told


def _value(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{value!r} has no JSON form")
