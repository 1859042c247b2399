"""An endpoint: what serves, what is about to serve, and how that looks to DescribeEndpoint."""

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from local_aws.clock import clock
from local_aws.core.errors import ValidationException
from local_aws.core.store import Table, arn
from local_aws.hosting.backlog import Backlog
from local_aws.hosting.capture import DataCapture
from local_aws.hosting.fleet import Variant
from local_aws.hosting.guard import Guard
from local_aws.hosting.metrics import EndpointMetrics
from local_aws.hosting.pending import PendingDeployment, Stage, capacity
from local_aws.hosting.traffic import Traffic

_IN_PROGRESS = ("Creating", "Updating", "RollingBack")


@dataclass(kw_only=True)
class Endpoint:
    """An endpoint and all that runs for it.

    Attributes:
        status: EndpointStatus of the API.
        guard: what can take the update back that is under way.
        backlog: the queue of an asynchronous endpoint; None if it answers who asks.
        ending: what is done to the variants that serve when their end has come.
        ended: the part of their instances that a rolling update has terminated, 0 to 1.
    """

    name: str
    arn: str
    config_name: str
    creation_time: float
    last_modified_time: float
    metrics: EndpointMetrics
    status: str = "Creating"
    failure_reason: str | None = None
    last_deployment_config: Mapping[str, Any] | None = None
    pending: PendingDeployment | None = None
    guard: Guard | None = None
    ending: Stage | None = None
    ended: Fraction = Fraction(0)
    backlog: Backlog | None = None
    traffic: Traffic = field(default_factory=Traffic)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def change(self, status: str, *, failure_reason: str | None = None) -> None:
        """Move to a status, now."""
        self.status = status
        self.failure_reason = failure_reason
        self.last_modified_time = clock.now()

    def described(self) -> dict[str, Any]:
        """The output of DescribeEndpoint."""
        with self.lock:
            return self._described()

    def _described(self) -> dict[str, Any]:
        fleet = self.traffic.fleet
        return {
            "EndpointName": self.name,
            "EndpointArn": self.arn,
            "EndpointConfigName": self.config_name,
            "ProductionVariants": fleet
            and [_variant(variant, self.ending, self.ended) for variant in fleet.variants],
            "ShadowProductionVariants": fleet
            and fleet.shadow
            and [_variant(fleet.shadow, self.ending, self.ended)],
            "DataCaptureConfig": fleet and fleet.capture and _capture(fleet.capture),
            "EndpointStatus": self.status,
            "FailureReason": self.failure_reason,
            "CreationTime": self.creation_time,
            "LastModifiedTime": self.last_modified_time,
            "AsyncInferenceConfig": fleet and fleet.asynchronous and fleet.asynchronous.described(),
            "LastDeploymentConfig": self.last_deployment_config,
            "PendingDeploymentSummary": self.pending and self.pending.summary(),
        }

    def refuse_in_progress(self) -> None:
        """Let nothing change what changes already.

        Raises:
            ValidationException: It is being created, updated or rolled back.
        """
        if self.status in _IN_PROGRESS:
            raise ValidationException(f'Cannot update in-progress endpoint "{self.arn}".')


ENDPOINTS: Table[Endpoint] = Table()


def find_endpoint(name: str) -> Endpoint:
    """The endpoint of this name.

    Raises:
        ValidationException: There is none.
    """
    endpoint = ENDPOINTS.get(name)
    if endpoint is None:
        raise ValidationException(f'Could not find endpoint "{arn("endpoint", name)}".')
    return endpoint


def _variant(variant: Variant, ending: Stage | None, ended: Fraction) -> dict[str, Any]:
    running = variant.instance_count - math.ceil(ended * variant.instance_count)
    return {
        "VariantName": variant.name,
        "DeployedImages": [{"SpecifiedImage": variant.image}],
        "CurrentWeight": variant.weight,
        "DesiredWeight": variant.weight,
        **capacity(
            running,
            variant.instance_count,
            variant.serverless,
        ),
        "VariantStatus": ending and [ending.of(running)],
    }


def _capture(capture: DataCapture) -> dict[str, Any]:
    config = capture.config
    return {
        "EnableCapture": True,
        "CaptureStatus": "Started",
        "CurrentSamplingPercentage": config.percentage,
        "DestinationS3Uri": config.destination,
        "KmsKeyId": config.kms_key_id or "",
    }
