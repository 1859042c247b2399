"""A model's serving: the endpoint, and the rule that hears of approvals."""

from mlops_constructs.serving.approval_rule import (
    VERDICT,
    VERDICT_AND_LIFE_CYCLE,
    ApprovalRule,
)
from mlops_constructs.serving.endpoint_metric import EndpointMetric
from mlops_constructs.serving.hosting import Hosting
from mlops_constructs.serving.model_endpoint import ModelEndpoint

__all__ = [
    "VERDICT",
    "VERDICT_AND_LIFE_CYCLE",
    "ApprovalRule",
    "EndpointMetric",
    "Hosting",
    "ModelEndpoint",
]
