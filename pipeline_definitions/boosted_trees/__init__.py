"""What models share that answer a question of yes or no by boosted trees: their step scripts.

A model brings `schema.json` and `preprocess.py`; all else lies here, and travels in the same
archive (`ModelSpec.shared_steps`).
"""

from pathlib import Path
from typing import Final

STEPS: Final = Path(__file__).parent / "steps"
