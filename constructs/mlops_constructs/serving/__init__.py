"""A model's serving: the endpoint, how it is released, and the rule that hears of approvals."""

from mlops_constructs.serving.approval_rule import (
    VERDICT,
    VERDICT_AND_LIFE_CYCLE,
    ApprovalRule,
)
from mlops_constructs.serving.endpoint_metric import EndpointMetric
from mlops_constructs.serving.hosting import Hosting
from mlops_constructs.serving.model_endpoint import ModelEndpoint
from mlops_constructs.serving.release import AllAtOnce, Canary, Linear, ReleasePolicy
from mlops_constructs.serving.release_fit import marketplace_problems, release_problems
from mlops_constructs.serving.rollback_alarm import RollbackAlarm, RollbackAlarms

__all__ = [
    "VERDICT",
    "VERDICT_AND_LIFE_CYCLE",
    "AllAtOnce",
    "ApprovalRule",
    "Canary",
    "EndpointMetric",
    "Hosting",
    "Linear",
    "ModelEndpoint",
    "ReleasePolicy",
    "RollbackAlarm",
    "RollbackAlarms",
    "marketplace_problems",
    "release_problems",
]
