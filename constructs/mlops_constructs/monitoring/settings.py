"""What a monitor of a model is told: how often it looks, how far back, and what it may cause."""

from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class MonitorSettings(BaseModel):
    """What monitors of every kind are told.

    Both bounds of ``every_hours`` are AWS's: CloudWatch alarms look back seven days at most, so
    silence could not be noticed of a monitor that runs once a week, and Model Monitor runs at least
    daily and at most hourly.
    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-schedule-expression.html

    Attributes:
        kind: In lower case; behind the endpoint's name it names the monitor.
        every_hours: A run every so many hours of a day, counted from midnight UTC.
        window_hours: How far a run looks back. Model Monitor always judges what came since its
            last run, and does not read this.
        minimum_records: With fewer, a window is not judged, and that is said.
        retrains: Whether drift may start a retraining.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str]
    every_hours: Annotated[int, Field(ge=1, le=24)] = 24
    window_hours: Annotated[int, Field(ge=1)] = 168
    minimum_records: Annotated[int, Field(ge=1)] = 500
    retrains: bool = True

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
