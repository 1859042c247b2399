"""Answers and labels, from text to what the problem type takes them for."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from columns import to_numbers
from quality_settings import BINARY, REGRESSION

NO_NUMBER, NO_PROBABILITY = "answer that is no number", "answer that is no probability"
NO_LABEL_NUMBER, NO_OUTCOME = "label that is no number", "label that is neither 0 nor 1"
"""What is wrong with an answer, or a label, that is there."""


@dataclass(frozen=True)
class Outcomes:
    """Rows whose answer and label can be used, and what became of the others.

    Attributes:
        answered: Whether each of the given rows has an answer that can be used.
        labelled: Whether it has a label that can be used as well.
        answers: Of labelled rows: numbers, or of several classes text.
        labels: The same.
        unreadable: Answers by what is wrong with them.
        troubles: Labels by what is wrong with them.
    """

    answered: np.ndarray
    labelled: np.ndarray
    answers: np.ndarray
    labels: np.ndarray
    unreadable: Mapping[str, int]
    troubles: Mapping[str, int]


def outcomes(
    problem_type: str, answers: Sequence[str] | np.ndarray, labels: Sequence[str] | np.ndarray
) -> Outcomes:
    """Of rows as text; a label may be None."""
    there = np.array([label is not None for label in labels], dtype=bool)
    if problem_type not in (BINARY, REGRESSION):
        given, true = (np.asarray(side, dtype=object) for side in (answers, labels))
        return Outcomes(
            np.ones(len(given), dtype=bool), there, given[there].astype(str),
            true[there].astype(str), {}, {},
        )  # fmt: skip
    given, no_answer = _numbers(answers)
    true, no_label = _numbers([label or "" for label in labels])
    wrong_answer, wrong_label = NO_NUMBER, NO_LABEL_NUMBER
    if problem_type == BINARY:
        no_answer |= (given < 0) | (given > 1)
        no_label |= (true != 0) & (true != 1)
        wrong_answer, wrong_label = NO_PROBABILITY, NO_OUTCOME
    no_label &= there
    usable = ~no_answer & there & ~no_label
    return Outcomes(
        ~no_answer, usable, given[usable], true[usable],
        _counted(wrong_answer, no_answer), _counted(wrong_label, no_label),
    )  # fmt: skip


def _numbers(texts: Sequence[str] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers, and whether something else stands there or nothing."""
    numbers, _ = to_numbers(texts)  # type: ignore[arg-type]  # an array will do
    return numbers, np.isnan(numbers)


def _counted(kind: str, where: np.ndarray) -> Counter[str]:
    return Counter({kind: number} if (number := int(where.sum())) else {})
