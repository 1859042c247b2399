"""What monitors need of a model, and what is refused."""

import ast
from collections.abc import Iterator, Sequence
from itertools import combinations, product
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mlops_constructs.monitoring import (
    Attribution,
    Bias,
    DataQuality,
    LabelledSettings,
    MonitorSettings,
)
from mlops_constructs.prefixes import below, overlap
from pipeline_definitions.schema import SCHEMA, InvalidSchema, Schema

if TYPE_CHECKING:
    from pipeline_definitions.spec import ModelSpec

EXPLAIN: Final = "explain_fn"
"""`explain_fn(rows, model)` in inference.py, beside the four functions that serve: what `input_fn`
and `model_fn` gave, to the names of the model's features and a float array, rows by features, of
their SHAP contributions, without the bias column."""


def need_problems(model: "ModelSpec") -> Iterator[str]:
    """Yields why a model's monitors could not work, one sentence each."""
    for monitor in model.monitors:
        if isinstance(monitor, Attribution) and EXPLAIN not in _functions(model.inference_script):
            yield (
                f"model {model.name!r}: its Attribution monitor needs a function "
                f"{EXPLAIN}(rows, model) in {model.shown_steps}/inference.py, and there is none; "
                f"add it, or take the monitor out of monitors= in {model.own_file}"
            )
    yield from _schema_problems(model)
    for prefix in _label_prefixes(model):
        if below(prefix, model.data_prefix):
            yield (
                f"model {model.name!r}: ground_truth_prefix {prefix!r} lies below "
                f"{model.data_prefix!r}, where its training data lies, so that labels would start "
                f"trainings; choose one beside it in {model.own_file}"
            )


def label_problems(models: Sequence["ModelSpec"]) -> Iterator[str]:
    """Yields where labels of a model lie among the labels or the training data of another."""
    for model, other in product(models, models):
        for prefix in _label_prefixes(model):
            if other.name != model.name and below(prefix, other.data_prefix):
                yield (
                    f"model {model.name!r}: ground_truth_prefix {prefix!r} lies below "
                    f"{other.data_prefix!r}, where the training data of model {other.name!r} lies; "
                    f"choose one beside it in {model.own_file}"
                )
    for model, other in combinations(models, 2):
        for own, others in product(_label_prefixes(model), _label_prefixes(other)):
            if overlap(own, others):
                yield (
                    f"models {model.name!r} and {other.name!r} have their labels below {own!r} and "
                    f"{others!r}, among each other's; a label does not say of which model it is, "
                    f"so change a ground_truth_prefix in {model.own_file} or {other.own_file}"
                )


def _schema_problems(model: "ModelSpec") -> Iterator[str]:
    asking = [_kind(monitor) for monitor in model.answer_monitors]
    shown = f"{model.shown_steps}/{SCHEMA}"
    try:
        schema = model.schema
    except InvalidSchema as error:
        yield f"model {model.name!r}: {shown} {error}"
        return
    if schema is not None:
        for monitor in model.monitors:
            for problem in _unknown_to(schema, monitor):
                yield (
                    f"model {model.name!r}: its {_kind(monitor)} monitor {problem}; change {shown} "
                    f"or {model.own_file}"
                )
    elif asking:
        yield (
            f"model {model.name!r}: no {shown}, which tells {', '.join(asking)} what a request "
            f"holds; add it, or take them out of monitors= in {model.own_file}"
        )


def _unknown_to(schema: Schema, monitor: MonitorSettings) -> Iterator[str]:
    if isinstance(monitor, DataQuality) and schema.time is None:
        yield 'needs the column that says when, but there is no "time"'
    if isinstance(monitor, LabelledSettings) and schema.label is None:
        yield 'needs the column that says what truly happened, but there is no "label"'
    if isinstance(monitor, Bias):
        if schema.label is not None and monitor.label != schema.label:
            yield f"has the label {monitor.label!r}, but that of the tables is {schema.label!r}"
        for facet in monitor.facets:
            if facet.name not in schema.features:
                yield (
                    f"has the facet {facet.name!r}, but a request holds only "
                    f"{', '.join(schema.features)}"
                )


def _label_prefixes(model: "ModelSpec") -> list[str]:
    labelled = (m for m in model.monitors if isinstance(m, LabelledSettings))
    return list(dict.fromkeys(monitor.ground_truth_prefix for monitor in labelled))


def _kind(monitor: MonitorSettings) -> str:
    return type(monitor).__name__


def _functions(script: Path) -> set[str]:
    """The names of the functions at a module's top; none of a file that is not there."""
    if not script.is_file():
        return set()
    module = ast.parse(script.read_text(encoding="utf-8"), filename=str(script))
    return {node.name for node in module.body if isinstance(node, ast.FunctionDef)}
