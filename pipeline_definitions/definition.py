"""A model's committed pipeline definition, and whether it still says what its sources say."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mlops_constructs.training import placeholder_problems
from pipeline_definitions.images import image_accounts
from pipeline_definitions.spec import ModelSpec

DEFINITION = "definition.json"
DIGEST = "definition.digest"

_ROOT = Path(__file__).parents[1]
_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_PIN = re.compile(r"^sagemaker==\S+", re.MULTILINE)


class StaleDefinition(ValueError):
    """definition.json is missing, or is not what its sources would give."""


class UnknownPlaceholder(ValueError):
    """definition.json wants something filled in that no construct knows."""


@dataclass(frozen=True)
class PipelineDefinition:
    """What SageMaker is told about a pipeline.

    Attributes:
        body: JSON text with `${Placeholders}` for what only the cloud knows.
    """

    body: str

    @property
    def placeholders(self) -> frozenset[str]:
        """The names between `${` and `}`."""
        return frozenset(_PLACEHOLDER.findall(self.body))


def load_definition(spec: ModelSpec) -> PipelineDefinition:
    """The model's definition as committed; SageMaker's SDK is not needed for it.

    Raises:
        StaleDefinition: If it is missing, was edited by hand, or is older than a source of it.
        UnknownPlaceholder: If the constructs no longer fill one of its placeholders.
    """
    path, digest = spec.folder / DEFINITION, spec.folder / DIGEST
    if not path.is_file() or not digest.is_file():
        raise StaleDefinition(
            f"model {spec.name!r}: no {DEFINITION} with its {DIGEST} in {_shown(spec.folder)}; "
            "run `make definitions` and commit both"
        )
    body = path.read_text(encoding="utf-8")
    changed = _differing(_parsed(digest), source_digests(spec, definition=body))
    if changed:
        raise StaleDefinition(
            f"model {spec.name!r}: {DEFINITION} is out of date, because of {', '.join(changed)}; "
            "run `make definitions` and commit what it writes"
        )
    unknown = unknown_placeholders(spec, body)
    if unknown:
        raise UnknownPlaceholder("\n".join(unknown))
    return PipelineDefinition(body)


def unknown_placeholders(spec: ModelSpec, definition: str) -> list[str]:
    """One sentence for each placeholder that no construct fills, with the file to change."""
    accounts = {name for names in image_accounts().values() for name in names}
    subject = f"model {spec.name!r}: its definition"
    where = _shown(spec.folder / "pipeline.py")
    problems = placeholder_problems(subject, definition, accounts)
    return [f"{problem}; change it in {where}" for problem in problems]


def source_digests(spec: ModelSpec, *, definition: str) -> dict[str, str]:
    """SHA-256, by name, of all that determines definition.json, and of its own content."""
    shared = _ROOT / "pipeline_definitions"
    files = {f"sdk/{path.name}": path for path in (shared / "sdk").glob("*.py")}
    files |= {"spec.py": shared / "spec.py"}
    files |= {name: spec.folder / name for name in ("__init__.py", "pipeline.py")}
    contents = {name: path.read_bytes() for name, path in files.items()}
    contents |= {
        DEFINITION: definition.encode(),
        "the pin of sagemaker": sagemaker_pin().encode(),
        "the settings of its monitors": _monitor_settings(spec).encode(),
    }
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


def _monitor_settings(spec: ModelSpec) -> str:
    """What the definition says of monitors: windows of one kind, all settings of the others."""
    windows = spec.data_quality
    others = [monitor.model_dump_json() for monitor in spec.answer_monitors]
    return "\n".join([f"{windows.window_hours} {windows.every_hours}", *others])


def digest_text(digests: Mapping[str, str]) -> str:
    """The content of definition.digest: a line for each source, sorted by name."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))


def sagemaker_pin() -> str:
    """The SDK's version as requirements-dev.in pins it, such as `sagemaker==3.27.0`."""
    pin = _PIN.search((_ROOT / "requirements-dev.in").read_text(encoding="utf-8"))
    if pin is None:
        raise ValueError("requirements-dev.in pins no sagemaker==; definitions depend on it")
    return pin.group()


def _differing(committed: Mapping[str, str], actual: Mapping[str, str]) -> list[str]:
    return sorted(
        name for name in committed.keys() | actual.keys() if committed.get(name) != actual.get(name)
    )


def _parsed(digest: Path) -> dict[str, str]:
    lines = digest.read_text(encoding="utf-8").splitlines()
    return {name: sha256 for sha256, _, name in (line.partition("  ") for line in lines)}


def _shown(path: Path) -> str:
    return str(path.relative_to(_ROOT) if path.is_relative_to(_ROOT) else path)
