"""Whatever a test has in hand, as templates with the names of their stacks."""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mlops_constructs.testing.asset_hashes import masked, sources
from mlops_constructs.testing.readable import readable_files

SUFFIX = ".template.json"


class Unusable(ValueError):
    """There is no template in what was given; the message says why, in a sentence."""


class Synthesized(NamedTuple):
    """A template.

    Attributes:
        name: What its stack is called.
        template: As CloudFormation gets it.
        path: Where CDK wrote it; None if it was given as a dict.
    """

    name: str
    template: Mapping[str, Any]
    path: Path | None

    def files(self) -> dict[str, str]:
        """All that a reader sees of it, nested stacks as well: name to text."""
        manifests = sorted(self.path.parent.glob("*.assets.json")) if self.path else []
        whole = readable_files(masked(self.template, manifests or None))
        told = {f"{self.name}.{name}" if name else self.name: text for name, text in whole.items()}
        for nested in self._nested(dict(s for m in manifests for s in sources(m))):
            told |= nested.files()
        return told

    def _nested(self, assets: Mapping[str, Path]) -> Iterator["Synthesized"]:
        for logical_id, resource in self.template["Resources"].items():
            if resource.get("Type") != "AWS::CloudFormation::Stack":
                continue
            url = json.dumps(resource["Properties"]["TemplateURL"])
            for identifier, path in assets.items():
                if identifier in url and path.name.endswith(SUFFIX):
                    yield _from_file(path, f"{self.name}.{logical_id}")


def synthesized(given: Any) -> list[Synthesized]:
    """The templates of a Stack, of all stacks of an App or Stage, of a dict or of a path.

    A path is a template's, or that of a folder that `cdk synth` wrote.

    Raises:
        Unusable: It is none of these, can't be synthesized, or two stacks have one name.
    """
    found = list(_templates(given))
    if not found:
        raise Unusable(f"there is no stack in {_told(given)}")
    [(name, times)] = Counter(one.name for one in found).most_common(1)
    if times > 1:
        raise Unusable(
            f"{times} stacks are called {name!r}; a snapshot is named after its stack, so take "
            "each of them in a test of its own"
        )
    return found


def _templates(given: Any) -> Iterator[Synthesized]:
    cdk = sys.modules.get("aws_cdk")  # without it nothing of CDK's can have been given
    if isinstance(given, Mapping):
        yield Synthesized("template", _checked(given, "the dict"), None)
    elif isinstance(given, str | Path):
        path = Path(given)
        yield from _from_folder(path) if path.is_dir() else [_from_file(path)]
    elif cdk and isinstance(given, cdk.Stack):
        path = _assembly(cdk.Stage.of(given), given) / given.template_file
        yield _from_file(path, None if given.nested_stack_parent else given.stack_name)
    elif cdk and isinstance(given, cdk.Stage):
        yield from _from_folder(_assembly(given, given))
    else:
        raise Unusable(
            "template_snapshot takes a Stack, an App or a Stage, a template as a dict, or the path "
            f"of what was synthesized, got {_told(given)}"
        )


def _assembly(stage: Any, of: Any) -> Path:
    if stage is None:
        raise Unusable(f"{_told(of)} belongs to no App, so it can't be synthesized")
    try:
        return Path(stage.synth().directory)
    except Exception as error:
        said = " ".join(str(error).split())
        raise Unusable(f"{_told(of)} can't be synthesized: {said}") from error


def _from_folder(folder: Path) -> Iterator[Synthesized]:
    """All stacks of a cloud assembly, those of stages inside of it as well."""
    for identifier, artifact in _artifacts(folder):
        told = artifact.get("properties", {})
        if artifact["type"] == "cdk:cloud-assembly":
            yield from _from_folder(folder / told["directoryName"])
        elif artifact["type"] == "aws:cloudformation:stack":
            yield _from_file(folder / told["templateFile"], told.get("stackName", identifier))


def _from_file(path: Path, name: str | None = None) -> Synthesized:
    try:
        template = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unusable(f"{path} can't be read: {error.strerror}") from error
    except ValueError as error:
        raise Unusable(f"{path} is no JSON: {error}") from error
    return Synthesized(name or _stack_of(path), _checked(template, str(path)), path)


def _stack_of(path: Path) -> str:
    """Which stack the template is of, by the manifest beside it, or else by its name."""
    for identifier, artifact in _artifacts(path.parent):
        told = artifact.get("properties", {})
        if told.get("templateFile") == path.name:
            return str(told.get("stackName", identifier))
    return path.name.removesuffix(".json").removesuffix(".template")


def _artifacts(folder: Path) -> list[tuple[str, Any]]:
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        return []
    return sorted(json.loads(manifest.read_text(encoding="utf-8"))["artifacts"].items())


def _checked(template: Any, what: str) -> Mapping[str, Any]:
    resources = template.get("Resources") if isinstance(template, Mapping) else None
    if not isinstance(resources, Mapping):
        raise Unusable(f"{what} is no template: it has no member Resources")
    return dict(template)


def _told(given: Any) -> str:
    """A construct by its path, anything else by its value."""
    kind = type(given).__name__
    node = getattr(given, "node", None)
    return f"{kind} {node.path}".rstrip() if node else f"{kind} {given!r}"
