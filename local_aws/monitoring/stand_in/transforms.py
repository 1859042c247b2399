"""Files of batch transforms: their inputs, and their outputs with inference ids.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-batch.html
"""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

from local_aws.monitoring.stand_in.job import Job, JobError
from local_aws.monitoring.stand_in.records import Record, Row, files, rows

_ID, _TIME = "SageMakerInferenceId", "SageMakerInferenceTime"


def outputs(path: Path) -> Iterator[Record]:
    """The lines of a transform's output as records of their own, by their inference ids.

    Raises:
        JobError: They have none.
    """
    text = path.read_text()
    given = _json_lines(text)
    for data, encoding, event in given if given is not None else _csv_lines(path.name, text):
        yield {
            "eventVersion": "0",
            "captureData": {"batchTransformOutput": {"data": data, "encoding": encoding}},
            "eventMetadata": {"eventId": event},
        }


def inputs(job: Job) -> tuple[list[Row], Row | None]:
    """The rows of the transforms' inputs, and the names of their columns if they have a header."""
    (style, options), *_ = json.loads(job.variables["dataset_format"]).items()
    encoding = "CSV" if style == "csv" else "JSON"
    attribute, header, found = job.variables.get("features_attribute"), None, []
    for path in files(job.path("dataset_source")):
        table = rows({"data": path.read_text(), "encoding": encoding}, attribute)
        if options.get("header") and table:
            header, *table = table
        found += table
    return found, header


def _json_lines(text: str) -> list[tuple[str, str, str]] | None:
    try:
        documents = [json.loads(line) for line in text.splitlines() if line.strip()]
        return [_split(document) for document in documents]
    except (ValueError, TypeError, KeyError):
        return None


def _split(document: dict[str, object]) -> tuple[str, str, str]:
    rest = {name: value for name, value in document.items() if name not in (_ID, _TIME)}
    return json.dumps(rest, separators=(",", ":")), "JSON", str(document[_ID])


def _csv_lines(name: str, text: str) -> Iterator[tuple[str, str, str]]:
    for row in csv.reader(text.splitlines()):
        if len(row) < 3:
            raise JobError(f"{name} has no inference ids; set GenerateInferenceId.")
        *cells, event, _ = (cell.strip() for cell in row)
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(cells)
        yield line.getvalue(), "CSV", event
