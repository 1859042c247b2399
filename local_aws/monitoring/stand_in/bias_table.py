"""What a bias analysis reads: features, labels and answers, and which rows each choice selects.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-config-json-monitor-bias-parameters.html
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from local_aws.monitoring.stand_in.answers import answered, output_name, same_length, truths
from local_aws.monitoring.stand_in.job import Job, JobError
from local_aws.monitoring.stand_in.records import Record, Row, captured, rows, side

# A numeric column with more distinct values than this, and than a twentieth of its rows, is held
# against a threshold; Clarify's own library draws the line at the twentieth alone.
_FEW, _SHARE = 2, 0.05


@dataclass(frozen=True, kw_only=True)
class Table:
    """The data of a window.

    Attributes:
        features: The columns of the requests, by name.
        labels: The ground truth.
        answers: The labels that the model predicted.
    """

    features: Mapping[str, np.ndarray]
    labels: np.ndarray
    answers: np.ndarray

    def column(self, name: str | int) -> np.ndarray:
        """A feature by name or index.

        Raises:
            JobError: There is none.
        """
        names = list(self.features)
        if isinstance(name, int) and name < len(names):
            name = names[name]
        if name not in self.features:
            raise JobError(f"The data has no column {name!r}; it has {', '.join(names)}.")
        return self.features[str(name)]


def read(job: Job, config: Mapping[str, Any]) -> Table:
    """Read merged records under the names of the analysis configuration.

    Raises:
        JobError: A request has other numbers of rows, answers and labels, or of features.
    """
    label, headers = str(config.get("label", "")), list(config.get("headers") or ())
    attribute = label if label and label not in headers else None
    features: list[Row] = []
    labels: list[str] = []
    answers: list[str] = []
    for record in captured(job):
        given = rows(_input(record), job.variables.get("features_attribute"))
        truth, answer = _labels(record, attribute), answered(job, record).predictions
        same_length(truth, answer)
        same_length(given, answer)
        features += given
        labels += truth
        answers += answer
    return Table(
        features=_named(headers, label, features),
        labels=np.array(labels, object),
        answers=np.array(answers, object),
    )


def selected(
    column: np.ndarray, values: Sequence[Any], *, like: np.ndarray | None = None
) -> np.ndarray:
    """Which rows have one of the values, or are above the threshold of a continuous column.

    Args:
        column: The cells.
        values: Values, or one threshold.
        like: The column that says whether it is continuous, if it is another: answers are judged
            as labels are.
    """
    numbers, wanted = _numbers(column), _numbers(values)
    if numbers is None or wanted is None:
        return np.isin(column.astype(str), [str(value) for value in values])
    judged = column if like is None else like
    if len(values) == 1 and len(set(judged.tolist())) > max(_FEW, _SHARE * len(judged)):
        above: np.ndarray = numbers > wanted[0]
        return above
    return np.isin(numbers, wanted)


def _named(headers: list[str], label: str, features: list[Row]) -> dict[str, np.ndarray]:
    """The columns by the names of the headers that are not the label's.

    Where the label is a JMESPath "the last header becomes the header of the label column".
    """
    columns = np.array(features, dtype=object).T
    if label not in headers and len(headers) == len(columns) + 1:
        headers = headers[:-1]
    names = [name for name in headers if name != label] or [str(n) for n in range(len(columns))]
    if len(names) != len(columns):
        raise JobError(f"headers names {len(names)} features, but the data has {len(columns)}.")
    return dict(zip(names, columns, strict=True))


def _input(record: Record) -> Mapping[str, Any]:
    batch = output_name(record) == "batchTransformOutput"
    return side(record, "batchTransformOutput" if batch else "endpointInput")


def _labels(record: Record, attribute: str | None) -> list[str]:
    in_json = record["groundTruthData"]["encoding"] == "JSON"
    return truths(record, attribute if in_json else None)


def _numbers(values: Iterable[Any]) -> np.ndarray | None:
    try:
        return np.array([float(value) for value in values])
    except ValueError:
        return None
