"""Dev on the local AWS with a model that scores batches: its own template, and rows to score."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn

from local_aws.launch import ACCOUNT, REGION
from mlops_constructs.promotion import Promotion
from mlops_constructs.serving import Batch, BatchInference, RunRule
from mlops_constructs.storage import TrainingStorage
from mlops_constructs.version_files import VersionFiles
from pipeline_definitions.images import image_accounts
from tests.local_aws.model_archives import ENVIRONMENT, IMAGE, archive
from tests.promotion.batches import BATCHES, PIPELINE
from tests.promotion.names import EMPTY, ENDPOINT, GROUP, SLOT, STACK
from tests.promotion.stage import BUCKET, Stage, eventually

DATA = "batch-data"
ANSWERS = """
def model_fn(model_dir):
    return open(model_dir + "/word").read()

def transform_fn(model, body, content_type, accept):
    if model == "bad":
        raise ValueError("this model can't read a row")
    return "".join(f"{model}-{row}\\n" for row in body.splitlines()), accept
"""


def word(said: str) -> bytes:
    """A model that answers each row with a word before it; with `bad` it answers none."""
    return archive({"word": said, "code/inference.py": ANSWERS})


@cache
def templates(folder: Path) -> dict[str, str]:
    """The stacks of operations and of serving, by name; their assets lie in the folder."""
    app = cdk.App(outdir=str(folder), builtin_cloud_formation_validation=False)
    operations, serving = (
        cdk.Stack(
            app,
            name,
            synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
        )
        for name in ("Dev-Operations", STACK)
    )
    _operate(operations)
    _serve(serving)
    assembly = app.synth()
    return {
        stack.stack_name: json.dumps(assembly.get_stack_by_name(stack.stack_name).template)
        for stack in (operations, serving)
    }


def _operate(stack: cdk.Stack) -> None:
    key = kms.Key(stack, "Key", enable_key_rotation=True)
    topic = sns.Topic(stack, "Topic", topic_name="told", master_key=key)
    queue = sqs.Queue(stack, "Queue", queue_name="heard")
    topic.add_subscription(subscriptions.SqsSubscription(queue, raw_message_delivery=True))
    Promotion(
        stack,
        "Promotion",
        state_machine_name="dev-promotion",
        slot_prefix="/perennial/dev",
        stack_prefix="Dev-Serving-",
        monitoring_stack_prefix="Dev-Monitoring-",
        name_prefix="dev-",
        group_prefix="dev-",
        next_stage="",
        batches=True,
        topic=topic,
        key=key,
    )


def _serve(stack: cdk.Stack) -> None:
    key = kms.Key(stack, "Key", enable_key_rotation=True)
    data, artifacts, capture = (
        s3.Bucket(stack, name.capitalize(), bucket_name=f"batch-{name}")
        for name in ("data", "artifacts", "capture")
    )
    topic = sns.Topic(stack, "Topic")
    batch = BatchInference(
        stack,
        "Batch",
        name=ENDPOINT,
        slot_name=SLOT,
        hosting=Batch(instance_type="ml.m5.large", every_hours=1),
        storage=TrainingStorage(data=data, artifacts=artifacts, capture=capture, key=key),
        versions=VersionFiles(bucket=artifacts, prefix=ENDPOINT),
        image_repositories=[],
        image_accounts=image_accounts(),
        topic=topic,
    )
    RunRule(
        stack,
        "Judge",
        pipeline_arn=batch.pipeline_arn,
        promotion=sfn.StateMachine.from_state_machine_name(stack, "Promotion", "dev-promotion"),
        promotion_input=BATCHES,
        topic=topic,
    )
    output = cdk.CfnOutput(stack, "BatchModelName", value=batch.model_name)
    output.condition = batch.has_model


def _assets(folder: Path) -> list[dict[str, Any]]:
    """The files that a deployment uploads, as the assembly's manifests have them."""
    manifests = [json.loads(path.read_text()) for path in folder.glob("*.assets.json")]
    return [asset for manifest in manifests for asset in manifest["files"].values()]


@dataclass
class BatchStage(Stage):
    """A stage whose model scores batches."""

    def set_up(self, folder: Path, serving: str | None = None) -> None:
        """The slot, the group, assets, and both stacks.

        Args:
            folder: Where assets lie.
            serving: The template of what serves; by default the one that scores batches.
        """
        made = templates(folder) | ({STACK: serving} if serving else {})
        self.client("ssm").put_parameter(Name=SLOT, Type="StringList", Value=EMPTY)
        self.client("sagemaker").create_model_package_group(ModelPackageGroupName=GROUP)
        self.client("s3").create_bucket(Bucket=BUCKET)
        assets = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
        self.client("s3").create_bucket(Bucket=assets)
        for asset in _assets(folder):
            body = (folder / asset["source"]["path"]).read_bytes()
            for place in asset["destinations"].values():
                self.client("s3").put_object(Bucket=assets, Key=place["objectKey"], Body=body)
        for name, template in made.items():
            self.create(name, template)

    def create(self, name: str, template: str) -> None:
        """A stack, once it is there."""
        self.client("cloudformation").create_stack(**self._changed(name, template))
        eventually(lambda: self._created(name), f"the creation of {name}")

    def update(self, name: str, template: str) -> dict[str, Any]:
        """The stack once an update has come to its end, whatever that is."""
        self.client("cloudformation").update_stack(**self._changed(name, template))

        def ended() -> dict[str, Any] | None:
            found = self.stack(name)
            return None if found["StackStatus"].endswith("_IN_PROGRESS") else found

        return eventually(ended, f"the end of the update of {name}", wait=self.let_time_pass)

    def _changed(self, name: str, template: str) -> dict[str, Any]:
        self.client("s3").put_object(Bucket=BUCKET, Key=name, Body=template)
        return {
            "StackName": name,
            "TemplateURL": f"https://s3.{REGION}.amazonaws.com/{BUCKET}/{name}",
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
        }

    def let_time_pass(self) -> None:
        """Until something happens; there is no endpoint to ask."""
        self.aws.wait(60)

    def release(self, said: str) -> str:
        """An approved version that was promoted; its ARN."""
        key = f"{said}/model.tar.gz"
        self.client("s3").put_object(Bucket=BUCKET, Key=key, Body=word(said))
        container = {
            "Image": IMAGE,
            "ModelDataUrl": f"s3://{BUCKET}/{key}",
            "Environment": ENVIRONMENT,
        }
        package: str = self.client("sagemaker").create_model_package(
            ModelPackageGroupName=GROUP,
            ModelApprovalStatus="Approved",
            InferenceSpecification={
                "Containers": [container],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
            CustomerMetadataProperties={"DataVersion": said},
        )["ModelPackageArn"]
        # The end of a run starts a promotion too; who comes second leaves it to that one.
        self.end(self.start(BATCHES))
        eventually(
            lambda: self.stamp(package).startswith("released ") or None,
            f"the release of {said}",
            wait=self.let_time_pass,
        )
        return package

    def send(self, files: dict[str, list[str]]) -> str:
        """Put rows into the folder of this hour; the folder."""
        hour = f"{datetime.fromtimestamp(self.aws.now(), UTC):%Y/%m/%d/%H}"
        for name, rows in files.items():
            key = f"{ENDPOINT}-requests/{hour}/{name}"
            self.client("s3").put_object(Bucket=DATA, Key=key, Body="\n".join(rows))
        return hour

    def answers(self, hour: str) -> dict[str, list[str]]:
        """The answers to what was sent in an hour, by the name of their file, without their ids."""
        prefix = f"{ENDPOINT}-answers/{hour}/"
        listed = self.client("s3").list_objects_v2(Bucket=DATA, Prefix=prefix)
        found = {}
        for item in listed.get("Contents", ()):
            body = self.client("s3").get_object(Bucket=DATA, Key=item["Key"])["Body"].read()
            lines = body.decode().splitlines()
            name = item["Key"].removeprefix(prefix).removesuffix(".out")
            found[name] = [line.rsplit(",", 2)[0] for line in lines]
        return found

    def runs(self) -> list[dict[str, Any]]:
        """The runs that have ended, oldest first."""
        listed = self.client("sagemaker").list_pipeline_executions(
            PipelineName=PIPELINE, SortOrder="Ascending"
        )["PipelineExecutionSummaries"]
        return [run for run in listed if run["PipelineExecutionStatus"] != "Executing"]

    def after_runs(self, count: int) -> list[dict[str, Any]]:
        """The runs, once so many have ended."""

        def look() -> list[dict[str, Any]] | None:
            found = self.runs()
            return found if len(found) >= count else None

        return eventually(look, f"run {count}", wait=lambda: self.aws.wait(3600))
