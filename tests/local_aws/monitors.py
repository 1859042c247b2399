"""A model whose endpoint is monitored, and what monitors need, for one test module."""

import json
import time
import uuid
from collections.abc import Mapping
from typing import Any

from tests.local_aws.later import Later
from tests.local_aws.model_archives import archive
from tests.local_aws.responses import checked_clients
from tests.local_aws.stage import Stage

ROLE = "arn:aws:iam::123456789012:role/monitoring"
REGISTRY = "156813124566.dkr.ecr.us-east-1.amazonaws.com"
ANALYZER = f"{REGISTRY}/sagemaker-model-monitor-analyzer"
CLARIFY = "205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0"
HOUR = 3600.0
KINDS = ("DataQuality", "ModelQuality", "ModelBias", "ModelExplainability")
# For each row `income,group` the label and its score: 3 * income + group is its log odds.
SCORING = """
import math

def model_fn(model_dir):
    return None

def input_fn(body, content_type):
    return [[float(cell) for cell in line.split(",")] for line in body.splitlines()]

def predict_fn(rows, model):
    return [1 / (1 + math.exp(-(3 * income + group))) for income, group in rows]

def output_fn(scores, accept):
    return "\\n".join(f"{int(score > 0.5)},{score}" for score in scores), "text/csv"
"""


class Monitored:
    """An endpoint with data capture on a local AWS whose time passes."""

    def __init__(self, later: Later) -> None:
        self.later = later
        client = checked_clients(later.aws)
        self.stage = Stage(client)
        self.sagemaker = self.stage.sagemaker
        self.bucket = self.stage.name
        self.model = self.stage.model(archive({"code/inference.py": SCORING}))
        capture = {
            "EnableCapture": True,
            "InitialSamplingPercentage": 100,
            "DestinationS3Uri": self.uri("capture"),
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
            "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]},
        }
        self.endpoint = self.stage.endpoint(
            self.stage.config(self.model, DataCaptureConfig=capture)
        )

    def uri(self, key: str) -> str:
        return f"s3://{self.bucket}/{key}"

    def put(self, key: str, content: Any) -> str:
        text = content if isinstance(content, str) else json.dumps(content)
        self.stage.s3.put_object(Bucket=self.bucket, Key=key, Body=text.encode())
        return self.uri(key)

    def get(self, uri: str) -> Any:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return json.loads(self.stage.s3.get_object(Bucket=bucket, Key=key)["Body"].read())

    def keys(self, prefix: str) -> list[str]:
        pages = self.stage.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=prefix
        )
        return [each["Key"] for page in pages for each in page.get("Contents", ())]

    def ask(self, rows: list[tuple[str, str]]) -> None:
        """Ask for each row, and file its label under its inference id, in this hour."""
        truth = []
        for row, label in rows:
            inference = uuid.uuid4().hex
            self.stage.ask(self.endpoint, row, InferenceId=inference)
            truth.append(
                {
                    "groundTruthData": {"data": label, "encoding": "CSV"},
                    "eventMetadata": {"eventId": inference},
                    "eventVersion": "0",
                }
            )
        hour = time.strftime("%Y/%m/%d/%H", time.gmtime(self.later.aws.now()))
        lines = "".join(f"{json.dumps(each)}\n" for each in truth)
        self.put(f"labels/{hour}/{uuid.uuid4().hex}.jsonl", lines)

    def define(self, kind: str, name: str, **changes: Any) -> str:
        """Create a job definition; `changes` replace members without the kind's name in front."""
        source = {
            "EndpointName": self.endpoint,
            "LocalPath": "/opt/ml/processing/input_data",
            **changes.pop("EndpointInput", {}),
        }
        labelled = kind in ("ModelQuality", "ModelBias")
        truth = {"GroundTruthS3Input": {"S3Uri": self.uri("labels")}} if labelled else {}
        output = {"S3Uri": self.uri("reports"), "LocalPath": "/opt/ml/processing/output"}
        members = {
            "AppSpecification": changes.pop("AppSpecification"),
            "BaselineConfig": changes.pop("BaselineConfig", None),
            "JobInput": changes.pop("JobInput", {"EndpointInput": source, **truth}),
            "JobOutputConfig": {"MonitoringOutputs": [{"S3Output": output}]},
        }
        create = getattr(self.sagemaker, f"create_{snake(kind)}_job_definition")
        made = create(
            JobDefinitionName=name,
            JobResources={
                "ClusterConfig": {
                    "InstanceCount": 1,
                    "InstanceType": "ml.m5.large",
                    "VolumeSizeInGB": 20,
                }
            },
            RoleArn=ROLE,
            **{f"{kind}{member}": value for member, value in members.items() if value},
            **changes,
        )
        return str(made["JobDefinitionArn"])

    def schedule(self, kind: str, definition: str, name: str, **timing: str) -> None:
        given = {"ScheduleExpression": "cron(0 * ? * * *)", **timing}
        self.sagemaker.create_monitoring_schedule(
            MonitoringScheduleName=name,
            MonitoringScheduleConfig={
                "ScheduleConfig": given,
                "MonitoringJobDefinitionName": definition,
                "MonitoringType": kind,
            },
        )

    def executions(self, name: str) -> list[Mapping[str, Any]]:
        listed = self.sagemaker.list_monitoring_executions(MonitoringScheduleName=name)
        found: list[Mapping[str, Any]] = listed["MonitoringExecutionSummaries"]
        return found

    def executed(self, name: str, *, times: int = 1) -> Mapping[str, Any]:
        """The schedule's newest execution, once so many have come to their end."""

        def look() -> Any:
            found = self.executions(name)
            ended = all(
                each["MonitoringExecutionStatus"] not in ("Pending", "InProgress") for each in found
            )
            return found[0] if len(found) >= times and ended else None

        found: Mapping[str, Any] = self.later.until(look, seconds=5 * HOUR)
        return found

    def job(self, execution: Mapping[str, Any]) -> dict[str, Any]:
        name = execution["ProcessingJobArn"].rsplit("/", 1)[-1]
        found: dict[str, Any] = self.sagemaker.describe_processing_job(ProcessingJobName=name)
        return found

    def to_the_next_hour(self) -> None:
        """Let time pass until just after a whole hour, so that what comes next lies in one."""
        self.later.pass_time(HOUR - self.later.aws.now() % HOUR + 1)


def snake(kind: str) -> str:
    """`model_quality` for ModelQuality."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in kind).strip("_")
