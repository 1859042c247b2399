"""What a stage keeps when everything else is replaced: its key, buckets, topic and slots."""

from mlops_constructs.foundation.model_slot import ModelSlot
from mlops_constructs.foundation.notification_topic import NotificationTopic
from mlops_constructs.foundation.stage_key import StageKey
from mlops_constructs.foundation.stage_storage import StageStorage, bucket_name

__all__ = ["ModelSlot", "NotificationTopic", "StageKey", "StageStorage", "bucket_name"]
