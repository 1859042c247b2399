"""The step that says what a model's requests looked like, for whatever watches it later."""

from sagemaker.mlops.workflow.steps import ProcessingStep

from pipeline_definitions.sdk.images import Image
from pipeline_definitions.sdk.jobs import (
    MONITOR_CODE_URI,
    Value,
    artifact_uri,
    processing_step,
)
from pipeline_definitions.spec import ModelSpec


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
        inputs={"data": artifact_uri(data.name)}, outputs=["baseline"],
        arguments={
            "window-hours": str(windows.window_hours),
            "every-hours": str(windows.every_hours),
        },
        code=MONITOR_CODE_URI,
    )  # fmt: skip
    # Its input is the prefix of all outputs, which refers to none of them.
    step.add_depends_on([data])
    return step
