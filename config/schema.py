"""What a stage can be told, and which of it can't be."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from config.organisation import Organisation
from config.places import Place, place_problems, places
from config.served import serving_problems
from mlops_constructs.monitoring import (
    Engine,
    LabelledSettings,
    OpenEngine,
    batch_monitor_problems,
    drift_alarm_name,
)
from mlops_constructs.names import name_problems
from mlops_constructs.problems import InvalidProps
from mlops_constructs.promotion import REGISTRY
from mlops_constructs.serving import (
    UNGUARDED,
    AllAtOnce,
    Batch,
    Hosting,
    MultiModel,
    Release,
    Shadow,
    Split,
    Trial,
    promoted_as,
)
from pipeline_definitions.spec import ModelSpec


class StageConfig(BaseModel):
    """One stage: an account and a region, the models that live there, and how they are hosted.

    `config.order.in_order` tells stages which follows which.

    Attributes:
        name: A capitalized word, such as `Dev`; it begins the names of stacks, and in lower case
            those of resources.
        account: The 12-digit account; by default the one the credentials belong to.
        region: The region; by default the one the credentials are set to.
        follows: The stage that trains for this one. What has proved itself there is proposed for
            here; a stage that follows none trains for itself.
        models: The models that are served here, and trained if it follows none.
        hosting: How models are served that say nothing themselves.
        hosting_of: The same for single models, by name, whatever they say.
        release: How a new version takes over, and what takes it back, of models that say nothing.
        release_of: The same for single models, by name, whatever they say.
        monitoring: Who runs the monitors that models name.
        capture_days: How long recorded requests and responses are kept.
        organisation: What is there already, and what is asked of names, roles and tags.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*$")]
    account: Annotated[str, Field(pattern=r"^\d{12}$")] | None = None
    region: Annotated[str, Field(pattern=r"^[a-z]{2,}(-[a-z]+)+-\d$")] | None = None
    follows: str | None = None
    models: tuple[ModelSpec, ...]
    hosting: Hosting
    hosting_of: Mapping[str, Hosting] = Field(default_factory=dict)
    release: Release = AllAtOnce()
    release_of: Mapping[str, Release] = Field(default_factory=dict)
    monitoring: Engine = OpenEngine()
    capture_days: Annotated[int, Field(ge=1)] = 90
    organisation: Organisation = Organisation()
    _followed: "StageConfig | None" = PrivateAttr(None)
    _next: str = PrivateAttr("")

    @property
    def trains(self) -> bool:
        """Whether models are trained here, and their versions registered."""
        return self.follows is None

    @property
    def keeps_data(self) -> bool:
        """Whether it has a data bucket: for what is trained or scored here, or for labels."""
        monitors = (monitor for model in self.models for monitor in model.monitors)
        labelled = any(isinstance(monitor, LabelledSettings) for monitor in monitors)
        return self.trains or self.scores_batches or labelled

    @property
    def scores_batches(self) -> bool:
        """Whether a model of it has no endpoint, but a pipeline that scores what arrived."""
        return any(isinstance(self.hosting_for(model), Batch) for model in self.models)

    @property
    def tries_versions(self) -> bool:
        """Whether versions of a model of it are tried before they are released."""
        return any(self.trial_of(model) for model in self.models)

    @property
    def names_archives(self) -> bool:
        """Whether requests to a model of it name the archive that answers them."""
        return any(isinstance(self.hosting_for(model), MultiModel) for model in self.models)

    @property
    def trained_by(self) -> "StageConfig":
        """The stage whose versions are served here: the one that it follows, or itself.

        Raises:
            InvalidProps: It follows one, and was not put in order with it.
        """
        if self.trains:
            return self
        if self._followed is None:
            raise InvalidProps(
                [
                    f"stage {self.name!r} follows {self.follows!r} but was not put in order with"
                    " it; pass both to in_order (config/stages.py)"
                ]
            )
        return self._followed

    @property
    def next_stage(self) -> str:
        """The name of the stage that follows this one; empty if none does."""
        return self._next

    def between(self, *, followed: "StageConfig | None", next_stage: str) -> "StageConfig":
        """This stage, told which one it follows and which one follows it."""
        told = self.model_copy()
        told._followed, told._next = followed, next_stage
        return told

    @property
    def short_name(self) -> str:
        """The stage's name as it stands in names of resources: `dev`."""
        return self.name.lower()

    @property
    def resource_prefix(self) -> str:
        """Begins the names of all pipelines, model package groups and endpoints: `dev-`."""
        return f"{self.organisation.prefix}{self.short_name}-"

    @property
    def stack_prefix(self) -> str:
        """Begins the names of all stacks, before a hyphen: `Dev`."""
        return f"{self.organisation.prefix}{self.name}"

    @property
    def slot_prefix(self) -> str:
        """Below it lie the SSM parameters of all models: `/perennial/dev`."""
        return f"{self.organisation.parameter_prefix}/{self.short_name}"

    @property
    def serving_stack_prefix(self) -> str:
        """Begins the names of the stacks that promotions update: `Dev-Serving-`."""
        return f"{self.stack_prefix}-Serving-"

    @property
    def monitoring_stack_prefix(self) -> str:
        """Begins the names of the stacks that watch what serves: `Dev-Monitoring-`."""
        return f"{self.stack_prefix}-Monitoring-"

    @property
    def bucket_prefix(self) -> str:
        """Begins the names of the buckets: `perennial-dev`."""
        return f"{self.organisation.prefix}perennial-{self.short_name}"

    @property
    def key_alias(self) -> str:
        """By which a stage that follows may use the key to read versions: `alias/perennial-dev`."""
        return f"alias/{self.bucket_prefix}"

    @property
    def promotion_name(self) -> str:
        """The state machine that promotes versions: `dev-promotion`."""
        return f"{self.resource_prefix}promotion"

    @property
    def retraining_name(self) -> str:
        """The state machine that trains models again: `dev-retraining`."""
        return f"{self.resource_prefix}retraining"

    def resource_name(self, model: ModelSpec) -> str:
        """What the model's pipeline, model package group and endpoint are all called."""
        return f"{self.resource_prefix}{model.name}"

    def slot_name(self, model: ModelSpec) -> str:
        """The SSM parameter that names the model's serving version."""
        return f"{self.slot_prefix}/{model.name}/slot"

    def monitoring_stack_name(self, model: ModelSpec) -> str:
        """The stack of the model's monitors, if it has any: `Dev-Monitoring-flight-delay`."""
        return f"{self.monitoring_stack_prefix}{model.name}"

    def promotion_input(self, model: ModelSpec) -> dict[str, object]:
        """What a promotion of the model is told."""
        name = self.resource_name(model)
        return {
            "model": model.name,
            "stage": self.short_name,
            "group": self.trained_by.resource_name(model),
            "endpoint": name,
            "stack": f"{self.serving_stack_prefix}{model.name}",
            "slot": self.slot_name(model),
            "monitoring": self.monitoring_stack_name(model) if model.monitors else "",
            "monitors": [monitor.kind for monitor in model.monitors],
            "next": self.next_stage,
            "approval": REGISTRY if self.trains else self.name,
            "hosting": promoted_as(self.hosting_for(model)),
        }

    def retraining_input(self, model: ModelSpec) -> dict[str, object]:
        """What a retraining of the model is told; `trigger` and `reason` come from who asks."""
        name, hosting = self.resource_name(model), promoted_as(self.hosting_for(model))
        return {
            "model": model.name,
            "stage": self.short_name,
            "group": name,
            "endpoint": name,
            "pipeline": name,
            "slot": self.slot_name(model),
            "alarms": self.drift_alarm_names(model),
            "policy": model.retraining.as_input(),
            **({} if hosting == "endpoint" else {"hosting": hosting}),
        }

    def drift_alarm_names(self, model: ModelSpec) -> list[str]:
        """The alarms for which the model is trained again."""
        name = self.resource_name(model)
        return [drift_alarm_name(name, m.kind) for m in model.monitors if m.retrains]

    def hosting_for(self, model: ModelSpec) -> Hosting:
        """How the model is served here: as the stage says of it, or it of itself, or the stage."""
        return self.hosting_of.get(model.name) or model.hosting or self.hosting

    def release_for(self, model: ModelSpec) -> Release:
        """How a new version of the model takes over here, by the same precedence.

        The stage's own release is not for a model without traffic.
        """
        said = self.release_of.get(model.name) or model.release
        stages_own = UNGUARDED if isinstance(self.hosting_for(model), Batch) else self.release
        return said or stages_own

    def trial_of(self, model: ModelSpec) -> Trial | None:
        """How a new version of the model is tried before it takes over; None if it is not."""
        release = self.release_for(model)
        return release if isinstance(release, Shadow | Split) else None

    def challenger_slot_name(self, model: ModelSpec) -> str | None:
        """The SSM parameter that names the version on trial; None if none ever is."""
        return f"{self.slot_prefix}/{model.name}/challenger" if self.trial_of(model) else None

    @model_validator(mode="after")
    def _fits_its_models(self) -> Self:
        problems = list(self._problems())
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _problems(self) -> Iterator[str]:
        names = [model.name for model in self.models]
        yield from self.organisation.key_problems(account=self.account, region=self.region)
        yield from self._bucket_problems()
        for model in self.models:
            yield from name_problems(
                f"the resource name of model {model.name!r} in stage {self.name!r}",
                self.resource_name(model),
            )
            yield from serving_problems(
                self.resource_name(model),
                self.hosting_for(model),
                self.release_for(model),
                model.monitors,
                self.organisation.network,
            )
            yield from self._batch_problems(model)
            yield from self._window_problems(model)
        yield from place_problems(self.name, list(self._places()))
        for setting, named in (("hosting_of", self.hosting_of), ("release_of", self.release_of)):
            for name in sorted(set(named) - set(names)):
                yield (
                    f"{setting} names the model {name!r}, which stage {self.name!r} does not have; "
                    f"it has {', '.join(names) or 'none'}"
                )

    def _places(self) -> Iterator[Place]:
        for model in self.models:
            hosting, name = self.hosting_for(model), self.resource_name(model)
            yield from places(model, name, hosting, trained=self.trains)

    def _bucket_problems(self) -> Iterator[str]:
        region = self.region or "ap-northeast-1"
        longest = f"{self.bucket_prefix}-artifacts-{self.account or '0' * 12}-{region}"
        if len(longest) > 63:
            yield (
                f"the buckets of stage {self.name!r} would have names of up to {len(longest)} "
                f"characters, such as {longest!r}, and S3 takes 63; shorten name= or name_prefix="
            )

    def _batch_problems(self, model: ModelSpec) -> Iterator[str]:
        hosting = self.hosting_for(model)
        if isinstance(hosting, Batch):
            yield from batch_monitor_problems(
                self.resource_name(model), hosting, model.monitors, type(self.monitoring)
            )

    def _window_problems(self, model: ModelSpec) -> Iterator[str]:
        for monitor in model.monitors:
            hours = monitor.looks_back_hours
            if hours > self.capture_days * 24:
                waits = " or labels_within_hours" * isinstance(monitor, LabelledSettings)
                yield (
                    f"monitor {monitor.kind!r} of model {model.name!r} looks back "
                    f"{hours} hours, but stage {self.name!r} keeps its capture for "
                    f"{self.capture_days} days; set capture_days to at least "
                    f"{-(-hours // 24)}, or window_hours{waits} to less"
                )
