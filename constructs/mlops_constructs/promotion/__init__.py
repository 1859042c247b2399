"""Promotion: the approved model version becomes the one that serves."""

from mlops_constructs.promotion.archives import Archives
from mlops_constructs.promotion.desire import REGISTRY
from mlops_constructs.promotion.promotion import Promotion

__all__ = ["REGISTRY", "Archives", "Promotion"]
