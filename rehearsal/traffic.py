"""Travellers ask the endpoint; each answer is held against the model's own."""

import datetime
import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from sklearn.metrics import roc_auc_score

from rehearsal.arrows import StoryBroke
from rehearsal.timeline import Timeline
from rehearsal.travellers import Question, questions
from rehearsal.world import World

APRIL, FIRST_DAYS = 4, range(1, 4)
ROWS_IN_A_REQUEST = 50
AS_THE_ARCHIVE_ANSWERS = """
import sys; sys.path.insert(0, "code")
import inference
rows = inference.input_fn(sys.stdin.read(), "text/csv")
answer = inference.output_fn(inference.predict_fn(rows, inference.model_fn(".")), "text/csv")
print(answer[0] if isinstance(answer, tuple) else answer)
"""


def ask(world: World, timeline: Timeline, *, endpoint: str, package: str) -> int:
    """Ask about the first flights of April, and return the number of requests.

    Raises:
        StoryBroke: an answer is not what the model in the package's archive answers.
    """
    asked = questions(APRIL, FIRST_DAYS)
    described = world.client("sagemaker").describe_model_package(ModelPackageName=package)
    order = _order_of_features(world, described)
    requests = [
        _as_csv(asked[start : start + ROWS_IN_A_REQUEST], order)
        for start in range(0, len(asked), ROWS_IN_A_REQUEST)
    ]
    answers = [score for body in requests for score in _invoke(world, endpoint, body)]
    timeline.record("traveller", "flights asked about", flights=len(asked), requests=len(requests))
    own = _of_the_archive(world, described, "".join(requests))
    if len(answers) != len(asked) or len(own) != len(asked):
        raise StoryBroke(f"{len(asked)} flights, {len(answers)} answers, {len(own)} of the model")
    largest = max(abs(a - b) for a, b in zip(answers, own, strict=True))
    if largest > 1e-6:
        raise StoryBroke(f"an answer of {endpoint} differs from the model's own by {largest}")
    timeline.record(
        "rehearsal", "answers checked", flights=len(asked), largest_difference=largest,
        auc_of_what_came_true=_came_true(asked, answers),
    )  # fmt: skip
    return len(requests)


def _order_of_features(world: World, package: dict[str, Any]) -> list[str]:
    """The columns of a request, as the package's own constraints list them."""
    constraints = package["DriftCheckBaselines"]["ModelDataQuality"]["Constraints"]["S3Uri"]
    return [feature["name"] for feature in world.read_json(constraints)["features"]]


def _as_csv(asked: list[Question], order: list[str]) -> str:
    return "".join(",".join(q.features[name] for name in order) + "\n" for q in asked)


def _invoke(world: World, endpoint: str, body: str) -> list[float]:
    answer = world.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint, ContentType="text/csv", Accept="text/csv", Body=body
    )
    return [float(line) for line in answer["Body"].read().split()]


def _of_the_archive(world: World, package: dict[str, Any], body: str) -> list[float]:
    """What the registered archive answers when its own code is run on it, with no endpoint."""
    [container] = package["InferenceSpecification"]["Containers"]
    archive = io.BytesIO(world.read_bytes(container["ModelDataUrl"]))
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=archive) as files:
            files.extractall(folder, filter="data")
        printed = subprocess.run(
            [sys.executable, "-c", AS_THE_ARCHIVE_ANSWERS], cwd=Path(folder),
            input=body, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    return [float(line) for line in printed.split()]


def _came_true(asked: list[Question], answers: list[float]) -> float:
    known = [(q.late, a) for q, a in zip(asked, answers, strict=True) if q.late is not None]
    return float(roc_auc_score([late for late, _ in known], [score for _, score in known]))


def await_capture(
    world: World, timeline: Timeline, *, bucket: str, endpoint: str, records: int
) -> None:
    """Wait until every request lies in the capture bucket."""
    pages = world.client("s3").get_paginator("list_objects_v2")

    def keys() -> list[str]:
        found = pages.paginate(Bucket=bucket, Prefix=f"{endpoint}/")
        return [entry["Key"] for page in found for entry in page.get("Contents", [])]

    def lines() -> list[bytes]:
        return [
            line for k in keys() for line in world.read_bytes(f"s3://{bucket}/{k}").splitlines()
        ]

    captured = world.await_arrow(
        "endpoint -> capture bucket", lines, expected=f"{records} records",
        until=lambda found: len(found) == records, within=120,
    )  # fmt: skip
    timeline.record("platform", "traffic captured", records=len(captured), files=len(keys()))


def await_metrics(world: World, timeline: Timeline, *, endpoint: str, invocations: int) -> None:
    """Wait until CloudWatch counts every request."""
    cloudwatch = world.client("cloudwatch")
    now, hour = datetime.datetime.now(datetime.UTC), datetime.timedelta(hours=1)
    [variant] = world.client("sagemaker").describe_endpoint(EndpointName=endpoint)[
        "ProductionVariants"
    ]
    dimensions = [
        {"Name": "EndpointName", "Value": endpoint},
        {"Name": "VariantName", "Value": variant["VariantName"]},
    ]

    def counted() -> float:
        points = cloudwatch.get_metric_data(
            StartTime=now - hour, EndTime=now + hour,
            MetricDataQueries=[{
                "Id": "invocations",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/SageMaker",
                        "MetricName": "Invocations",
                        "Dimensions": dimensions,
                    },
                    "Period": 60, "Stat": "Sum",
                },
            }],
        )  # fmt: skip
        return sum(float(v) for result in points["MetricDataResults"] for v in result["Values"])

    total = world.await_arrow(
        "endpoint -> CloudWatch", counted, expected=f"{invocations} Invocations",
        until=lambda found: found == invocations, within=120,
    )  # fmt: skip
    timeline.record("platform", "requests counted", invocations=total)
