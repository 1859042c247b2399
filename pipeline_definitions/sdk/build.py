"""What `make definitions` writes: each model's definition and digest, and the image registries."""

import json
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from types import ModuleType

from pipeline_definitions import images
from pipeline_definitions.definition import (
    DEFINITION,
    DIGEST,
    digest_text,
    source_digests,
    unknown_placeholders,
)
from pipeline_definitions.sdk.images import registry_accounts
from pipeline_definitions.sdk.refusal import InvalidDefinition
from pipeline_definitions.sdk.render import region_problems, render
from pipeline_definitions.spec import ModelSpec
from pipeline_definitions.validation import definition_problems


def built(models: Iterable[ModelSpec]) -> dict[Path, str]:
    """Path and content of each file that is committed.

    Raises:
        InvalidDefinition: With the problems of all models; nothing should be written then.
    """
    files: dict[Path, str] = {images.PATH: json.dumps(registry_accounts(), indent=2) + "\n"}
    problems = []
    for spec in models:
        body = render(_pipeline_module(spec).build())
        found = [*region_problems(body), *definition_problems(json.loads(body))]
        problems += [f"model {spec.name!r}: {problem}" for problem in found]
        problems += unknown_placeholders(spec, body)
        files[spec.folder / DEFINITION] = body
        files[spec.folder / DIGEST] = digest_text(source_digests(spec, definition=body))
    if problems:
        raise InvalidDefinition("\n".join(problems))
    return files


def _pipeline_module(spec: ModelSpec) -> ModuleType:
    if not (spec.folder / "pipeline.py").is_file():
        raise InvalidDefinition(f"model {spec.name!r}: no pipeline.py in {spec.folder}; add it")
    return import_module(f"pipeline_definitions.{spec.folder.name}.pipeline")
