"""Rows counted by group, label and answer: what every bias metric is computed from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from bias_metrics import ANSWER_STRATA, ANSWERS, BOTH, LABEL_STRATA, LABELS

UNKNOWN = -1
"""In place of a group, outcome or stratum that a row does not tell."""

Tables = Mapping[str, np.ndarray]
"""The tables of one facet by name; axes before those of bias_metrics are stretches of time."""


@dataclass(frozen=True)
class Rules:
    """How text becomes an outcome.

    Attributes:
        favourable: The labels that are good for whom they are said of.
        threshold: From which probability on an answer counts as the label 1, else as 0.
    """

    favourable: Sequence[str]
    threshold: float

    def labels(self, texts: np.ndarray) -> np.ndarray:
        """1 favourable, 0 not; UNKNOWN where there is none."""
        sought = {plain(value) for value in self.favourable}
        return _by_value(texts, lambda text: int(plain(text) in sought))

    def answers(self, texts: np.ndarray) -> np.ndarray:
        """The same of answers, of which numbers from 0 to 1 are probabilities."""
        sought = {plain(value) for value in self.favourable}
        return _by_value(texts, lambda text: int(self._said(text) in sought))

    def _said(self, text: str) -> str:
        try:
            number = float(text)
        except ValueError:
            return plain(text)
        if 0 <= number <= 1:
            return "1" if number >= self.threshold else "0"
        return plain(text)


def plain(text: str) -> str:
    """Text without blanks around it, and a number in one form: `1`, ` 1` and `1.0` are the same."""
    try:
        return f"{float(text):g}"
    except ValueError:
        return text.strip()


def groups(texts: np.ndarray, values: Sequence[str]) -> np.ndarray:
    """1 in the group of these values, 0 in the other; UNKNOWN where nothing is said."""
    sought = {plain(value) for value in values}
    return _by_value(texts, lambda text: int(plain(text) in sought))


def strata(texts: np.ndarray, values: Sequence[str]) -> np.ndarray:
    """Positions in `values`; one more for all other values, and for none."""
    position = {plain(value): at for at, value in enumerate(values)}
    found = _by_value(texts, lambda text: position.get(plain(text), len(values)))
    return np.where(found == UNKNOWN, len(values), found)


def _by_value(texts: np.ndarray, meaning: Callable[[str], int]) -> np.ndarray:
    """What each text means, asked once of each value; no text means UNKNOWN."""
    known: dict[str | None, int] = {None: UNKNOWN}
    found = np.empty(len(texts), dtype=np.int64)
    for at, text in enumerate(texts.tolist()):
        if text not in known:
            known[text] = meaning(text) if text.strip() else UNKNOWN
        found[at] = known[text]
    return found


def tables(
    group: np.ndarray,
    label: np.ndarray,
    answer: np.ndarray,
    *,
    stratum: np.ndarray | None = None,
    strata: int = 1,
    slots: np.ndarray | None = None,
) -> Tables:
    """The tables of one facet.

    ANSWERS and ANSWER_STRATA count all rows with a group and an answer; the others those that have
    a label too.

    Args:
        group: Of each row, as `groups` tells.
        label: Of each row, as `Rules.labels` tells.
        answer: Of each row, as `Rules.answers` tells.
        stratum: Of each row; None if nobody asks for strata.
        strata: How many there are.
        slots: The stretch of time that each row belongs to, from 0; None for one whole.
    """
    when = np.zeros(len(group), dtype=np.intp) if slots is None else slots
    number = int(when.max(initial=0)) + 1
    answered = (group != UNKNOWN) & (answer != UNKNOWN)
    labelled = answered & (label != UNKNOWN)
    both = _counted(labelled, (number, 2, 2, 2), when, group, label, answer)
    found = {
        BOTH: both,
        LABELS: both.sum(axis=-1),
        ANSWERS: _counted(answered, (number, 2, 2), when, group, answer),
    }
    if stratum is not None:
        wide = (number, strata, 2, 2)
        found[LABEL_STRATA] = _counted(labelled, wide, when, stratum, group, label)
        found[ANSWER_STRATA] = _counted(answered, wide, when, stratum, group, answer)
    return {name: table[0] if slots is None else table for name, table in found.items()}


def _counted(rows: np.ndarray, shape: tuple[int, ...], *axes: np.ndarray) -> np.ndarray:
    places = np.ravel_multi_index(tuple(axis[rows] for axis in axes), shape)
    return np.bincount(places, minlength=int(np.prod(shape))).reshape(shape)
