"""The buckets of a stage."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, cast

from aws_cdk import Aws, Duration
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from mlops_constructs.foundation.private_bucket import AccessLogBucket, PrivateBucket
from mlops_constructs.storage import Storage, TrainingStorage

PURPOSES: Final = ("data", "artifacts", "capture")
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


class StageStorage(Construct):
    """Private buckets for artifacts, capture and, if needed, data; and one for their access logs.

    All but the last are named `<prefix>-<purpose>-<account>-<region>`, because people and other
    stacks address them by name. Those that exist already are used as they are.

    Args:
        prefix: Begins the names of the buckets.
        key: Encrypts them.
        capture_expires_after: How long recorded requests and responses are kept.
        keeps_data: Whether there is a data bucket, as training and labels need it.
        announce_new_data: Whether that sends its events to EventBridge.
        existing: Purpose (`data`, `artifacts`, `capture`) to the name of a bucket that exists.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        prefix: str,
        key: kms.IKey,
        capture_expires_after: Duration,
        keeps_data: bool = True,
        announce_new_data: bool = False,
        existing: Mapping[str, str] = _NONE,
    ) -> None:
        super().__init__(scope, construct_id)
        self._prefix = prefix
        self._key = key
        self._existing = existing
        wanted = PURPOSES if keeps_data else tuple(p for p in PURPOSES if p != "data")
        made = [purpose for purpose in wanted if purpose not in existing]
        if not made:
            return
        logs = AccessLogBucket(self, "AccessLogs")
        for purpose in made:
            bucket = PrivateBucket(
                self,
                purpose.capitalize(),
                bucket_name=self.bucket_name(purpose),
                key=key,
                access_logs=logs,
                expire_after=capture_expires_after if purpose == "capture" else None,
            )
            if purpose == "data" and announce_new_data:
                _announce(bucket)

    def bucket_name(self, purpose: str) -> str:
        """The name of the bucket for `data`, `artifacts` or `capture`."""
        return self._existing.get(purpose) or bucket_name(self._prefix, purpose)

    def seen_from(self, scope: Construct) -> Storage:
        """The buckets by their literal names, so that ``scope``'s stack refers to the key alone."""
        artifacts, capture = self._named(scope, "artifacts", "capture")
        return Storage(artifacts=artifacts, capture=capture, key=self._key)

    def seen_by_training(self, scope: Construct) -> TrainingStorage:
        """The same with the data bucket."""
        data, artifacts, capture = self._named(scope, "data", "artifacts", "capture")
        return TrainingStorage(data=data, artifacts=artifacts, capture=capture, key=self._key)

    def labels_seen_from(self, scope: Construct) -> s3.IBucket:
        """The data bucket by its literal name, for monitors that read labels there."""
        [data] = self._named(scope, "data")
        return data

    def _named(self, scope: Construct, *purposes: str) -> Iterator[s3.IBucket]:
        for purpose in purposes:
            yield s3.Bucket.from_bucket_name(scope, purpose.capitalize(), self.bucket_name(purpose))


def bucket_name(prefix: str, purpose: str) -> str:
    """The name of the bucket for a purpose in the stage whose buckets begin with ``prefix``."""
    return f"{prefix}-{purpose}-{Aws.ACCOUNT_ID}-{Aws.REGION}"


def _announce(bucket: s3.Bucket) -> None:
    # The L2's event_bridge_enabled would add a function of CDK's to do what a property does.
    resource = cast(s3.CfnBucket, bucket.node.default_child)
    resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
        event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(
            event_bridge_enabled=True
        )
    )
