"""Will a New York flight arrive more than 15 minutes late? Said before take-off."""

from pathlib import Path

from mlops_constructs.monitoring import DataQuality
from pipeline_definitions import boosted_trees
from pipeline_definitions.spec import ModelSpec

MODEL = ModelSpec(
    name="flight-delay",
    folder=Path(__file__).parent,
    step_scripts=("preprocess.py", "train.py", "evaluate.py", "inference.py"),
    shared_steps=boosted_trees.STEPS,
    monitors=(DataQuality(),),
)
