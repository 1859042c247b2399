"""A model's answers beside the labels that came in for them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from local_aws.monitoring.stand_in.job import Job, JobError
from local_aws.monitoring.stand_in.records import Record, Row, captured, rows, side

# "The default value is 0.5."
# https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-config-json-monitor-bias-parameters.html
_THRESHOLD = 0.5


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Labels and predictions, row by row.

    Attributes:
        scores: The probability of the positive label, if the model's answer has it.
    """

    labels: np.ndarray
    predictions: np.ndarray
    scores: np.ndarray | None = None


def labelled(job: Job) -> Answers:
    """The answers of merged records.

    Raises:
        JobError: A request has another number of answers than of labels.
    """
    labels: list[str] = []
    predictions: list[str] = []
    scores: list[float] = []
    for record in captured(job):
        truth, answer = truths(record, None), answered(job, record)
        same_length(truth, answer.predictions)
        labels += truth
        predictions += answer.predictions
        scores += answer.scores or []
    return Answers(
        labels=np.array(labels),
        predictions=np.array(predictions),
        scores=np.array(scores) if scores else None,
    )


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What the model answered one request."""

    predictions: Sequence[str]
    scores: Sequence[float] | None


def answered(job: Job, record: Record) -> Answered:
    """The predicted labels of a request's rows, and their scores.

    A predicted label is read where `inference_attribute` points. Without that it is 1 where the
    probability, at `probability_attribute` or the only number there is, is above the threshold.
    """
    output = side(record, output_name(record))
    inference = job.variables.get("inference_attribute")
    probability = job.variables.get("probability_attribute")
    scores = None
    if probability is not None or inference is None:
        scores = [_number(row) for row in rows(output, probability)]
    if inference is not None:
        return Answered(predictions=[row[0] for row in rows(output, inference)], scores=scores)
    threshold = float(job.variables.get("probability_threshold_attribute", _THRESHOLD))
    assert scores is not None
    return Answered(predictions=[str(int(score > threshold)) for score in scores], scores=scores)


def truths(record: Record, attribute: str | None) -> list[str]:
    """The labels of a request's rows."""
    return [row[0] for row in rows(record["groundTruthData"], attribute)]


def output_name(record: Record) -> str:
    """Where the answer stands: in an endpoint's exchange, or in a batch transform's output."""
    batch = "batchTransformOutput"
    return batch if batch in record["captureData"] else "endpointOutput"


def same_length(labels: Sequence[object], answers: Sequence[object]) -> None:
    """Refuse a request with another number of labels than of answers."""
    if len(labels) != len(answers):
        raise JobError(f"A request has {len(answers)} answers, but {len(labels)} labels.")


def numeric(values: np.ndarray) -> np.ndarray:
    """Labels as numbers, so that 1 and 1.0 are the same; as text if one of them is no number."""
    try:
        return np.array([float(value) for value in values])
    except ValueError:
        return values


def _number(row: Row) -> float:
    try:
        (cell,) = row
        return float(cell)
    except ValueError as error:
        raise JobError(
            f"{','.join(row)!r} is no score; say where it is with ProbabilityAttribute or"
            " InferenceAttribute."
        ) from error
