"""How flight_delay is trained, judged and registered; `make definitions` writes it down."""

from sagemaker.core.workflow.conditions import ConditionGreaterThanOrEqualTo
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.parameters import ParameterFloat, ParameterString
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.fail_step import FailStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.steps import ProcessingStep, TrainingStep

from pipeline_definitions.flight_delay import MODEL
from pipeline_definitions.sdk.baseline import baseline_step
from pipeline_definitions.sdk.images import Image
from pipeline_definitions.sdk.jobs import output_of, processing_step, training_step
from pipeline_definitions.sdk.pipelines import pipeline
from pipeline_definitions.sdk.registration import register_step

INPUT_DATA = ParameterString(
    "InputDataUri", default_value=f"s3://${{DataBucketName}}/{MODEL.data_prefix}/"
)
DATA_VERSION = ParameterString("DataVersion", default_value="unversioned")
REASON = ParameterString("Reason", default_value="started by a person")
CHAMPION_MODEL = ParameterString("ChampionModelUri", default_value="${NoChampionUri}")
CHAMPION_PACKAGE = ParameterString("ChampionPackageArn", default_value="NONE")
MINIMUM_AUC = ParameterFloat("MinimumAuc", default_value=0.65)
MINIMUM_IMPROVEMENT = ParameterFloat("MinimumImprovement", default_value=0.0)
PROCESSING_INSTANCE = ParameterString("ProcessingInstanceType", default_value="ml.m5.large")
TRAINING_INSTANCE = ParameterString("TrainingInstanceType", default_value="ml.m5.xlarge")
PARAMETERS = [
    INPUT_DATA, DATA_VERSION, REASON, CHAMPION_MODEL, CHAMPION_PACKAGE, MINIMUM_AUC,
    MINIMUM_IMPROVEMENT, PROCESSING_INSTANCE, TRAINING_INSTANCE,
]  # fmt: skip

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

EVALUATION = PropertyFile("Evaluation", output_name="evaluation", path="evaluation.json")


def build() -> Pipeline:
    """Preprocess, train, evaluate, and beside that the baseline; register what passes the gate."""
    data = preprocess()
    trained = train(data)
    judged = evaluate(data, trained)
    baseline = baseline_step("Baseline", model=MODEL, data=data, instance_type=PROCESSING_INSTANCE)
    return pipeline(
        parameters=PARAMETERS,
        steps=[data, trained, judged, baseline, gate(trained, judged, baseline)],
    )


def preprocess() -> ProcessingStep:
    """Joins, labels and splits the raw files."""
    return processing_step(
        "Preprocess", image=Image.SKLEARN, script="preprocess.py",
        instance_type=PROCESSING_INSTANCE, inputs={"data": INPUT_DATA},
        outputs=["train", "validation", "test", "report"],
        arguments={"data-version": DATA_VERSION, "reason": REASON},
    )  # fmt: skip


def train(data: ProcessingStep) -> TrainingStep:
    """Fits the challenger."""
    return training_step(
        "Train", image=Image.XGBOOST, script="train.py", instance_type=TRAINING_INSTANCE,
        channels={name: output_of(data, name) for name in ("train", "validation")},
        hyperparameters=HYPERPARAMETERS,
    )  # fmt: skip


def evaluate(data: ProcessingStep, trained: TrainingStep) -> ProcessingStep:
    """Scores challenger and champion on the same held-out flights."""
    return processing_step(
        "Evaluate", image=Image.XGBOOST, script="evaluate.py", instance_type=PROCESSING_INSTANCE,
        inputs={
            "challenger": trained.properties.ModelArtifacts.S3ModelArtifacts,
            "champion": CHAMPION_MODEL,
            "test": output_of(data, "test"),
        },
        outputs=["evaluation"],
        arguments={"champion-package": CHAMPION_PACKAGE},
        property_files=[EVALUATION],
    )  # fmt: skip


def gate(trained: TrainingStep, judged: ProcessingStep, baseline: ProcessingStep) -> ConditionStep:
    """Lets a challenger into the registry that is good enough, and no worse than the champion."""

    def figure(name: str) -> JsonGet:
        return JsonGet(step_name=judged.name, property_file=EVALUATION, json_path=f"gate.{name}")

    register = register_step(
        "Register", image=Image.XGBOOST, model=trained.properties.ModelArtifacts.S3ModelArtifacts,
        content_type=MODEL.content_type, evaluation=output_of(judged, "evaluation"),
        baseline=output_of(baseline, "baseline"),
        metadata={
            "DataVersion": DATA_VERSION,
            "CodeDigest": "${CodeDigest}",
            "Hyperparameters": " ".join(f"{n}={value}" for n, value in HYPERPARAMETERS.items()),
            "Reason": REASON,
            "ChampionPackageArn": CHAMPION_PACKAGE,
        },
    )  # fmt: skip
    fail = FailStep(
        "Fail",
        error_message=Join(
            on=" ",
            values=[
                figure("summary"),
                "but the gate wants an AUC of at least", MINIMUM_AUC,
                "and an improvement of at least", MINIMUM_IMPROVEMENT,
            ],
        ),
    )  # fmt: skip
    return ConditionStep(
        "Gate",
        conditions=[
            ConditionGreaterThanOrEqualTo(left=figure("auc"), right=MINIMUM_AUC),
            ConditionGreaterThanOrEqualTo(left=figure("improvement"), right=MINIMUM_IMPROVEMENT),
        ],
        if_steps=[register],
        else_steps=[fail],
        depends_on=[baseline],
    )
