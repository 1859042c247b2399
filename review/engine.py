"""CDK's own diff engine, asked once for all stacks."""

import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from review.refused import Refused
from review.resources import StackPair

SCRIPT: Final = Path(__file__).with_suffix(".js")


@dataclass(frozen=True)
class ResourceImpact:
    """What a change does to one resource, in the engine's words.

    Attributes:
        whole: `WILL_REPLACE`, `MAY_REPLACE`, `WILL_DESTROY`, `WILL_ORPHAN`, `WILL_UPDATE`, ….
        properties: The same for each property that changes, or that refers to what is replaced.
    """

    whole: str
    properties: Mapping[str, str]


@dataclass(frozen=True)
class StackImpact:
    """What a change does to one stack.

    Attributes:
        resources: By logical id.
        broadened: Whether permissions or open ports were added.
        network: Rules of security groups, gained and lost.
    """

    resources: Mapping[str, ResourceImpact]
    broadened: bool
    network: Mapping[str, list[dict[str, Any]]]


def impacts(pairs: Iterable[StackPair]) -> dict[str, StackImpact]:
    """Stack name to impact.

    Raises:
        Refused: There is no Node.js, or the engine is not installed.
    """
    asked = {pair.name: {"base": pair.templates[0], "head": pair.templates[1]} for pair in pairs}
    answers = _ask(json.dumps(asked))
    return {
        stack: StackImpact(
            resources={
                key: ResourceImpact(told["impact"], told["properties"])
                for key, told in answer["resources"].items()
            },
            broadened=answer["broadened"],
            network=answer["network"],
        )
        for stack, answer in answers.items()
    }


def _ask(question: str) -> dict[str, Any]:
    node = shutil.which("node")
    if node is None:
        raise Refused("a review needs Node.js for CDK's diff engine; run `make install`")
    asked = subprocess.run(
        [node, str(SCRIPT)], input=question, capture_output=True, text=True, check=False
    )
    if asked.returncode:
        why = next((line for line in asked.stderr.splitlines() if "Error" in line), asked.stderr)
        raise Refused(f"CDK's diff engine did not answer: {why.strip()}; run `make install`")
    answer: dict[str, Any] = json.loads(asked.stdout)
    return answer
