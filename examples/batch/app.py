"""Scores every night what arrived during the day: `cdk deploy --all`, then put a version's ARN."""

from aws_cdk import App, Duration, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns

from mlops_constructs.foundation import ModelSlot, StageStorage
from mlops_constructs.serving import Batch, BatchInference
from mlops_constructs.version_files import VersionFiles

app = App()
kept = Stack(app, "NightlyKept")
key = kms.Key(kept, "Key", enable_key_rotation=True)
buckets = StageStorage(
    kept, "Storage", prefix="nightly", key=key, capture_expires_after=Duration.days(90)
)
slot = ModelSlot(kept, "Slot", slot_name="/nightly/churn/slot")

scores = Stack(app, "NightlyScores")
scores.add_stack_dependency(kept)
storage = buckets.seen_by_training(scores)
BatchInference(
    scores,
    "Churn",
    name="nightly-churn",
    slot_name=slot.slot_name,
    hosting=Batch(instance_type="ml.m5.large", every_hours=24),
    storage=storage,
    versions=VersionFiles(bucket=storage.artifacts, prefix="nightly-churn"),
    image_repositories=["arn:aws:ecr:eu-west-1:141502667606:repository/sagemaker-xgboost"],
    image_accounts={"eu-west-1": {"SklearnAccount": "141502667606"}},
    topic=sns.Topic(scores, "Topic", enforce_ssl=True),
)
app.synth()
