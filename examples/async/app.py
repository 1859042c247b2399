"""A churn model that takes minutes: requests and answers in S3, no instance while none waits."""

from aws_cdk import App, Duration, Stack
from aws_cdk import aws_ecr as ecr

from mlops_constructs.foundation import ModelSlot, StageKey, StageStorage
from mlops_constructs.serving import Async, AsyncEndpoint
from mlops_constructs.version_files import VersionFiles

app = App()
kept = Stack(app, "Kept")
key = StageKey(kept, "Key", alias="alias/shop")
buckets = StageStorage(
    kept, "Storage", prefix="shop", key=key, capture_expires_after=Duration.days(30)
)
ModelSlot(kept, "Slot", slot_name="/shop/churn/slot")
serving = Stack(app, "Serving")
serving.add_stack_dependency(kept, "its parameter is the slot")
storage = buckets.seen_from(serving)
images = ecr.Repository.from_repository_name(serving, "Images", "churn")
AsyncEndpoint(
    serving,
    "Endpoint",
    endpoint_name="churn",
    slot_name="/shop/churn/slot",
    hosting=Async(instance_type="ml.m5.large", min_instances=0, max_instances=4),
    storage=storage,
    versions=VersionFiles(bucket=storage.artifacts, prefix="churn"),
    image_repositories=[images.repository_arn],
)

app.synth()
