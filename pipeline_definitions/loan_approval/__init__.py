"""Would a lender in Boston have approved this mortgage? Asked of each application."""

from pathlib import Path

from mlops_constructs.monitoring import Attribution, Bias, Facet, ModelQuality
from pipeline_definitions import boosted_trees
from pipeline_definitions.spec import ModelSpec

LABELS = "loan-approval-decisions"
"""Where in the data bucket lenders' decisions arrive."""

DECIDED_WITHIN_HOURS = 48

APPROVES_FROM = 0.75
"""From this probability on an application counts as approved: so the model approves about as many
of the validation rows as the lenders did."""

MODEL = ModelSpec(
    name="loan-approval",
    folder=Path(__file__).parent,
    step_scripts=("preprocess.py", "train.py", "evaluate.py", "inference.py"),
    shared_steps=boosted_trees.STEPS,
    monitors=(
        ModelQuality(
            ground_truth_prefix=LABELS,
            labels_within_hours=DECIDED_WITHIN_HOURS,
            problem_type="BinaryClassification",
            probability_threshold=APPROVES_FROM,
        ),
        Bias(
            ground_truth_prefix=LABELS,
            labels_within_hours=DECIDED_WITHIN_HOURS,
            label="approve",
            favourable=("1",),
            facets=(
                Facet(name="race", values=("black", "hispanic")),
                Facet(name="sex", values=("female",)),
            ),
            probability_threshold=APPROVES_FROM,
            # So many that 150 of them are of a minority: README.md, "What it can't say".
            minimum_records=1000,
            # A model that learns the same decisions once more treats groups no better.
            retrains=False,
        ),
        # It says that answers rest on other things, and not that they are worse.
        Attribution(retrains=False),
    ),
)
