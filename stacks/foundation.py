"""What a stage keeps: key, buckets, topic and slots."""

from typing import cast

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from config.schema import StageConfig
from mlops_constructs.foundation import (
    ModelSlot,
    NotificationTopic,
    StageKey,
    StageStorage,
)


class FoundationStack(Stack):
    """All that has state. It outlives every other stack, and its data outlives it."""

    def __init__(self, scope: Construct, construct_id: str, *, config: StageConfig) -> None:
        super().__init__(scope, construct_id, termination_protection=True)
        self.key = self._key(config)
        self.storage = StageStorage(
            self,
            "Storage",
            prefix=config.bucket_prefix,
            key=self.key,
            capture_expires_after=Duration.days(config.capture_days),
            keeps_data=config.keeps_data,
            announce_new_data=config.trains
            and any(model.retraining.on_new_data for model in config.models),
            existing=config.organisation.buckets.by_purpose,
        )
        self.topic = NotificationTopic(self, "Topic", key=self.key)
        for model in config.models:
            ModelSlot(self, f"Slot-{model.name}", slot_name=config.slot_name(model))
            challenger = config.challenger_slot_name(model)
            if challenger:
                ModelSlot(self, f"Challenger-{model.name}", slot_name=challenger)
        if config.keeps_data:
            CfnOutput(self, "DataBucketName", value=self.storage.bucket_name("data"))
        CfnOutput(self, "ArtifactBucketName", value=self.storage.bucket_name("artifacts"))
        CfnOutput(self, "CaptureBucketName", value=self.storage.bucket_name("capture"))
        CfnOutput(self, "TopicArn", value=self.topic.topic_arn)

    def _key(self, config: StageConfig) -> kms.IKey:
        existing = config.organisation.key_arn
        if existing:
            return kms.Key.from_key_arn(self, "Key", existing)
        return cast(kms.IKey, StageKey(self, "Key", alias=config.key_alias))
