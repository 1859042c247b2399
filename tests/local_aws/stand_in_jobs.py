"""Jobs of Model Monitor's stand-in, with files of captured data as AWS documents them."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from local_aws.monitoring.stand_in.job import Job

HOUR = "2021/05/18/00"
MOMENT = "2021-05-18T00:29:02Z"


def job(tmp_path: Path, **variables: str) -> Job:
    """A job of the first hour of 18 May 2021, with an /opt/ml of its own."""
    (tmp_path / "output").mkdir(exist_ok=True)
    (tmp_path / "data").mkdir(exist_ok=True)
    given = {
        "dataset_source": str(tmp_path / "data"),
        "output_path": str(tmp_path / "reports"),
        "start_time": "2021-05-18T00:00:00Z",
        "end_time": "2021-05-18T01:00:00Z",
        "metric_time": "2021-05-18T00:00:00Z",
        "publish_cloudwatch_metrics": "Enabled",
        "sagemaker_endpoint_name": "endpoint",
        "sagemaker_monitoring_schedule_name": "schedule",
        **variables,
    }
    return Job(variables=given, opt_ml=tmp_path)


def dataset_format(style: str, *names: str) -> str:
    """The variable of that name, e.g. for sagemakerCaptureJson."""
    return json.dumps({style: {"captureIndexNames": names}})


def line(
    request: str, answer: str, *, label: str | None = None, moment: str = MOMENT, **metadata: str
) -> dict[str, Any]:
    """A captured exchange of CSV, with its label if it was merged with one."""
    truth = {} if label is None else {"groundTruthData": {"data": label, "encoding": "CSV"}}
    return {
        "eventVersion": "0",
        **truth,
        "captureData": {
            "endpointInput": _side("INPUT", request),
            "endpointOutput": _side("OUTPUT", answer),
        },
        "eventMetadata": {"eventId": "a727dc55", "inferenceTime": moment, **metadata},
    }


def put(folder: Path, lines: Iterable[Mapping[str, Any]], *, name: str = "one.jsonl") -> None:
    """Write lines as one of the files of an hour."""
    place = folder / "endpoint" / "AllTraffic" / HOUR
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_text("".join(f"{json.dumps(each)}\n" for each in lines))


def report(job: Job, name: str) -> Any:
    """A report file of the job; None if it wrote none."""
    path = job.path("output_path") / name
    return json.loads(path.read_text()) if path.exists() else None


def metrics(job: Job) -> dict[str, dict[str, Any]]:
    """The metrics that the job left, by name."""
    path = job.opt_ml / "output" / "metrics" / "cloudwatch" / "cloudwatch_metrics.jsonl"
    data = [json.loads(each) for each in path.read_text().splitlines()] if path.exists() else []
    return {each["MetricName"]: each for each in data}


def _side(mode: str, data: str) -> dict[str, str]:
    return {"observedContentType": "text/csv", "mode": mode, "data": data, "encoding": "CSV"}
