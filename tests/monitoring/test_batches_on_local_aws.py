"""Batches are scored and looked at on the local AWS, by nobody but their own two schedules."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import aws_cdk as cdk
import boto3
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns

from local_aws.launch import ACCOUNT, REGION, LocalAws
from mlops_constructs.monitoring import (
    DataQuality,
    EndpointMonitor,
    Engine,
    ModelMonitorEngine,
    MonitoredEndpoint,
    OpenEngine,
)
from mlops_constructs.serving import Batch, BatchInference
from mlops_constructs.slot_content import SlotContent
from mlops_constructs.storage import TrainingStorage
from mlops_constructs.version_files import VersionFiles
from pipeline_definitions.images import image_accounts
from tests.local_aws.model_archives import ENVIRONMENT, IMAGE
from tests.monitoring.conftest import BEGAN, Row
from tests.promotion.batch_stage import word
from tests.promotion.stage import eventually

pytestmark = [pytest.mark.local_aws, pytest.mark.nightly]
SLOT, MODEL, ALARM = "/mine/shop/slot", "shop", "shop-data-quality-drift"
SETTINGS = DataQuality(window_hours=24, minimum_records=100)
T = TypeVar("T")
ENGINES: dict[str, Engine] = {"open": OpenEngine(), "model-monitor": ModelMonitorEngine()}


def template(folder: Path, engine: Engine) -> str:
    """A model that scores batches, and its monitor; the assets lie in the folder."""
    app = cdk.App(outdir=str(folder), builtin_cloud_formation_validation=False)
    stack = cdk.Stack(
        app,
        "Shop",
        synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
    )
    key, topic = kms.Key(stack, "Key"), sns.Topic(stack, "Topic")
    data, artifacts, capture = (
        s3.Bucket(stack, name.capitalize(), bucket_name=f"shop-{name}")
        for name in ("data", "artifacts", "capture")
    )
    storage = TrainingStorage(data=data, artifacts=artifacts, capture=capture, key=key)
    versions = VersionFiles(bucket=artifacts, prefix=MODEL)
    batch = BatchInference(
        stack,
        "Batch",
        name=MODEL,
        slot_name=SLOT,
        hosting=Batch(instance_type="ml.m5.large"),
        storage=storage,
        versions=versions,
        image_repositories=[],
        image_accounts=image_accounts(),
        topic=topic,
    )
    slot = SlotContent(stack, slot_name=SLOT)
    EndpointMonitor(
        stack,
        "Monitor",
        settings=SETTINGS,
        engine=engine,
        endpoint=MonitoredEndpoint(
            name=MODEL,
            capture_percent=100,
            storage=storage,
            versions=versions,
            baseline_uri=slot.baseline_uri,
            condition=slot.has_model,
            batches=batch.files,
        ),
        image_accounts=image_accounts(),
        topic=topic,
    )
    return json.dumps(app.synth().get_stack_by_name("Shop").template)


@dataclass
class Shop:
    """What a person could see of it."""

    aws: LocalAws
    asked: float = 0.0

    def client(self, service: str) -> Any:
        return boto3.session.Session().client(service, **self.aws.client_arguments())

    def deploy(self, folder: Path, engine: Engine, baseline: Path) -> None:
        """A version, its baseline, and the stack that the slot has it in."""
        text, s3 = template(folder, engine), self.client("s3")
        assets = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
        for bucket in (assets, "shop-versions"):
            s3.create_bucket(Bucket=bucket)
        for manifest in folder.glob("*.assets.json"):
            for asset in json.loads(manifest.read_text())["files"].values():
                body = (folder / asset["source"]["path"]).read_bytes()
                for place in asset["destinations"].values():
                    s3.put_object(Bucket=assets, Key=place["objectKey"], Body=body)
        s3.put_object(Bucket="shop-versions", Key="model.tar.gz", Body=word("one"))
        self.client("sagemaker").create_model_package_group(ModelPackageGroupName=MODEL)
        slot = f"{self._version()},s3://shop-artifacts/{MODEL}/baseline"
        self.client("ssm").put_parameter(Name=SLOT, Type="StringList", Value=slot)
        s3.put_object(Bucket=assets, Key="template", Body=text)
        self.client("cloudformation").create_stack(
            StackName="Shop",
            TemplateURL=f"https://s3.{REGION}.amazonaws.com/{assets}/template",
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        eventually(self._created, "the creation of the stack")
        for path in baseline.glob("*.json"):
            key = f"{MODEL}/baseline/{path.name}"
            s3.put_object(Bucket="shop-artifacts", Key=key, Body=path.read_bytes())

    def _version(self) -> str:
        container = {
            "Image": IMAGE,
            "ModelDataUrl": "s3://shop-versions/model.tar.gz",
            "Environment": ENVIRONMENT,
        }
        arn: str = self.client("sagemaker").create_model_package(
            ModelPackageGroupName=MODEL,
            ModelApprovalStatus="Approved",
            InferenceSpecification={
                "Containers": [container],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
        )["ModelPackageArn"]
        return arn

    def _created(self) -> bool | None:
        [stack] = self.client("cloudformation").describe_stacks(StackName="Shop")["Stacks"]
        assert stack["StackStatus"] in ("CREATE_IN_PROGRESS", "CREATE_COMPLETE"), stack
        return stack["StackStatus"] == "CREATE_COMPLETE" or None

    def send(self, rows: list[list[str]]) -> None:
        """Rows that arrive now; what is older says nothing of them."""
        key = f"{MODEL}-requests/{self.now:%Y/%m/%d/%H}/rows.csv"
        body, self.asked = "\n".join(",".join(row) for row in rows), self.aws.now()
        self.client("s3").put_object(Bucket="shop-data", Key=key, Body=body)

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.aws.now(), UTC)

    def violations(self) -> list[int]:
        """Of each window that was judged, oldest first."""
        points = self.client("cloudwatch").get_metric_statistics(
            Namespace="Perennial/Monitoring", MetricName="ViolationCount",
            Dimensions=[
                {"Name": "Endpoint", "Value": MODEL}, {"Name": "Monitor", "Value": "data-quality"},
            ],
            StartTime=self.now - timedelta(days=7), EndTime=self.now + timedelta(hours=1),
            Period=3600, Statistics=["Maximum"],
        )["Datapoints"]  # fmt: skip
        return [int(p["Maximum"]) for p in sorted(points, key=lambda point: point["Timestamp"])]

    def judged(self, count: int) -> list[int]:
        """The same, once so many were."""

        def look() -> list[int] | None:
            found = self.violations()
            return found if len(found) >= count else None

        return self._until(look, f"verdict {count}")

    def alarm(self) -> str:
        """The drift alarm's next state that says something."""

        def look() -> str | None:
            [alarm] = self.client("cloudwatch").describe_alarms(AlarmNames=[ALARM])["MetricAlarms"]
            fresh = alarm["StateUpdatedTimestamp"].timestamp() >= self.asked
            known = alarm["StateValue"] != "INSUFFICIENT_DATA"
            return str(alarm["StateValue"]) if fresh and known else None

        return self._until(look, "word of the alarm")

    def _until(self, look: Callable[[], T | None], what: str) -> T:
        """What it gives once it gives something, within three days of the local AWS's own time."""
        end = self.aws.now() + 3 * 24 * 3600
        while self.aws.now() < end:
            if (found := look()) is not None:
                return found
            self.aws.wait(3600)
        raise AssertionError(f"{what} did not come within three days")


@dataclass(frozen=True)
class Story:
    """An ordinary batch, and one of rows that are 25 degrees hotter outside."""

    ordinary: list[int]
    quiet: str
    shifted: list[int]
    loud: str


@pytest.fixture(scope="module", params=ENGINES)
def story(
    request: pytest.FixtureRequest, rows: list[Row], baseline: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Story]:  # fmt: skip
    folder = tmp_path_factory.mktemp("shop")
    day = [v for at, v in rows if BEGAN + timedelta(days=30) <= at < BEGAN + timedelta(days=31)]
    with LocalAws.start(folder / "aws") as aws:
        shop = Shop(aws)
        shop.deploy(folder / "cdk.out", ENGINES[request.param], baseline)
        shop.send(day)
        ordinary, quiet = shop.judged(1), shop.alarm()
        shop.send([[v[0], f"{float(v[1]) + 25:.2f}", *v[2:]] for v in day])
        shifted, loud = shop.judged(2), shop.alarm()
        yield Story(ordinary, quiet, shifted[1:], loud)


def test_an_ordinary_batch_is_quiet(story: Story):
    assert (story.ordinary, story.quiet) == ([0], "OK")


def test_a_shifted_batch_rings(story: Story):
    assert story.shifted[0] > 0
    assert story.loud == "ALARM"
