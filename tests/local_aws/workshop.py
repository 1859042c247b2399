"""Jobs and pipelines for one test, with names of their own."""

import io
import tarfile
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from tests.local_aws.definitions import ROLE, XGBOOST, processing_job
from tests.local_aws.stacks import eventually


class Workshop:
    """Runs jobs and pipelines and waits for their ends."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self.sagemaker = client("sagemaker")
        self.logs = client("logs")
        self.s3 = client("s3")
        self.name = f"workshop-{uuid.uuid4().hex[:8]}"
        self.s3.create_bucket(Bucket=self.name)

    def put(self, key: str, body: bytes | str = b"") -> str:
        """Upload an object; its URI."""
        self.s3.put_object(Bucket=self.name, Key=key, Body=body)
        return self.uri(key)

    def get(self, key: str) -> bytes:
        """An object's content."""
        body: bytes = self.s3.get_object(Bucket=self.name, Key=key)["Body"].read()
        return body

    def held(self) -> set[str]:
        """The keys of all objects."""
        return {
            item["Key"] for item in self.s3.list_objects_v2(Bucket=self.name).get("Contents", ())
        }

    def uri(self, key: str) -> str:
        """The URI of a key, or key prefix."""
        return f"s3://{self.name}/{key}"

    def process(self, *entrypoint: str, wait: bool = True, **members: Any) -> dict[str, Any]:
        """Run a processing job."""
        name = f"{self.name}-{uuid.uuid4().hex[:6]}"
        self.sagemaker.create_processing_job(
            ProcessingJobName=name, **processing_job(*entrypoint, **members)
        )
        return self.processed(name) if wait else {"ProcessingJobName": name}

    def processed(self, name: str) -> dict[str, Any]:
        """The job, once it has ended."""

        def ended() -> dict[str, Any] | None:
            found: dict[str, Any] = self.sagemaker.describe_processing_job(ProcessingJobName=name)
            running = found["ProcessingJobStatus"] in ("InProgress", "Stopping")
            return None if running else found

        return eventually(ended)

    def train(
        self,
        script: str,
        *,
        hyperparameters: Mapping[str, str] | None = None,
        channels: Mapping[str, str] | None = None,
        files: Mapping[str, str] | None = None,
        wait: bool = True,
        **members: Any,
    ) -> dict[str, Any]:
        """Run a training job in script mode; channels are S3 URIs by name."""
        name = f"{self.name}-{uuid.uuid4().hex[:6]}"
        code = self.put(f"{name}/code.tar.gz", archive({"train.py": script, **(files or {})}))
        mode = {"sagemaker_program": "train.py", "sagemaker_submit_directory": code}
        self.sagemaker.create_training_job(
            TrainingJobName=name,
            **{
                **training_job(
                    self.uri("models"), {**mode, **(hyperparameters or {})}, channels or {}
                ),
                **members,
            },
        )
        return self.trained(name) if wait else {"TrainingJobName": name}

    def trained(self, name: str) -> dict[str, Any]:
        """The job, once it has ended."""

        def ended() -> dict[str, Any] | None:
            found: dict[str, Any] = self.sagemaker.describe_training_job(TrainingJobName=name)
            running = found["TrainingJobStatus"] in ("InProgress", "Stopping")
            return None if running else found

        return eventually(ended)

    def pipeline(self, text: str) -> str:
        """Create a pipeline; its name."""
        name = f"{self.name}-{uuid.uuid4().hex[:6]}"
        self.sagemaker.create_pipeline(PipelineName=name, PipelineDefinition=text, RoleArn=ROLE)
        return name

    def start(self, text: str, *, parallel: int = 2, **parameters: str) -> str:
        """Create a pipeline and start it, so many steps at a time; the execution's ARN."""
        given = [{"Name": key, "Value": value} for key, value in parameters.items()]
        started = self.sagemaker.start_pipeline_execution(
            PipelineName=self.pipeline(text),
            PipelineParameters=given,
            ParallelismConfiguration={"MaxParallelExecutionSteps": parallel},
        )
        arn: str = started["PipelineExecutionArn"]
        return arn

    def executed(self, arn: str) -> dict[str, Any]:
        """The execution, once it has ended."""

        def ended() -> dict[str, Any] | None:
            found: dict[str, Any] = self.sagemaker.describe_pipeline_execution(
                PipelineExecutionArn=arn
            )
            running = found["PipelineExecutionStatus"] in ("Executing", "Stopping")
            return None if running else found

        return eventually(ended)

    def steps(self, arn: str) -> dict[str, dict[str, Any]]:
        """The execution's steps by name, in the order in which they started."""
        listed = self.sagemaker.list_pipeline_execution_steps(
            PipelineExecutionArn=arn, SortOrder="Ascending"
        )
        return {step["StepName"]: step for step in listed["PipelineExecutionSteps"]}

    def log(self, group: str, job: str) -> list[str]:
        """The lines of a job's log."""
        events = self.logs.get_log_events(
            logGroupName=f"/aws/sagemaker/{group}", logStreamName=f"{job}/algo-1-0"
        )
        return [event["message"] for event in events["events"]]


def training_job(
    output: str, hyperparameters: Mapping[str, str], channels: Mapping[str, str]
) -> dict[str, Any]:
    """The input of CreateTrainingJob, but for its name."""
    request = {
        "AlgorithmSpecification": {"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "HyperParameters": dict(hyperparameters),
        "InputDataConfig": [
            {
                "ChannelName": name,
                "ContentType": "text/csv",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}},
            }
            for name, uri in channels.items()
        ],
        "OutputDataConfig": {"S3OutputPath": output},
        "ResourceConfig": {
            "InstanceType": "ml.m5.large",
            "InstanceCount": 1,
            "VolumeSizeInGB": 30,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
    }
    return {name: value for name, value in request.items() if value}


def archive(files: Mapping[str, str]) -> bytes:
    """Files as a .tar.gz."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()
