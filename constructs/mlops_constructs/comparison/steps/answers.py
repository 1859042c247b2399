"""Pairs of captured answers to the same request, and which of them say the same."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from capture import CSV, JSON, OUTPUT, CaptureFile, Record, Unreadable, records
from minutes import MINUTE
from verdict import Window

NO_ID = "neither inference id nor event id"
MEDIA_TYPES = (CSV, JSON)


@dataclass
class Pairs:
    """What became of the captured answers.

    Attributes:
        pairs: Requests that both answered, captured on both sides, by minute of the window.
        agreeing: Those of them whose answers are the same.
        alone: Answers without the other's, by side.
        repeated: Ids that several requests bear; none of theirs is paired.
        unreadable: Records by what is wrong with them.
    """

    pairs: np.ndarray
    agreeing: np.ndarray
    alone: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    unreadable: Counter[str] = field(default_factory=Counter)


def pair(
    champion: Iterable[CaptureFile], challenger: Iterable[CaptureFile], window: Window,
    tolerance: float,
) -> Pairs:  # fmt: skip
    """Pairs by inference id, of requests without one by event id (UNVERIFIED that both share it).

    The champion's answers are kept, the challenger's stream by.
    """
    number = (window.end - window.start) // MINUTE
    found = Pairs(np.zeros(number), np.zeros(number))
    waiting: dict[str, str] = {}
    several: set[str] = set()
    for _, name, answer in _answers(champion, window, found.unreadable):
        if name in waiting:
            several.add(name)
        waiting[name] = answer
    paired: dict[str, tuple[int, bool]] = {}
    for minute, name, answer in _answers(challenger, window, found.unreadable):
        if name in paired:
            several.add(name)
        elif (theirs := waiting.pop(name, None)) is None:
            found.alone["challenger"] += 1
        else:
            paired[name] = minute, same(theirs, answer, tolerance)
    found.alone["champion"] = len(waiting.keys() - several)
    found.repeated = len(several)
    for name, (minute, agrees) in paired.items():
        if name not in several:
            found.pairs[minute] += 1
            found.agreeing[minute] += agrees
    return found


def _answers(
    files: Iterable[CaptureFile], window: Window, unreadable: Counter[str]
) -> Iterable[tuple[int, str, str]]:
    for said in records(files, window.start, window.end, unreadable):
        try:
            yield (said.moment - window.start) // MINUTE, _id(said), said.text(OUTPUT, MEDIA_TYPES)
        except Unreadable as kind:
            unreadable[str(kind)] += 1


def _id(said: Record) -> str:
    name = said.inference_id or said.event_id
    if not name:
        raise Unreadable(NO_ID)
    return name


def same(one: str, other: str, tolerance: float) -> bool:
    """Whether two answers are: numbers up to the tolerance, all else to the letter.

    JSON is compared by what it holds, all else cell by cell.
    """
    if one == other:
        return True
    if one.lstrip()[:1] in ("{", "["):
        try:
            return _alike(json.loads(one), json.loads(other), tolerance)
        except (ValueError, RecursionError):
            pass
    return _alike(_cells(one), _cells(other), tolerance)


def _cells(text: str) -> list[list[str]]:
    return [line.split(",") for line in text.split("\n") if line.strip()]


def _alike(one: Any, other: Any, tolerance: float) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(
            _alike(a, b, tolerance) for a, b in zip(one, other, strict=True)
        )
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            _alike(value, other[key], tolerance) for key, value in one.items()
        )
    if isinstance(one, str) and isinstance(other, str) and one.strip() == other.strip():
        return True
    try:
        return abs(float(one) - float(other)) <= tolerance
    except (TypeError, ValueError, OverflowError):
        return bool(one == other)
