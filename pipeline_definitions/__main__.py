"""`make definitions`: write each model's definition.json from its pipeline.py.

`python -m pipeline_definitions --check` writes nothing, and fails if a file would change.
"""

import argparse
import logging
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path

from pipeline_definitions.models import MODELS


def main(argv: list[str] | None = None) -> int:
    """Write or check the files of every model; 0 if all is well."""
    from pipeline_definitions.sdk.build import built
    from pipeline_definitions.sdk.refusal import InvalidDefinition

    parser = argparse.ArgumentParser(prog="python -m pipeline_definitions", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing, fail if a file differs"
    )
    check = parser.parse_args(argv).check
    try:
        files = built(MODELS)
    except InvalidDefinition as error:
        print(error, file=sys.stderr)
        return 1
    differing = [path for path, text in files.items() if _content(path) != text]
    return _refuse(differing) if check else _write({path: files[path] for path in differing})


def _content(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _refuse(differing: list[Path]) -> int:
    for path in differing:
        print(
            f"{path} is not what its sources give; run `make definitions` and commit the result",
            file=sys.stderr,
        )
    return 1 if differing else 0


def _write(files: Mapping[Path, str]) -> int:
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path}")
    if not files:
        print("nothing changed")
    return 0


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    sys.exit(main())
