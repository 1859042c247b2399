"""`make definitions`: write each model's definition.json from its pipeline.py.

`python -m pipeline_definitions --check` writes nothing, and fails if a file would change.
"""

import argparse
import importlib.util
import json
import logging
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from pipeline_definitions import images
from pipeline_definitions.definition import DEFINITION, DIGEST, digest_text, source_digests
from pipeline_definitions.models import MODELS
from pipeline_definitions.spec import ModelSpec
from pipeline_definitions.validation import definition_problems


def main(argv: list[str] | None = None) -> int:
    """Write or check the files of every model; 0 if all is well."""
    parser = argparse.ArgumentParser(prog="python -m pipeline_definitions", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing, fail if a file differs"
    )
    check = parser.parse_args(argv).check
    problems = [problem for spec in MODELS for problem in _renew(spec, check=check)]
    problems += _put(images.PATH, _accounts_text(), check=check)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _renew(spec: ModelSpec, *, check: bool) -> Iterator[str]:
    body = _built(spec)
    problems = definition_problems(json.loads(body))
    if problems:
        yield from (f"model {spec.name!r}: {problem}" for problem in problems)
        return
    yield from _put(spec.folder / DEFINITION, body, check=check)
    yield from _put(spec.folder / DIGEST, digest_text(source_digests(spec)), check=check)


def _built(spec: ModelSpec) -> str:
    """Build the pipeline with the SDK, which is imported here and nowhere at synth."""
    from pipeline_definitions.sdk.render import render

    return render(_module(spec.folder / "pipeline.py").build())


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"{path.parent.name}_pipeline", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _accounts_text() -> str:
    from pipeline_definitions.sdk.images import registry_accounts

    return json.dumps(registry_accounts(), indent=2) + "\n"


def _put(path: Path, text: str, *, check: bool) -> Iterator[str]:
    """Write the file if it differs; when checking, say so instead."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    if check:
        yield f"{path} differs from what `make definitions` writes; run it and commit the result"
        return
    path.write_text(text, encoding="utf-8")
    print(f"wrote {path}")


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    sys.exit(main())
