"""Retraining: a model that drifts, gets new data or grows old is trained again."""

from mlops_constructs.retraining.policy import RetrainingPolicy
from mlops_constructs.retraining.retraining import Retraining

__all__ = ["Retraining", "RetrainingPolicy"]
