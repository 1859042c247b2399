"""A challenger beside the champion: which of them is better."""

from mlops_constructs.comparison.comparison import Comparison, comparison_name, result_key

__all__ = ["Comparison", "comparison_name", "result_key"]
