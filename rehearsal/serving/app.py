"""The app that is rehearsed: the stacks of this platform, with one model for each row asked for.

python -m rehearsal.serving.app canary rolling
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from aws_cdk import App

from config.schema import StageConfig
from mlops_constructs.serving import (
    UNGUARDED,
    AllAtOnce,
    Async,
    Batch,
    Canary,
    Hosting,
    Linear,
    MultiModel,
    RealTime,
    Release,
    RollbackAlarms,
    Rolling,
    Serverless,
    Shadow,
    Split,
)
from pipeline_definitions.flight_delay import MODEL
from pipeline_definitions.spec import ModelSpec
from stacks.platform_stage import PlatformStage

FOUR = RealTime(
    instance_type="ml.m5.large",
    min_instances=4,
    max_instances=4,
    invocations_per_instance=1_000_000,
)
"""As many as a step of a quarter needs; thousands of requests in a burst widen nothing."""

QUEUE = Async(instance_type="ml.m5.large", min_instances=0, max_instances=1)

MANY = MultiModel(
    instance_type="ml.m5.large",
    max_instances=1,
    invocations_per_instance=1_000_000,
    probe="probe,1\nprobe,2",
)

ONE = RealTime(instance_type="ml.m5.large", max_instances=1, invocations_per_instance=1_000_000)
"""Beside which a challenger has one as well."""

PATIENT: dict[str, Any] = {"hours": 1, "latency_percent": 400}
"""Of trials: processes that share two cores with those who ask tell little by their latency."""

WAYS: dict[str, tuple[Hosting, Release | None]] = {
    "canary": (FOUR, Canary(percent=25, bake_seconds=300)),
    "linear": (FOUR, Linear(percent=25)),
    "all_at_once": (FOUR, AllAtOnce()),
    "rolling": (FOUR, Rolling(percent=25, wait_seconds=240)),
    "serverless": (Serverless(), UNGUARDED),
    "asynchronous": (QUEUE, AllAtOnce(alarms=RollbackAlarms(latency_ms=None))),
    "batch": (Batch(instance_type="ml.m5.large", every_hours=1), None),
    "multi_model": (MANY, AllAtOnce()),
    "shadow": (ONE, Shadow(sample_percent=60, tolerance=1, **PATIENT)),
    "split": (ONE, Split(weight_percent=30, **PATIENT)),
}
"""By row, how its model is served and released. Neighbouring versions agree by `tolerance`."""


def model_of(row: str) -> ModelSpec:
    """The model of a row, called as the row is."""
    hosting, release = WAYS[row]
    return replace(MODEL, name=row.replace("_", "-"), monitors=(), hosting=hosting, release=release)


def synthesize(
    rows: Sequence[str], *, account: str | None = None, region: str | None = None
) -> None:
    """Write the templates of stage Dev, with the models of some rows.

    Args:
        rows: Which.
        account, region: Where it shall be; by default where the credentials belong.
    """
    app = App(analytics_reporting=False)
    models = tuple(model_of(row) for row in rows)
    config = StageConfig(name="Dev", account=account, region=region, models=models, hosting=FOUR)
    PlatformStage(app, "Dev", config=config)
    app.synth()


if __name__ == "__main__":
    synthesize(sys.argv[1:])
