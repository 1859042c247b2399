"""What a run's first step says that it prepared, held against what the run made of it."""

from collections.abc import Sequence
from typing import Any

from rehearsal.arrows import ArrowDidNotFire
from rehearsal.executions import HOUR
from rehearsal.world import World

Steps = Sequence[dict[str, Any]]


def check_prepared(
    world: World, steps: Steps, package: dict[str, Any], *, data_version: str
) -> None:
    """The data are those that the run was started for, and the baseline describes all of them.

    Of a model without such a baseline only the former.

    Raises:
        ArrowDidNotFire: naming the step that looked at something else.
    """
    report = world.read_json(f"{_output(world, steps, 'Preprocess', 'report')}/data_report.json")
    if report["data_version"] != data_version:
        wanted = f"a report on the data {data_version!r}"
        raise ArrowDidNotFire("pipeline -> Preprocess", wanted, HOUR, report["data_version"])
    if "ModelDataQuality" not in package["ModelMetrics"]:
        return
    rows = sum(part["rows"] for part in report["parts"].values())
    statistics = package["ModelMetrics"]["ModelDataQuality"]["Statistics"]["S3Uri"]
    described = world.read_json(statistics)["dataset"]["item_count"]
    if described != rows:
        wanted = f"a baseline of all {rows} rows"
        raise ArrowDidNotFire("pipeline -> Baseline", wanted, HOUR, described)


def _output(world: World, steps: Steps, name: str, output: str) -> str:
    """Where a step's job put one of its outputs."""
    [arn] = [s["Metadata"]["ProcessingJob"]["Arn"] for s in steps if s["StepName"] == name]
    job = world.client("sagemaker").describe_processing_job(
        ProcessingJobName=arn.rpartition("/")[2]
    )
    [uri] = [
        found["S3Output"]["S3Uri"]
        for found in job["ProcessingOutputConfig"]["Outputs"]
        if found["OutputName"] == output
    ]
    return str(uri)
