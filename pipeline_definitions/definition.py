"""A model's committed pipeline definition, and whether it still says what its sources say."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline_definitions.spec import ModelSpec

DEFINITION = "definition.json"
DIGEST = "definition.digest"

_ROOT = Path(__file__).parents[1]
_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_PIN = re.compile(r"^sagemaker==\S+", re.MULTILINE)


class StaleDefinition(ValueError):
    """definition.json is missing, or is not what its sources would give."""


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
    """
    path = spec.folder / DEFINITION
    if not path.is_file() or not (spec.folder / DIGEST).is_file():
        raise StaleDefinition(
            f"model {spec.name!r}: no {DEFINITION} with its {DIGEST} in {_shown(spec.folder)}; "
            "run `make definitions` and commit both"
        )
    lines = (spec.folder / DIGEST).read_text(encoding="utf-8").splitlines()
    committed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    changed = _differing(committed, source_digests(spec))
    if changed:
        raise StaleDefinition(
            f"model {spec.name!r}: {DEFINITION} is out of date, because of {', '.join(changed)}; "
            "run `make definitions` and commit what it writes"
        )
    return PipelineDefinition(path.read_text(encoding="utf-8"))


def source_digests(spec: ModelSpec) -> dict[str, str]:
    """SHA-256, by name, of all that determines definition.json, and of definition.json itself."""
    shared = sorted((_ROOT / "pipeline_definitions" / "sdk").glob("*.py"))
    files = {f"sdk/{path.name}": path for path in shared}
    files |= {name: spec.folder / name for name in ("__init__.py", "pipeline.py", DEFINITION)}
    files["spec.py"] = _ROOT / "pipeline_definitions" / "spec.py"
    digests = {name: _sha256(path.read_bytes()) for name, path in files.items()}
    digests["the pin of sagemaker"] = _sha256(sagemaker_pin().encode())
    return digests


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


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _shown(path: Path) -> str:
    return str(path.relative_to(_ROOT) if path.is_relative_to(_ROOT) else path)
