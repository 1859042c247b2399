"""What a model says about itself, and what is refused."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from mlops_constructs.monitoring import DataQuality, MonitorSettings
from mlops_constructs.retraining import RetrainingPolicy
from mlops_constructs.serving import Hosting, Release
from pipeline_definitions.needs import label_problems, need_problems
from pipeline_definitions.schema import SCHEMA, Schema, read_schema

LONGEST_NAME = 63
"""Of an endpoint or model package group (API reference, CreateEndpoint: EndpointName)."""

STAGE_PREFIX_BUDGET = 10
"""What is kept free for a stage's prefix and its hyphen, as in `dev-flight-delay`."""

MODELS_FILE = "pipeline_definitions/models.py"
"""Where models are listed."""

_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*")


class InvalidModels(ValueError):
    """Models that can't be deployed as they are; one sentence for each problem."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, kw_only=True)
class ModelSpec:
    """A model: its name, its folder, its scripts, and how its endpoint is spoken to.

    Attributes:
        name: Of the model; behind a stage's prefix it names pipeline, registry group and endpoint.
        folder: Holds `pipeline.py`, `definition.json`, `definition.digest` and `steps/`.
        step_scripts: The files in `steps/`, or in what it shares, that pipeline and endpoint start.
        shared_steps: A folder of scripts that it has in common with other models; they travel in
            the same archive as its own.
        content_type: Of the endpoint's requests and answers.
        monitors: What watches the endpoint, in every stage that serves it; at most one of a kind.
            All but `DataQuality` read `steps/schema.json`.
        retraining: When it is trained again.
        hosting: How it is served, in every stage that says nothing else of it; by default as the
            stage serves models.
        release: How a new version takes over, likewise.
    """

    name: str
    folder: Path
    step_scripts: tuple[str, ...]
    shared_steps: Path | None = None
    content_type: str = "text/csv"
    monitors: tuple[MonitorSettings, ...] = ()
    retraining: RetrainingPolicy = field(default_factory=RetrainingPolicy)
    hosting: Hosting | None = None
    release: Release | None = None

    @property
    def steps_folder(self) -> Path:
        """Its own scripts, and what they read."""
        return self.folder / "steps"

    @property
    def code(self) -> tuple[Path, ...]:
        """The folders that go to AWS as one code archive."""
        shared = () if self.shared_steps is None else (self.shared_steps,)
        return self.steps_folder, *shared

    @property
    def inference_script(self) -> Path:
        """What answers requests; a path in its own folder if there is no such script."""
        places = [folder / "inference.py" for folder in self.code]
        return next((place for place in places if place.is_file()), places[0])

    @property
    def schema(self) -> Schema | None:
        """What `steps/schema.json` says of requests and tables; None if there is no such file.

        Raises:
            InvalidSchema: If it is no schema.
        """
        path = self.steps_folder / SCHEMA
        return read_schema(path) if path.is_file() else None

    @property
    def request_columns(self) -> tuple[str, ...]:
        """The columns of a request, in order; none of a model without `steps/schema.json`."""
        schema = self.schema
        return tuple(schema.features) if schema else ()

    @property
    def data_prefix(self) -> str:
        """Where the model's raw data lies in a stage's data bucket."""
        return self.name

    @property
    def data_quality(self) -> DataQuality:
        """The windows that its baseline is calibrated for; the default ones without a monitor."""
        own = (monitor for monitor in self.monitors if isinstance(monitor, DataQuality))
        return next(own, DataQuality())

    @property
    def answer_monitors(self) -> tuple[MonitorSettings, ...]:
        """Those of its monitors that look at answers, and compare with answers to held-out rows."""
        return tuple(m for m in self.monitors if not isinstance(m, DataQuality))

    @property
    def own_file(self) -> str:
        """Where it is declared, as seen from the project's root."""
        return _shown(self.folder / "__init__.py")

    @property
    def shown_steps(self) -> str:
        """The folder of its scripts, as seen from the project's root."""
        return _shown(self.steps_folder)

    def problems(self) -> Iterator[str]:
        """Why this model can't be deployed, one sentence each."""
        longest = LONGEST_NAME - STAGE_PREFIX_BUDGET
        if not _NAME.fullmatch(self.name) or len(self.name) > longest:
            yield (
                f"model {self.name!r}: a name is 1 to {longest} letters, digits and inner hyphens, "
                f"got {len(self.name)} characters; change name= in {self.own_file}"
            )
        if not self.step_scripts:
            yield (
                f"model {self.name!r}: step_scripts is empty; name the files of "
                f"{self.shown_steps} that the pipeline starts"
            )
        for script in self.step_scripts:
            places = [folder / script for folder in self.code]
            if not any(place.is_file() for place in places):
                yield (
                    f"model {self.name!r}: no step script at {' or '.join(map(_shown, places))}; "
                    f"add it or take it out of step_scripts= in {self.own_file}"
                )
        yield from need_problems(self)


def models_in(*folders: str) -> tuple[ModelSpec, ...]:
    """The `MODEL` of each of these packages beside this file.

    Raises:
        InvalidModels: With one sentence for each problem of each model.
    """
    models, problems = [], []
    for folder in folders:
        path = Path(__file__).parent / folder / "__init__.py"
        found = import_module(f"{__package__}.{folder}") if path.is_file() else None
        model = getattr(found, "MODEL", None)
        if isinstance(model, ModelSpec):
            models.append(model)
        else:
            problems.append(
                f"model folder {folder!r}: no MODEL = ModelSpec(...) in {_shown(path)}; add it, or "
                f"take the folder out of {MODELS_FILE}"
            )
    if problems:
        raise InvalidModels(problems)
    return checked(*models)


def checked(*models: ModelSpec) -> tuple[ModelSpec, ...]:
    """The models as given, or every reason why they can't be deployed together.

    Raises:
        InvalidModels: With one sentence for each problem of each model.
    """
    problems = [problem for model in models for problem in model.problems()]
    problems += [
        _one_name(name, [model for model in models if model.name == name])
        for name, count in Counter(model.name for model in models).items()
        if count > 1
    ]
    problems += label_problems(models)
    if problems:
        raise InvalidModels(problems)
    return models


_COUNTED = {2: "two", 3: "three"}


def _one_name(name: str, models: Sequence[ModelSpec]) -> str:
    count = _COUNTED.get(len(models), str(len(models)))
    files = " or ".join(dict.fromkeys(model.own_file for model in models))
    return (
        f"{count} models are called {name!r}; model names must differ because they name registry "
        f"groups; change name= in {files}, or take one out of {MODELS_FILE}"
    )


def _shown(path: Path) -> str:
    """The path as seen from the project's root."""
    root = Path(__file__).parents[1]
    return str(path.relative_to(root) if path.is_relative_to(root) else path)
