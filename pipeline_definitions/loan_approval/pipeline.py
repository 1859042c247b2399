"""How loan_approval is trained, judged and registered; `make definitions` writes it down."""

from sagemaker.mlops.workflow.pipeline import Pipeline

from pipeline_definitions.loan_approval import MODEL
from pipeline_definitions.sdk.gated import GatedTraining

# Chosen by the log loss of the validation rows, which hardly tells depths of 2 to 4 apart.
HYPERPARAMETERS = {
    "eta": "0.05",
    "max-depth": "3",
    "min-child-weight": "2",
    "subsample": "0.8",
    "colsample-bytree": "0.5",
    "rounds": "600",
    "early-stopping-metric": "logloss",
    "early-stopping-rounds": "50",
    "seed": "1990",
}

TRAINING = GatedTraining(
    model=MODEL,
    hyperparameters=HYPERPARAMETERS,
    minimum_auc=0.75,
    minimum_improvement=0.0,
)


def build() -> Pipeline:
    """The pipeline in the SageMaker SDK's own terms."""
    return TRAINING.pipeline()
