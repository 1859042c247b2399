"""How often a model may be trained again, and by what."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class RetrainingPolicy(BaseModel):
    """When a model is trained again. A drift alarm and a person may always ask for it.

    Attributes:
        cool_down_hours: From the start of one run to the start of the next.
        runs_per_day: The most runs that may start within any 24 hours.
        on_new_data: Whether new files below the model's prefix in the data bucket ask for a run.
        every_days: Asks for a run every so many days; by default never.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cool_down_hours: Annotated[int, Field(ge=1, le=336)] = 24
    runs_per_day: Annotated[int, Field(ge=1, le=10)] = 2
    on_new_data: bool = False
    every_days: Annotated[int, Field(ge=1, le=365)] | None = None

    @model_validator(mode="after")
    def _schedule_can_be_kept(self) -> Self:
        if self.every_days is not None and self.every_days * 24 < self.cool_down_hours:
            raise ValueError(
                f"every_days ({self.every_days}) must be at least the cool-down of "
                f"{self.cool_down_hours} hours, or runs would fall behind their schedule"
            )
        return self

    def as_input(self) -> dict[str, int]:
        """What the machine is told of it."""
        return {"coolDownHours": self.cool_down_hours, "runsPerDay": self.runs_per_day}
