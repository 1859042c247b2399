"""The steps that say how a version did in training, for whatever watches it later.

They all write into one folder, which promotions tell monitors of: what requests looked like at its
top, what the version answered to held-out rows below that, in a folder for each kind of monitor.
"""

from collections.abc import Mapping
from typing import Final

from sagemaker.mlops.workflow.steps import ProcessingStep, TrainingStep

from mlops_constructs.arguments import JOINED
from mlops_constructs.monitoring import DataQuality
from pipeline_definitions.sdk.images import Image
from pipeline_definitions.sdk.jobs import (
    MONITOR_CODE_URI,
    Value,
    artifact_uri,
    output_of,
    processing_step,
)
from pipeline_definitions.sdk.refusal import InvalidDefinition
from pipeline_definitions.spec import ModelSpec

_STEP: Final = "Baseline"
_FOLDER: Final = "baseline"


def baseline_step(
    name: str, *, model: ModelSpec, data: ProcessingStep, instance_type: Value
) -> ProcessingStep:
    """Describe all that a step wrote, by the monitors' own script, for their own windows.

    The script reads every CSV file below the step's outputs, and the one schema.json there: of
    `data` the whole world is described in which the version was trained and judged. Its output
    `baseline` holds statistics.json, constraints.json and what else the monitors read.

    Args:
        name: The step's name, unique in the pipeline.
        model: Whose monitors say for which windows the thresholds are.
        data: Wrote the tables and schema.json.
        instance_type: Without local NVMe, which refuses a volume key; ml.m5 has none.
    """
    windows = model.data_quality
    step = processing_step(
        name, image=Image.SKLEARN, script="baseline.py", instance_type=instance_type,
        inputs={"data": artifact_uri(data.name)}, outputs=[_FOLDER],
        arguments={
            "window-hours": str(windows.window_hours),
            "every-hours": str(windows.every_hours),
        },
        code=MONITOR_CODE_URI, below=[_STEP],
    )  # fmt: skip
    # Its input is the prefix of all outputs, which refers to none of them.
    step.add_depends_on([data])
    return step


def model_baseline_step(
    name: str,
    *,
    model: ModelSpec,
    trained: TrainingStep,
    data: ProcessingStep,
    instance_type: Value,
    test: str = "test",
) -> ProcessingStep:
    """Describe how right, how fair and for which reasons a version answers to held-out rows.

    The monitors' own script asks the version's archive, by its own code, and writes a folder for
    each of the model's monitors that is not `DataQuality`.

    Args:
        name: The step's name, unique in the pipeline.
        model: Whose monitors say what is described, and for which windows the thresholds are.
        trained: Made the archive.
        data: Wrote the tables and schema.json.
        instance_type: Without local NVMe, which refuses a volume key; ml.m5 has none.
        test: The output of `data` that holds the held-out rows.

    Raises:
        InvalidDefinition: If the model has no such monitor.
    """
    settings = {monitor.kind: monitor.model_dump_json() for monitor in model.answer_monitors}
    if not settings:
        raise InvalidDefinition(
            f"step {name!r} has nothing to describe: no monitor of model {model.name!r} looks at "
            f"its answers; leave the step out, or add one to monitors= in {model.own_file}"
        )
    step = processing_step(
        name, image=Image.XGBOOST, script="model_baseline.py", instance_type=instance_type,
        inputs={
            "model": trained.properties.ModelArtifacts.S3ModelArtifacts,
            "test": output_of(data, test),
            "data": artifact_uri(data.name),
        },
        outputs=list(settings),
        arguments={f"{kind}-settings": text for kind, text in settings.items()},
        code=MONITOR_CODE_URI, below=[_STEP, _FOLDER], through=JOINED,
    )  # fmt: skip
    step.add_depends_on([data])
    return step


def baselines(
    model: ModelSpec, *, requests: ProcessingStep | None, answers: ProcessingStep | None
) -> Mapping[str, Value]:
    """The S3 prefix of each kind's baseline, as `register_step` takes them.

    Args:
        model: Whose they are.
        requests: A `baseline_step`, if there is one.
        answers: A `model_baseline_step`, if there is one.
    """
    found = {DataQuality.kind: output_of(requests, _FOLDER)} if requests else {}
    described = model.answer_monitors if answers else ()
    return found | {monitor.kind: output_of(answers, monitor.kind) for monitor in described}
