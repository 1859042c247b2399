"""Travellers ask the endpoint; each answer is held against the model's own."""

import datetime
import io
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sklearn.metrics import roc_auc_score

from rehearsal.arrows import StoryBroke
from rehearsal.names import Names
from rehearsal.timeline import Timeline
from rehearsal.travellers import Question
from rehearsal.watching import captured
from rehearsal.world import World

ROWS_IN_A_REQUEST = 200
AS_THE_ARCHIVE_ANSWERS = """
import sys; sys.path.insert(0, "code")
import inference
rows = inference.input_fn(sys.stdin.read(), "text/csv")
answer = inference.output_fn(inference.predict_fn(rows, inference.model_fn(".")), "text/csv")
print(answer[0] if isinstance(answer, tuple) else answer)
"""


@dataclass
class Traffic:
    """What was asked while one version served, and what was answered.

    Attributes:
        package: The version.
        began: When the first request went out, in seconds since the epoch.
    """

    package: str
    began: float
    _questions: list[Question] = field(default_factory=list)
    _requests: list[str] = field(default_factory=list)
    _answers: list[float] = field(default_factory=list)

    def ask(
        self, world: World, timeline: Timeline, names: Names, asked: Sequence[Question]
    ) -> None:
        """Ask about some flights."""
        package = world.client("sagemaker").describe_model_package(ModelPackageName=self.package)
        order = order_of_features(world, package)
        requests = [
            as_csv(asked[start : start + ROWS_IN_A_REQUEST], order)
            for start in range(0, len(asked), ROWS_IN_A_REQUEST)
        ]
        for body in requests:
            self._answers += _invoke(world, names.endpoint, body)
        self._questions += asked
        self._requests += requests
        timeline.record(
            "traveller", "flights asked about", flights=len(asked), requests=len(requests)
        )

    def check(self, world: World, timeline: Timeline, names: Names) -> None:
        """Hold every answer against the archive's own, and count requests where AWS does.

        Raises:
            StoryBroke: an answer is not what the model in the package's archive answers.
        """
        package = world.client("sagemaker").describe_model_package(ModelPackageName=self.package)
        own = of_the_archive(world, package, "".join(self._requests))
        counts = len(self._questions), len(self._answers), len(own)
        if len(set(counts)) != 1:
            raise StoryBroke(f"{counts[0]} flights, {counts[1]} answers, {counts[2]} of the model")
        largest = max(abs(a - b) for a, b in zip(self._answers, own, strict=True))
        if largest > 1e-6:
            raise StoryBroke(f"an answer of {names.endpoint} is {largest} off the model's own")
        timeline.record(
            "rehearsal", "answers checked", flights=counts[0], largest_difference=largest,
            auc_of_what_came_true=_came_true(self._questions, self._answers),
        )  # fmt: skip
        await_metrics(
            world, timeline, endpoint=names.endpoint, since=self.began,
            invocations=len(self._requests),
        )  # fmt: skip

    @property
    def requests(self) -> int:
        """How many requests went out."""
        return len(self._requests)


def await_capture(world: World, timeline: Timeline, names: Names, *, records: int) -> None:
    """Wait until every request so far lies in the capture bucket."""
    found = world.await_arrow(
        "endpoint -> capture bucket", lambda: recorded(world, names),
        expected=f"{records} records", until=lambda found: found == records, within=3600.0,
    )  # fmt: skip
    timeline.record("platform", "traffic captured", records=found)


def recorded(world: World, names: Names) -> int:
    """How many requests lie in the capture bucket together with their answers."""
    return sum(whole(record) for record in captured(world, names))


def whole(record: dict[str, Any]) -> bool:
    """Whether a record holds a request and its answer."""
    return {"endpointInput", "endpointOutput"} <= set(record["captureData"])


def order_of_features(world: World, package: dict[str, Any]) -> list[str]:
    """The columns of a request, as the package's own constraints list them."""
    constraints = package["DriftCheckBaselines"]["ModelDataQuality"]["Constraints"]["S3Uri"]
    return [feature["name"] for feature in world.read_json(constraints)["features"]]


def as_csv(asked: Sequence[Question], order: list[str]) -> str:
    """The body of a request about some flights."""
    return "".join(",".join(q.features[name] for name in order) + "\n" for q in asked)


def _invoke(world: World, endpoint: str, body: str) -> list[float]:
    answer = world.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint, ContentType="text/csv", Accept="text/csv", Body=body
    )
    return [float(line) for line in answer["Body"].read().split()]


def of_the_archive(world: World, package: dict[str, Any], body: str) -> list[float]:
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


def await_metrics(
    world: World, timeline: Timeline, *, endpoint: str, since: float, invocations: int
) -> None:
    """Wait until CloudWatch counts every request since a moment."""
    cloudwatch = world.client("cloudwatch")
    start = datetime.datetime.fromtimestamp(since, datetime.UTC).replace(second=0, microsecond=0)
    hour = datetime.timedelta(hours=1)
    [variant] = world.client("sagemaker").describe_endpoint(EndpointName=endpoint)[
        "ProductionVariants"
    ]
    dimensions = [
        {"Name": "EndpointName", "Value": endpoint},
        {"Name": "VariantName", "Value": variant["VariantName"]},
    ]

    def counted() -> float:
        points = cloudwatch.get_metric_data(
            StartTime=start,
            EndTime=datetime.datetime.fromtimestamp(world.time.now(), datetime.UTC) + hour,
            MetricDataQueries=[{
                "Id": "invocations",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/SageMaker",
                        "MetricName": "Invocations",
                        "Dimensions": dimensions,
                    },
                    "Period": 3600, "Stat": "Sum",
                },
            }],
        )  # fmt: skip
        return sum(float(v) for result in points["MetricDataResults"] for v in result["Values"])

    total = world.await_arrow(
        "endpoint -> CloudWatch", counted, expected=f"{invocations} Invocations",
        until=lambda found: found == invocations, within=3600.0,
    )  # fmt: skip
    timeline.record("platform", "requests counted", invocations=total)
