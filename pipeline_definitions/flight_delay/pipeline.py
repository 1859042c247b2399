"""How flight_delay is trained, judged and registered; `make definitions` writes it down."""

from sagemaker.mlops.workflow.pipeline import Pipeline

from pipeline_definitions.flight_delay import MODEL
from pipeline_definitions.sdk.gated import GatedTraining

HYPERPARAMETERS = {
    "eta": "0.1",
    "max-depth": "6",
    "min-child-weight": "20",
    "subsample": "0.8",
    "colsample-bytree": "0.8",
    "rounds": "300",
    "early-stopping-rounds": "20",
    "seed": "2013",
}

TRAINING = GatedTraining(
    model=MODEL,
    hyperparameters=HYPERPARAMETERS,
    minimum_auc=0.65,
    minimum_improvement=0.0,
)


def build() -> Pipeline:
    """The pipeline in the SageMaker SDK's own terms."""
    return TRAINING.pipeline()
