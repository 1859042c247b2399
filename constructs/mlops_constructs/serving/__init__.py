"""A model's serving: the endpoint, and the rule that hears of approvals."""

from mlops_constructs.serving.approval_rule import ApprovalRule
from mlops_constructs.serving.endpoint_metric import EndpointMetric
from mlops_constructs.serving.hosting import Hosting
from mlops_constructs.serving.model_endpoint import ModelEndpoint

__all__ = ["ApprovalRule", "EndpointMetric", "Hosting", "ModelEndpoint"]
