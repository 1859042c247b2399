"""Prices, whose next version answers copies of requests in the shadow before it may answer any."""

from aws_cdk import App, Duration, Stack
from aws_cdk import aws_ecr as ecr

from mlops_constructs.comparison import Comparison
from mlops_constructs.foundation import ModelSlot, StageKey, StageStorage
from mlops_constructs.serving import ModelEndpoint, RealTime, Shadow
from mlops_constructs.version_files import VersionFiles

app = App()
kept = Stack(app, "Kept")
key = StageKey(kept, "Key", alias="alias/prices")
expiry = Duration.days(30)
buckets = StageStorage(kept, "Storage", prefix="prices", key=key, capture_expires_after=expiry)
slot = ModelSlot(kept, "Slot", slot_name="/prices/slot")
challenger = ModelSlot(kept, "Challenger", slot_name="/prices/challenger")
serving = Stack(app, "Serving")
serving.add_stack_dependency(kept, "its parameters are the slots")
storage = buckets.seen_from(serving)
images = ecr.Repository.from_repository_name(serving, "Images", "prices")
trial = Shadow(hours=48, sample_percent=50)
ModelEndpoint(
    serving,
    "Endpoint",
    endpoint_name="prices",
    slot_name=slot.slot_name,
    challenger_slot_name=challenger.slot_name,
    hosting=RealTime(instance_type="ml.m5.large", max_instances=4, invocations_per_instance=600),
    storage=storage,
    versions=VersionFiles(bucket=storage.artifacts, prefix="prices"),
    image_repositories=[images.repository_arn],
    release=trial,
)
aws = {"eu-west-1": {"SklearnAccount": "141502667606"}}
Comparison(
    serving, "Verdict", endpoint_name="prices", release=trial, storage=storage, image_accounts=aws
)
app.synth()
