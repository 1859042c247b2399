"""A model on scarce instances, which a new version takes over quarter by quarter."""

from aws_cdk import App, Duration, Stack
from aws_cdk import aws_ecr as ecr

from mlops_constructs.foundation import ModelSlot, StageKey, StageStorage
from mlops_constructs.serving import ModelEndpoint, RealTime, Rolling
from mlops_constructs.version_files import VersionFiles

app = App()
kept = Stack(app, "Kept")
key = StageKey(kept, "Key", alias="alias/scans")
buckets = StageStorage(
    kept, "Storage", prefix="scans", key=key, capture_expires_after=Duration.days(30)
)
slot = ModelSlot(kept, "Slot", slot_name="/scans/reading/slot")
serving = Stack(app, "Serving")
serving.add_stack_dependency(kept, "its parameter is the slot")
storage = buckets.seen_from(serving)
images = ecr.Repository.from_repository_name(serving, "Images", "reading")
ModelEndpoint(
    serving,
    "Endpoint",
    endpoint_name="reading",
    slot_name=slot.slot_name,
    hosting=RealTime(
        instance_type="ml.p3.8xlarge",
        min_instances=4,
        max_instances=8,
        invocations_per_instance=120,
    ),
    release=Rolling(percent=25, wait_seconds=600, rollback_percent=50),
    storage=storage,
    versions=VersionFiles(bucket=storage.artifacts, prefix="reading"),
    image_repositories=[images.repository_arn],
)
app.synth()
