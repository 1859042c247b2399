"""Bad input ends the app with one sentence for each problem, and no stack trace."""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from mlops_constructs.problems import InvalidProps
from pipeline_definitions.definition import StaleDefinition, UnknownPlaceholder
from pipeline_definitions.spec import InvalidModels

STAGES_FILE = Path(__file__).with_name("stages.py")
DELIVERY_FILE = Path(__file__).with_name("delivery.py")


@contextmanager
def told_in_sentences() -> Iterator[None]:
    """Turns what the configuration or a construct refuses into sentences on stderr and exit code 1.

    Anything else is a fault of the program and keeps its trace.
    """
    try:
        yield
    except ValidationError as error:
        sys.exit("\n".join(f"{said} ({_where(error)})" for said in sentences(error)))
    except (InvalidProps, InvalidModels, StaleDefinition, UnknownPlaceholder) as error:
        sys.exit(str(error))


def sentences(error: ValidationError) -> list[str]:
    """What pydantic found, one sentence each: the setting, what is wrong, what was given."""
    said: list[str] = []
    for problem in error.errors(include_url=False):
        refusal = problem.get("ctx", {}).get("error")
        if isinstance(refusal, ValueError):
            said += str(refusal).splitlines()
        else:
            setting = ".".join(str(part) for part in (error.title, *problem["loc"]))
            reason = problem["msg"].removeprefix("Input ")
            said.append(f"{setting} {reason[:1].lower()}{reason[1:]}, got {problem['input']!r}")
    return said


def _where(error: ValidationError) -> str:
    """The innermost line that led to the refusal, of those files that hold values."""
    root = STAGES_FILE.parent.parent
    models = (root / "pipeline_definitions").glob("*/__init__.py")
    files = (STAGES_FILE, DELIVERY_FILE, *models)
    own = {str(path): path.relative_to(root).as_posix() for path in files}
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"{own[f.filename]}, line {f.lineno}" for f in frames if f.filename in own]
    return lines[-1] if lines else own[str(STAGES_FILE)]
