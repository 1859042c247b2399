"""What a monitor of a model is told: how often it looks, how far back, and what it may cause."""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator


class MonitorSettings(BaseModel):
    """What monitors of every kind are told.

    Both bounds of ``every_hours`` are AWS's: CloudWatch alarms look back seven days at most, so
    silence could not be noticed of a monitor that runs once a week, and Model Monitor runs at least
    daily and at most hourly.
    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-schedule-expression.html

    Attributes:
        kind: In lower case; behind the endpoint's name it names the monitor.
        finds: What it has found when it found drift, as the end of a sentence.
        every_hours: A run every so many hours of a day, counted from midnight UTC.
        window_hours: How far a run looks back. Model Monitor always judges what came since its
            last run, and does not read this.
        minimum_records: With fewer, a window is not judged, and that is said.
        retrains: Whether drift may start a retraining.
        stale_after_days: A baseline that is older rings: what the world was like then says little
            of today. The default is as long as a stage keeps its capture by default.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str]
    finds: ClassVar[str]
    every_hours: Annotated[int, Field(ge=1, le=24)] = 24
    window_hours: Annotated[int, Field(ge=1)] = 168
    minimum_records: Annotated[int, Field(ge=1)] = 500
    retrains: bool = True
    stale_after_days: Annotated[int, Field(ge=1)] = 90

    @property
    def looks_back_hours(self) -> int:
        """How old the oldest record may be that a run judges."""
        return self.window_hours

    @property
    def headline(self) -> str:
        """The one figure that says most of its windows, for people; empty if there is none."""
        return ""

    @model_validator(mode="after")
    def _looks_at_all_traffic(self) -> Self:
        if self.window_hours < self.every_hours:
            raise ValueError(
                f"window_hours must be at least every_hours ({self.every_hours}), got "
                f"{self.window_hours}: a window shorter than the schedule leaves traffic that "
                "nobody looks at"
            )
        return self


class DataQuality(MonitorSettings):
    """Whether requests look as they did in training: types, missing values, distributions.

    DataQuality()                                   a week, judged every day
    DataQuality(every_hours=6, window_hours=48)     two days, judged four times a day
    """

    kind = "data-quality"
    finds = "requests differ from those of training"


ProblemType: TypeAlias = Literal["BinaryClassification", "MulticlassClassification", "Regression"]
"""Model Monitor's words (API reference, ModelQualityAppSpecification: ProblemType)."""

_HEADLINES: Mapping[str, str] = {
    "BinaryClassification": "AUC",
    "MulticlassClassification": "weighted F1",
    "Regression": "RMSE",
}

Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]

_PREFIX = re.compile(r"[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)*")


class LabelledSettings(MonitorSettings):
    """What monitors are told that need to know what truly happened.

    A label is a JSON line as AWS documents it, with the inference id (or, without one, the event
    id) of the request that it belongs to:
    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html

    Attributes:
        ground_truth_prefix: In the stage's data bucket; label files lie below it, in
            `<yyyy>/<mm>/<dd>/<hh>/` of the hour (UTC) in which they were collected.
        labels_within_hours: How long a window waits for its labels: a run judges the window that
            ended so many hours before it.
        minimum_coverage: With labels for a smaller share of its records a window is not judged, and
            that is said. Of the open engine only.
    """

    ground_truth_prefix: str
    labels_within_hours: Annotated[int, Field(ge=0, le=24 * 60)] = 24
    minimum_coverage: Share = 0.5

    @property
    def looks_back_hours(self) -> int:
        """How old the oldest record may be that a run judges: it waited for its label."""
        return self.window_hours + self.labels_within_hours

    @model_validator(mode="after")
    def _prefix_is_a_folder(self) -> Self:
        if not _PREFIX.fullmatch(self.ground_truth_prefix):
            raise ValueError(
                "ground_truth_prefix must be lower-case letters, digits and hyphens, with slashes "
                f"only between them, got {self.ground_truth_prefix!r}"
            )
        return self


class ModelQuality(LabelledSettings):
    """Whether answers are as right as they were on held-out data.

    ModelQuality(ground_truth_prefix="labels", problem_type="BinaryClassification")

    Attributes:
        problem_type: What answers and labels are: the probability of "1" and "0" or "1"; a class
            and a class; a number and a number.
        probability_threshold: From which probability on the answer counts as "1".
        thresholds: By metric (as Model Monitor names it: auc, recall, rmse, ...) the value beyond
            which it is a violation; for others it comes from the held-out data.
    """

    kind = "model-quality"
    finds = "answers are less right than they were on held-out data"
    problem_type: ProblemType
    probability_threshold: Share = 0.5
    thresholds: Mapping[str, float] = {}

    @property
    def headline(self) -> str:
        """What its problem is judged by."""
        return _HEADLINES[self.problem_type]


class Facet(BaseModel):
    """A group that must not be worse off for being one.

    Attributes:
        name: A column of the requests.
        values: Its values in the group that may be disadvantaged, all others are the other group.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    values: Annotated[tuple[str, ...], Field(min_length=1)]


class Bias(LabelledSettings):
    """Whether groups are treated more differently than they were on held-out data.

    Bias(ground_truth_prefix="labels", label="approved", favourable=("1",),
         facets=(Facet(name="black", values=("1",)),))

    Metrics and their names are Clarify's:
    https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-measure-data-bias.html
    https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-measure-post-training-bias.html

    Attributes:
        label: The column of the training tables that says what truly happened.
        favourable: Its values that are good for whom they are said of. An answer that is a
            probability counts as "1" from `probability_threshold` on, else as "0".
        facets: The groups.
        probability_threshold: From which probability on the answer counts as "1".
        thresholds: By metric (DPPL, RD, DI, ...) how far from fair (0; of DI, 1) it may be; for
            others it comes from the held-out data.
        group_variable: A column of the requests; groups are compared within each of its values as
            well (CDDL, CDDPL).
    """

    kind = "bias"
    finds = "groups are treated more differently than they were on held-out data"
    label: str
    favourable: Annotated[tuple[str, ...], Field(min_length=1)]
    facets: Annotated[tuple[Facet, ...], Field(min_length=1)]
    probability_threshold: Share = 0.5
    thresholds: Mapping[str, float] = {}
    group_variable: str | None = None

    @property
    def headline(self) -> str:
        """Whichever is nearest to its threshold."""
        return "the metric nearest to its threshold"


class Attribution(MonitorSettings):
    """Whether answers rest on the same features as they did on held-out data.

    Attribution()                       as alike as the held-out rows' own windows are
    Attribution(minimum_ndcg=0.9)       what Model Monitor asks for, which hardly anything misses

    Compared is the ranking of features by their mean absolute SHAP value, by normalized discounted
    cumulative gain:
    https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-feature-attribution-drift.html

    Attributes:
        minimum_ndcg: Less is a violation, unless the baseline's own windows have less; 1 is the
            baseline's own ranking. None: 0.98. Model Monitor always asks for 0.9.
        explained_records: At most so many records of a window are explained, drawn evenly.
    """

    kind = "attribution"
    finds = "answers rest on other features than they did on held-out data"
    minimum_ndcg: Share | None = None
    explained_records: Annotated[int, Field(ge=100)] = 10_000

    @property
    def headline(self) -> str:
        """How alike the rankings are."""
        return "NDCG"
