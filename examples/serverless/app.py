"""A churn model that nobody asks for hours: no instances, and no bill for them."""

from aws_cdk import App, Duration, Stack
from aws_cdk import aws_ecr as ecr

from mlops_constructs.foundation import ModelSlot, StageKey, StageStorage
from mlops_constructs.serving import Serverless, ServerlessEndpoint
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
ServerlessEndpoint(
    serving,
    "Endpoint",
    endpoint_name="churn",
    slot_name="/shop/churn/slot",
    hosting=Serverless(memory_mb=2048, max_concurrency=20),
    storage=storage,
    versions=VersionFiles(bucket=storage.artifacts, prefix="churn"),
    image_repositories=[images.repository_arn],
)

app.synth()
