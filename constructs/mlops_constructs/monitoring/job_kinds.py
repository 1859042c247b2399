"""In what the jobs of Model Monitor's four kinds differ."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from mlops_constructs.monitoring.monitor_images import (
    ANALYZER_IMAGE,
    CLARIFY_IMAGE,
    MERGER_IMAGE,
)
from mlops_constructs.monitoring.settings import (
    Attribution,
    Bias,
    DataQuality,
    LabelledSettings,
    ModelQuality,
    MonitorSettings,
    ProblemType,
)
from mlops_constructs.problems import InvalidProps

SHARED_RUNTIME_SECONDS: Final = 1800
"""The most an hourly execution may take whose merge job and analysis job share it.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-schedule.html
"""

NDCG_BOUND: Final = 0.9
"""Model Monitor's own, which nothing changes.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-model-attribution-drift-violations.html
"""

ANSWER: Final = "0"
"""The column of an answer that is looked at: there is one, and AWS counts from zero."""


@dataclass(frozen=True, kw_only=True)
class JobKind:
    """What a kind adds to what all jobs are told.

    Attributes:
        monitoring_type: Model Monitor's word; `AWS::SageMaker::<it>JobDefinition` is the type.
        image: Of the analysis, with placeholders.
        constraints: The file below a version's baseline that a run is held against.
        statistics: Another, if the kind takes one.
        problem_type: What answers are, if the kind asks.
        analysis_config: Where below the baseline Clarify's configuration lies, if it takes one.
        attributes: Which part of an answer is looked at, and how.
        of_exchanges: More of them where an endpoint captured answers together with their requests;
            a batch transform's lie in files of their own.
        publishes: Whether its own metrics are worth having.
        max_runtime_seconds: Of an execution; the next must not begin before.
    """

    monitoring_type: str
    image: str
    constraints: str
    statistics: str | None = None
    problem_type: ProblemType | None = None
    analysis_config: str | None = None
    attributes: Mapping[str, object] = field(default_factory=dict)
    of_exchanges: Mapping[str, object] = field(default_factory=dict)
    publishes: bool = True
    max_runtime_seconds: int = SHARED_RUNTIME_SECONDS


def job_kind(settings: MonitorSettings) -> JobKind:
    """The kind of a monitor's jobs.

    Raises:
        InvalidProps: Model Monitor has none for it, or can't be told what it is told.
    """
    match settings:
        case DataQuality():
            return _DATA_QUALITY
        case ModelQuality():
            return _model_quality(settings)
        case Bias():
            return _bias(settings)
        case Attribution():
            return _attribution(settings)
    raise InvalidProps(
        [
            f"Model Monitor has no jobs for a monitor of kind {settings.kind!r}; it has them for "
            "data-quality, model-quality, bias and attribution"
        ]
    )


def images_of(settings: MonitorSettings) -> str:
    """All images that an execution runs, with placeholders: the merge job has its own."""
    merger = [MERGER_IMAGE] if isinstance(settings, LabelledSettings) else []
    return " ".join([job_kind(settings).image, *merger])


_DATA_QUALITY: Final = JobKind(
    monitoring_type="DataQuality",
    image=ANALYZER_IMAGE,
    constraints="constraints_of_one_run.json",
    statistics="statistics.json",
    # A captured answer stands before its request; baselines are of requests:
    # https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-create-baseline.html
    of_exchanges={"ExcludeFeaturesAttribute": ANSWER},
    # One for each column and no aggregate; AWS's pages disagree about where they are.
    publishes=False,
)


def _model_quality(settings: ModelQuality) -> JobKind:
    binary = {
        "ProbabilityAttribute": ANSWER,
        "ProbabilityThresholdAttribute": settings.probability_threshold,
    }
    whole = {"InferenceAttribute": ANSWER}
    return JobKind(
        monitoring_type="ModelQuality",
        image=ANALYZER_IMAGE,
        constraints="model-quality/constraints.json",
        problem_type=settings.problem_type,
        attributes=binary if settings.problem_type == "BinaryClassification" else whole,
    )


def _bias(settings: Bias) -> JobKind:
    # Without InferenceAttribute an answer in CSV is taken for one score or probability.
    return JobKind(
        monitoring_type="ModelBias",
        image=CLARIFY_IMAGE,
        constraints="bias/constraints.json",
        analysis_config="bias/analysis_config.json",
        attributes={"ProbabilityThresholdAttribute": settings.probability_threshold},
    )


def _attribution(settings: Attribution) -> JobKind:
    if settings.minimum_ndcg not in (None, NDCG_BOUND):
        raise InvalidProps(
            [
                f"minimum_ndcg must be {NDCG_BOUND} with Model Monitor, which knows no other "
                f"bound, got {settings.minimum_ndcg}; leave it out, or choose OpenEngine"
            ]
        )
    return JobKind(
        monitoring_type="ModelExplainability",
        image=CLARIFY_IMAGE,
        constraints="attribution/analysis.json",
        analysis_config="attribution/analysis_config.json",
        # No merge job, but an endpoint that starts and stops: half of what lies between two runs.
        max_runtime_seconds=settings.every_hours * 1800,
    )
