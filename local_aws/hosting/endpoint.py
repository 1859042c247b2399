"""An endpoint: what serves, what is about to serve, and how that looks to DescribeEndpoint."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local_aws.clock import clock
from local_aws.core.errors import ValidationException
from local_aws.core.store import Table, arn
from local_aws.hosting.capture import DataCapture
from local_aws.hosting.fleet import Fleet, Traffic, Variant
from local_aws.hosting.metrics import EndpointMetrics


@dataclass(frozen=True, kw_only=True)
class PendingDeployment:
    """A fleet that is being brought up beside the one that serves.

    Attributes:
        stage: VariantStatus of botocore: Creating, ActivatingTraffic, Baking or Deleting.
    """

    config_name: str
    stage: str
    message: str
    start_time: float
    fleet: Fleet | None = None


@dataclass(kw_only=True)
class Endpoint:
    """An endpoint and all that runs for it.

    Attributes:
        status: EndpointStatus of the API.
        removed: set by DeleteEndpoint; a deployment under way then cleans up and stops.
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
    capture: DataCapture | None = None
    removed: bool = False
    traffic: Traffic = field(default_factory=Traffic)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def change(self, status: str, *, failure_reason: str | None = None) -> None:
        """Move to a status, now."""
        self.status = status
        self.failure_reason = failure_reason
        self.last_modified_time = clock.now()

    def described(self) -> dict[str, Any]:
        """The output of DescribeEndpoint."""
        fleet = self.traffic.fleet
        return {
            "EndpointName": self.name,
            "EndpointArn": self.arn,
            "EndpointConfigName": self.config_name,
            "ProductionVariants": fleet and [_variant(variant) for variant in fleet.variants],
            "DataCaptureConfig": self.capture and _capture(self.capture),
            "EndpointStatus": self.status,
            "FailureReason": self.failure_reason,
            "CreationTime": self.creation_time,
            "LastModifiedTime": self.last_modified_time,
            "LastDeploymentConfig": self.last_deployment_config,
            "PendingDeploymentSummary": self.pending and pending_summary(self.pending),
        }


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


def pending_summary(pending: PendingDeployment) -> dict[str, Any]:
    """PendingDeploymentSummary of the API and of the deployment event."""
    stage = {
        "Status": pending.stage,
        "StatusMessage": pending.message,
        "StartTime": pending.start_time,
    }
    fleet = pending.fleet
    return {
        "EndpointConfigName": pending.config_name,
        "ProductionVariants": fleet
        and [{**_variant(variant), "VariantStatus": [stage]} for variant in fleet.variants],
        "StartTime": pending.start_time,
    }


def _variant(variant: Variant) -> dict[str, Any]:
    return {
        "VariantName": variant.name,
        "DeployedImages": [{"SpecifiedImage": variant.image}],
        "CurrentWeight": variant.weight,
        "DesiredWeight": variant.weight,
        "CurrentInstanceCount": variant.instance_count,
        "DesiredInstanceCount": variant.instance_count,
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
