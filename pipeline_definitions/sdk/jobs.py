"""Steps that run a model's scripts: processing and training jobs on the code archive."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sagemaker.core.processing import Processor
from sagemaker.core.shapes import (
    OutputDataConfig,
    ProcessingInput,
    ProcessingOutput,
    ProcessingS3Input,
    ProcessingS3Output,
    StoppingCondition,
)
from sagemaker.core.training.configs import Compute, InputData
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.steps import ProcessingStep, TrainingStep
from sagemaker.train import ModelTrainer

from mlops_constructs.arguments import options
from pipeline_definitions.sdk.images import Image
from pipeline_definitions.sdk.session import ARTIFACT_BUCKET, ROLE_ARN, session

CODE_URI = "s3://${CodeUri}"
MONITOR_CODE_URI = "s3://${MonitorCodeUri}"
"""With a scheme, or the SDK takes it for a file to upload; rendering drops the scheme again."""
KMS_KEY = "${KmsKeyArn}"

INPUT = "/opt/ml/processing/input"
OUTPUT = "/opt/ml/processing/output"
MESSAGE = "/opt/ml/output/message"
"""Its first kilobyte becomes the ExitMessage of a processing job (boto: DescribeProcessingJob)."""

UNPACK_AND_RUN = f'cd {INPUT}/code && tar -xzf *.gz && exec python3 "$0" "$@"'
"""CDK keeps only the last ending of a file it uploads, so the .tar.gz arrives as <hash>.gz."""

MAX_RUNTIME_SECONDS = 3600
VOLUME_GB = 30

Value: TypeAlias = Any  # text, or a pipeline variable of the SDK, which carries no types


def artifact_uri(*names: str) -> Any:
    """Where one run of this pipeline writes: its own prefix below the pipeline's."""
    prefix = f"s3://{ARTIFACT_BUCKET}/${{PipelineName}}"
    return Join(on="/", values=[prefix, ExecutionVariables.PIPELINE_EXECUTION_ID, *names])


def processing_step(
    name: str,
    *,
    image: Image,
    script: str,
    instance_type: Value,
    inputs: Mapping[str, Value],
    outputs: Sequence[str],
    arguments: Mapping[str, Value] | None = None,
    property_files: Sequence[PropertyFile] = (),
    code: str = CODE_URI,
    below: Sequence[str] = (),
    through: str | None = None,
) -> ProcessingStep:
    """Run a script of a code archive in a processing job.

    The script is called with `--<name> <folder>` for each input and output, `--message <file>` for
    the sentence it leaves when it fails, and `--<name> <value>` for each of `arguments`.

    Args:
        name: The step's name, unique in the pipeline.
        image: What the script runs in.
        script: File name in the archive.
        instance_type: Without local NVMe, which refuses a volume key; ml.m5 has none.
        inputs: S3 prefix by name.
        outputs: Names; each goes to this run's prefix as `<step>/<name>`, or below `below`.
        arguments: Values by option name.
        property_files: What conditions of the pipeline read of the outputs.
        code: The archive; by default the model's steps folder.
        below: Folders in this run's prefix, instead of the step's own.
        through: Another script of the archive that runs this one.
    """
    processor = Processor(
        role=ROLE_ARN, image_uri=image.uri, instance_count=1, instance_type=instance_type,
        entrypoint=["sh", "-c", UNPACK_AND_RUN, *([through] if through else []), script],
        volume_size_in_gb=VOLUME_GB,
        volume_kms_key=KMS_KEY, output_kms_key=KMS_KEY,
        max_runtime_in_seconds=MAX_RUNTIME_SECONDS, sagemaker_session=session(),
    )  # fmt: skip
    step_arguments = processor.run(
        inputs=[_input("code", code), *(_input(n, uri) for n, uri in inputs.items())],
        outputs=[_output(below or [name], output) for output in outputs],
        arguments=options(_folders(inputs, outputs) | {"message": MESSAGE, **(arguments or {})}),
    )
    return ProcessingStep(name, step_args=step_arguments, property_files=list(property_files))


def _folders(inputs: Mapping[str, Value], outputs: Sequence[str]) -> dict[str, Value]:
    return {name: f"{INPUT}/{name}" for name in inputs} | {n: f"{OUTPUT}/{n}" for n in outputs}


def _input(name: str, uri: Value) -> ProcessingInput:
    source = ProcessingS3Input(
        s3_uri=uri, local_path=f"{INPUT}/{name}", s3_data_type="S3Prefix", s3_input_mode="File",
        s3_data_distribution_type="FullyReplicated",
    )  # fmt: skip
    return ProcessingInput(input_name=name, s3_input=source)


def _output(below: Sequence[str], name: str) -> ProcessingOutput:
    target = ProcessingS3Output(
        s3_uri=artifact_uri(*below, name), local_path=f"{OUTPUT}/{name}", s3_upload_mode="EndOfJob"
    )
    return ProcessingOutput(output_name=name, s3_output=target)


def output_of(step: ProcessingStep, name: str) -> Value:
    """The S3 prefix of one of a processing step's outputs."""
    return step.properties.ProcessingOutputConfig.Outputs[name].S3Output.S3Uri


def training_step(
    name: str,
    *,
    image: Image,
    script: str,
    instance_type: Value,
    channels: Mapping[str, Value],
    hyperparameters: Mapping[str, Value],
) -> TrainingStep:
    """Run a script of the steps folder in a training job, by the training toolkit of its image.

    Args:
        name: The step's name, unique in the pipeline.
        image: One with the training toolkit in it (script mode).
        script: File name in the steps folder.
        instance_type: Without local NVMe, which refuses a volume key; ml.m5 has none.
        channels: S3 prefix of CSV files by channel name.
        hyperparameters: Handed to the script as `--<name> <value>`.
    """
    trainer = ModelTrainer(
        training_image=image.uri, role=ROLE_ARN, sagemaker_session=session(),
        base_job_name=name,
        hyperparameters={
            **hyperparameters,
            "sagemaker_program": script,
            "sagemaker_submit_directory": CODE_URI,
        },
        compute=Compute(
            instance_type=instance_type, instance_count=1, volume_size_in_gb=VOLUME_GB,
            volume_kms_key_id=KMS_KEY,
        ),
        stopping_condition=StoppingCondition(max_runtime_in_seconds=MAX_RUNTIME_SECONDS),
        output_data_config=OutputDataConfig(s3_output_path=artifact_uri(name), kms_key_id=KMS_KEY),
        input_data_config=[
            InputData(channel_name=channel, data_source=uri, content_type="text/csv")
            for channel, uri in channels.items()
        ],
    )  # fmt: skip
    return TrainingStep(name, step_args=trainer.train())
