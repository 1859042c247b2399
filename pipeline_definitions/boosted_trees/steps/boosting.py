"""XGBoost without the scikit-learn that it loads for wrappers of its own, which nobody here uses.

That is three quarters of the time from an instance's start to its first answer.
"""

import sys

_loaded = sys.modules.get("sklearn")
sys.modules["sklearn"] = None  # type: ignore[assignment]  # to Python, what can't be imported
try:
    import xgboost
finally:
    del sys.modules["sklearn"]
    if _loaded:
        sys.modules["sklearn"] = _loaded

__all__ = ["xgboost"]
