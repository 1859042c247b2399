"""Retraining: a model that drifts, gets new data or grows old is trained again."""

from mlops_constructs.retraining.policy import RetrainingPolicy
from mlops_constructs.retraining.retraining import Retraining
from mlops_constructs.retraining.schedules import ScheduledRetraining
from mlops_constructs.retraining.triggers import DriftTrigger, NewDataTrigger

__all__ = [
    "DriftTrigger",
    "NewDataTrigger",
    "Retraining",
    "RetrainingPolicy",
    "ScheduledRetraining",
]
