"""Where the scripts of baselines and monitors lie; training and monitoring upload them both."""

from pathlib import Path
from typing import Final

MONITOR_STEPS: Final = Path(__file__).parent / "monitoring" / "steps"
"""Plain scripts that run in AWS's scikit-learn image."""
