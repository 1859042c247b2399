"""What each type of step does."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_aws.clock import clock
from local_aws.core.clients import client
from local_aws.core.errors import ApiError
from local_aws.core.moments import utc_text
from local_aws.core.operations import dispatch
from local_aws.jobs.job import Job
from local_aws.jobs.processing import processing_job
from local_aws.jobs.storage import split
from local_aws.jobs.training import training_job
from local_aws.jobs.transform import transform_job
from local_aws.pipelines.check import OPERATIONS
from local_aws.pipelines.conditions import all_hold
from local_aws.pipelines.execution import Execution, StepRun
from local_aws.pipelines.resolver import Resolver, Unresolved, text

JOB_NAME_LENGTH = 63
SUFFIX_LENGTH = 10


class StepFailed(Exception):
    """The step failed; the text is its FailureReason."""


class Stepper:
    """Runs the steps of one execution and remembers what they made.

    Attributes:
        outcomes: How each Condition step came out.
    """

    def __init__(self, execution: Execution) -> None:
        """Nothing has run yet."""
        self.outcomes: dict[str, bool] = {}
        self._execution = execution
        self._properties: dict[str, Mapping[str, Any]] = {}

    def run(self, run: StepRun) -> str:
        """Run a step to its end, and say how it ended: Succeeded or Stopped.

        Raises:
            StepFailed: It failed.
            Unresolved: A value that it needs is not there.
            Incomparable: Its condition compares what has no order.
        """
        kinds: Mapping[str, Callable[[StepRun], str]] = {
            "Processing": self._processing,
            "Training": self._training,
            "Transform": self._transform,
            "Model": self._model,
            "RegisterModel": self._register_model,
            "Condition": self._condition,
            "Fail": self._fail,
        }
        return kinds[run.step.type](run)

    def _processing(self, run: StepRun) -> str:
        return self._job(run, "Processing", processing_job)

    def _training(self, run: StepRun) -> str:
        return self._job(run, "Training", training_job)

    def _transform(self, run: StepRun) -> str:
        return self._job(run, "Transform", transform_job)

    def _job(self, run: StepRun, kind: str, find: Callable[[str], Job]) -> str:
        name = job_name(self._execution.id, run.step.name)
        made = self._create(run, {f"{kind}JobName": name})
        run.metadata = {f"{kind}Job": {"Arn": made[f"{kind}JobArn"]}}
        named = {f"{kind}JobName": name}
        job = find(name)
        with self._execution.changed:
            run.stop = lambda: job.stop("Stopped")
            late = self._execution.status == "Stopping"
        if late:
            run.stop()
        job.done.wait()
        described = dispatch("sagemaker", f"Describe{kind}Job", named)
        self._properties[run.step.name] = described
        if described[f"{kind}JobStatus"] == "Completed":
            return "Succeeded"
        if self._execution.status == "Stopping":
            return "Stopped"
        reason = described.get("FailureReason", "The job was stopped.")
        raise StepFailed(f"ClientError: {reason}"[:1024])

    def _model(self, run: StepRun) -> str:
        name = job_name(self._execution.id, run.step.name)
        made = self._create(run, {"ModelName": name})
        run.metadata = {"Model": {"Arn": made["ModelArn"]}}
        described = dispatch("sagemaker", "DescribeModel", {"ModelName": name})
        self._properties[run.step.name] = described
        return "Succeeded"

    def _register_model(self, run: StepRun) -> str:
        generated = {"MetadataProperties": {"GeneratedBy": self._execution.arn}}
        given = {} if "MetadataProperties" in run.step.arguments else generated
        made = self._create(run, given)
        run.metadata = {"RegisterModel": {"Arn": made["ModelPackageArn"]}}
        self._properties[run.step.name] = dispatch(
            "sagemaker", "DescribeModelPackage", {"ModelPackageName": made["ModelPackageArn"]}
        )
        return "Succeeded"

    def _condition(self, run: StepRun) -> str:
        resolve = self._resolver().value
        outcome = all_hold(run.step.arguments["Conditions"], resolve)
        self.outcomes[run.step.name] = outcome
        run.metadata = {"Condition": {"Outcome": str(outcome)}}
        return "Succeeded"

    def _fail(self, run: StepRun) -> str:
        message = text(self._resolver().value(run.step.arguments.get("ErrorMessage", "")))
        run.metadata = {"Fail": {"ErrorMessage": message[:3072]}}
        raise StepFailed(message[:1024])

    def _create(self, run: StepRun, injected: Mapping[str, Any]) -> dict[str, Any]:
        operation, _ = OPERATIONS[run.step.type]
        arguments = {**self._resolver().value(run.step.arguments), **injected}
        try:
            return dispatch("sagemaker", operation, arguments)
        except ApiError as error:
            raise StepFailed(
                f"ClientError: Failed to invoke sagemaker:{operation}."
                f" Error Details: {error.message}"[:1024]
            ) from error

    def _resolver(self) -> Resolver:
        execution = self._execution
        return Resolver(
            parameters=execution.values,
            variables={
                "PipelineName": execution.pipeline_name,
                "PipelineArn": execution.pipeline_arn,
                "PipelineExecutionId": execution.id,
                "PipelineExecutionArn": execution.arn,
                "StartDateTime": utc_text(execution.created),
                "CurrentDateTime": utc_text(clock.now()),
            },
            properties=self._properties,
            read_property_file=self._property_file,
        )

    def _property_file(self, step: str, name: str) -> str:
        output, path = self._execution.definition.steps[step].property_files[name]
        outputs = self._properties[step]["ProcessingOutputConfig"]["Outputs"]
        prefix = next(o["S3Output"]["S3Uri"] for o in outputs if o["OutputName"] == output)
        bucket, key = split(f"{prefix.rstrip('/')}/{path}")
        try:
            body: bytes = client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        except (ClientError, BotoCoreError) as error:
            raise Unresolved(
                f"the property file {name} of step {step} is not at s3://{bucket}/{key}"
            ) from error
        return body.decode()


def job_name(execution_id: str, step: str) -> str:
    """`pipelines-<execution>-<step>-<suffix>`, the step's name cut to what a job's name holds."""
    suffix = uuid.uuid4().hex[:SUFFIX_LENGTH]
    room = JOB_NAME_LENGTH - len(f"pipelines-{execution_id}--{suffix}")
    part = step.replace("_", "-")[:room].strip("-")
    return f"pipelines-{execution_id}-{part}-{suffix}"
