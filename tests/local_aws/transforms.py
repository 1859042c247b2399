"""Transform jobs for one test, with names of their own."""

import uuid
from collections.abc import Callable
from typing import Any

from tests.local_aws.stacks import eventually
from tests.local_aws.workshop import Workshop

LINES = """
import json, os

def model_fn(model_dir):
    return None

def input_fn(body, content_type):
    assert content_type == "text/csv", content_type
    return body.split("\\n") if body != "raise" else 1 / 0

def predict_fn(lines, model):
    if lines == ["environment"]:
        batch = ("SAGEMAKER_BATCH", "SAGEMAKER_MAX")
        names = [name for name in os.environ if name.startswith(batch)]
        return [json.dumps({name: os.environ[name] for name in [*names, "COLOUR"]})]
    if lines[0].startswith("wait "):
        import boto3, time
        boto3.client("s3").put_object(Bucket=lines[0][5:], Key="waiting")
        time.sleep(600)
    return [f"{line}!{len(lines)}" for line in lines]

def output_fn(answers, accept):
    if accept == "application/jsonlines":
        answers = [json.dumps(answer) for answer in answers]
    return "\\n".join(answers), accept
"""
"""Answers each line with how many lines the request had."""

FORGETFUL = """
asked = 0

def model_fn(model_dir):
    return None

def transform_fn(model, body, content_type, accept):
    global asked
    asked += 1
    assert asked > 2
    return body, accept
"""
"""Answers from the third request on."""


class Transforms:
    """Runs transform jobs of a model and waits for their ends."""

    def __init__(self, client: Callable[[str], Any], model: str) -> None:
        self.workshop = Workshop(client)
        self.sagemaker = client("sagemaker")
        self._model = model
        self._s3 = client("s3")
        self._logs = client("logs")

    @property
    def bucket(self) -> str:
        """Where all objects are, and how all jobs' names begin."""
        return self.workshop.name

    def uri(self, key: str) -> str:
        """The URI of a key, or key prefix."""
        return self.workshop.uri(key)

    def put(self, key: str, body: bytes | str = b"") -> None:
        """Upload an object."""
        self.workshop.put(key, body)

    def held(self, prefix: str) -> dict[str, str]:
        """The objects below a prefix."""
        keys = [key for key in self.workshop.held() if key.startswith(prefix)]
        return {key: self.workshop.get(key).decode() for key in keys}

    def until_held(self, key: str) -> None:
        """Wait for an object."""
        eventually(lambda: key in self.workshop.held())

    def arguments(self, uri: Any, *, out: str, **members: Any) -> dict[str, Any]:
        """The input of CreateTransformJob, but for the name."""
        capture, identified = members.pop("capture", None), members.pop("identified", False)
        captured = {
            "DestinationS3Uri": self.uri(capture or ""), "GenerateInferenceId": identified
        }  # fmt: skip
        kind = members.pop("S3DataType", "S3Prefix")
        return {
            "ModelName": self._model,
            "TransformInput": {
                "DataSource": {"S3DataSource": {"S3DataType": kind, "S3Uri": uri}},
                "ContentType": "text/csv",
                "SplitType": members.pop("SplitType", "Line"),
                "CompressionType": members.pop("CompressionType", "None"),
            },
            "TransformOutput": {
                "S3OutputPath": self.uri(out),
                "Accept": members.pop("Accept", "text/csv"),
                "AssembleWith": members.pop("AssembleWith", "Line"),
            },
            "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
            **({"DataCaptureConfig": captured} if capture else {}),
            **members,
        }

    def start(self, prefix: str, *, out: str, **members: Any) -> str:
        """Start a job; its name."""
        name = members.pop("TransformJobName", f"{self.bucket}-{uuid.uuid4().hex[:6]}")
        given = self.arguments(self.uri(prefix), out=out, **members)
        self.sagemaker.create_transform_job(TransformJobName=name, **given)
        return str(name)

    def run(self, prefix: str, *, out: str, **members: Any) -> dict[str, Any]:
        """A job that has ended."""
        return self.ended(self.start(prefix, out=out, **members))

    def ended(self, name: str) -> dict[str, Any]:
        """The job, once it has ended."""

        def look() -> dict[str, Any] | None:
            found: dict[str, Any] = self.sagemaker.describe_transform_job(TransformJobName=name)
            return None if found["TransformJobStatus"] in ("InProgress", "Stopping") else found

        return eventually(look)

    def log(self, job: dict[str, Any], suffix: str = "") -> list[str]:
        """The lines of its container's log, or of its data log."""
        group, name = "/aws/sagemaker/TransformJobs", job["TransformJobName"]
        found = self._logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=name)
        streams = [each["logStreamName"] for each in found["logStreams"]]
        (stream,) = [each for each in streams if each.endswith("/data-log") == bool(suffix)]
        events = self._logs.get_log_events(logGroupName=group, logStreamName=stream)["events"]
        return [event["message"] for event in events]
