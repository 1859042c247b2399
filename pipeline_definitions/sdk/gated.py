"""The pipeline of a model that a floor and the champion hold back, by the area under its ROC."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sagemaker.core.workflow.conditions import ConditionGreaterThanOrEqualTo
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.parameters import ParameterFloat, ParameterString
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.fail_step import FailStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.steps import ProcessingStep, TrainingStep

from pipeline_definitions.sdk.baseline import baseline_step, baselines, model_baseline_step
from pipeline_definitions.sdk.images import Image
from pipeline_definitions.sdk.jobs import output_of, processing_step, training_step
from pipeline_definitions.sdk.pipelines import pipeline
from pipeline_definitions.sdk.registration import register_step
from pipeline_definitions.spec import ModelSpec

DATA_VERSION = ParameterString("DataVersion", default_value="unversioned")
REASON = ParameterString("Reason", default_value="started by a person")
CHAMPION_MODEL = ParameterString("ChampionModelUri", default_value="${NoChampionUri}")
CHAMPION_PACKAGE = ParameterString("ChampionPackageArn", default_value="NONE")
PROCESSING_INSTANCE = ParameterString("ProcessingInstanceType", default_value="ml.m5.large")
TRAINING_INSTANCE = ParameterString("TrainingInstanceType", default_value="ml.m5.xlarge")

EVALUATION = PropertyFile("Evaluation", output_name="evaluation", path="evaluation.json")


@dataclass(frozen=True, kw_only=True)
class GatedTraining:
    """How a model is trained, judged and registered; its scripts do the work.

    It starts preprocess.py, train.py and evaluate.py of the model's archive
    (docs/how-to/add-a-model.md says what they write), and whoever starts a run may set others than
    the values given here, as the parameters `MinimumAuc` and `MinimumImprovement`.

    Attributes:
        model: What is trained.
        hyperparameters: Handed to train.py as `--<name> <value>`.
        minimum_auc: A challenger with less is not registered.
        minimum_improvement: Nor is one that gains less over the champion, or over chance while
            there is none.
    """

    model: ModelSpec
    hyperparameters: Mapping[str, str]
    minimum_auc: float
    minimum_improvement: float

    def pipeline(self) -> Pipeline:
        """Preprocess, train, evaluate, and beside that the baselines; register what passes."""
        floor = ParameterFloat("MinimumAuc", default_value=self.minimum_auc)
        gain = ParameterFloat("MinimumImprovement", default_value=self.minimum_improvement)
        input_data = ParameterString(
            "InputDataUri", default_value=f"s3://${{DataBucketName}}/{self.model.data_prefix}/"
        )
        data = _preprocess(input_data)
        trained = self._train(data)
        judged = _evaluate(data, trained)
        requests, answers = self._requests_baseline(data), self._answers_baseline(data, trained)
        described = [step for step in (requests, answers) if step]
        return pipeline(
            parameters=[
                input_data, DATA_VERSION, REASON, CHAMPION_MODEL, CHAMPION_PACKAGE, floor, gain,
                PROCESSING_INSTANCE, TRAINING_INSTANCE,
            ],
            steps=[
                data, trained, judged, *described,
                ConditionStep(
                    "Gate",
                    conditions=[
                        ConditionGreaterThanOrEqualTo(left=_figure("auc"), right=floor),
                        ConditionGreaterThanOrEqualTo(left=_figure("improvement"), right=gain),
                    ],
                    if_steps=[self._register(trained, judged, requests, answers)],
                    else_steps=[_fail(floor, gain)],
                    depends_on=described,
                ),
            ],
        )  # fmt: skip

    def _train(self, data: ProcessingStep) -> TrainingStep:
        return training_step(
            "Train", image=Image.XGBOOST, script="train.py", instance_type=TRAINING_INSTANCE,
            channels={name: output_of(data, name) for name in ("train", "validation")},
            hyperparameters=self.hyperparameters,
        )  # fmt: skip

    def _requests_baseline(self, data: ProcessingStep) -> ProcessingStep | None:
        """Also without a monitor that reads it, so that one can be added later; it takes times."""
        if self.model.schema and self.model.schema.time is None:
            return None
        return baseline_step(
            "Baseline", model=self.model, data=data, instance_type=PROCESSING_INSTANCE
        )

    def _answers_baseline(
        self, data: ProcessingStep, trained: TrainingStep
    ) -> ProcessingStep | None:
        if not self.model.answer_monitors:
            return None
        return model_baseline_step(
            "ModelBaseline", model=self.model, trained=trained, data=data,
            instance_type=PROCESSING_INSTANCE,
        )  # fmt: skip

    def _register(
        self,
        trained: TrainingStep,
        judged: ProcessingStep,
        requests: ProcessingStep | None,
        answers: ProcessingStep | None,
    ) -> Any:
        return register_step(
            "Register", image=Image.XGBOOST,
            model=trained.properties.ModelArtifacts.S3ModelArtifacts,
            content_type=self.model.content_type, evaluation=output_of(judged, "evaluation"),
            baselines=baselines(self.model, requests=requests, answers=answers),
            metadata={
                "DataVersion": DATA_VERSION,
                "CodeDigest": "${CodeDigest}",
                "Hyperparameters": " ".join(f"{n}={v}" for n, v in self.hyperparameters.items()),
                "Reason": REASON,
                "ChampionPackageArn": CHAMPION_PACKAGE,
            },
        )  # fmt: skip


def _preprocess(input_data: ParameterString) -> ProcessingStep:
    """Labels and splits the raw files."""
    return processing_step(
        "Preprocess", image=Image.SKLEARN, script="preprocess.py",
        instance_type=PROCESSING_INSTANCE, inputs={"data": input_data},
        outputs=["train", "validation", "test", "report"],
        arguments={"data-version": DATA_VERSION, "reason": REASON},
    )  # fmt: skip


def _evaluate(data: ProcessingStep, trained: TrainingStep) -> ProcessingStep:
    """Scores challenger and champion on the same held-out rows."""
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


def _figure(name: str) -> JsonGet:
    """What evaluate.py says of the challenger."""
    return JsonGet(step_name="Evaluate", property_file=EVALUATION, json_path=f"gate.{name}")


def _fail(floor: ParameterFloat, gain: ParameterFloat) -> FailStep:
    """Ends the run with the figures that were not enough."""
    return FailStep(
        "Fail",
        error_message=Join(
            on=" ",
            values=[
                _figure("summary"),
                "but the gate wants an AUC of at least", floor,
                "and an improvement of at least", gain,
            ],
        ),
    )  # fmt: skip
