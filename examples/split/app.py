"""Offers, whose next version answers every tenth customer until a person has decided."""

from aws_cdk import App, Duration, Stack
from aws_cdk import aws_ecr as ecr

from mlops_constructs.comparison import Comparison
from mlops_constructs.foundation import ModelSlot, StageKey, StageStorage
from mlops_constructs.serving import ModelEndpoint, RealTime, Split
from mlops_constructs.version_files import VersionFiles

app = App()
kept = Stack(app, "Kept")
key = StageKey(kept, "Key", alias="alias/offers")
expiry = Duration.days(30)
buckets = StageStorage(kept, "Storage", prefix="offers", key=key, capture_expires_after=expiry)
slot = ModelSlot(kept, "Slot", slot_name="/offers/slot")
challenger = ModelSlot(kept, "Challenger", slot_name="/offers/challenger")
serving = Stack(app, "Serving")
serving.add_stack_dependency(kept, "its parameters are the slots")
storage = buckets.seen_from(serving)
images = ecr.Repository.from_repository_name(serving, "Images", "offers")
trial = Split(weight_percent=10, decides="person")
ModelEndpoint(
    serving,
    "Endpoint",
    endpoint_name="offers",
    slot_name=slot.slot_name,
    challenger_slot_name=challenger.slot_name,
    hosting=RealTime(instance_type="ml.m5.large", max_instances=4, invocations_per_instance=600),
    storage=storage,
    versions=VersionFiles(bucket=storage.artifacts, prefix="offers"),
    image_repositories=[images.repository_arn],
    release=trial,
)
aws = {"eu-west-1": {"SklearnAccount": "141502667606"}}
Comparison(
    serving, "Verdict", endpoint_name="offers", release=trial, storage=storage, image_accounts=aws
)
app.synth()
