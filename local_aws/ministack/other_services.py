"""Requests to services that nobody here has are known for what they are, and at once.

MiniStack recognizes them by botocore's models, and reads each of the four hundred whole when the
first such request comes: five seconds. What it takes of them stands on their first page.
"""

import gzip
import re
from pathlib import Path

import botocore
from ministack.core import router

_MODELS = Path(botocore.__file__).parent / "data"
_PAGE_BYTES = 3000
_NAME = re.compile(rb'"(?:endpointPrefix|signingName)":\s*"([^"]+)"')


def install() -> None:
    """Let MiniStack look at the names that are read here."""
    router._is_aws_service_name = _is_one


def _is_one(scope_name: str) -> bool:
    if router._KNOWN_AWS_SERVICE_NAMES is None:
        router._KNOWN_AWS_SERVICE_NAMES = names()
    return scope_name in router._KNOWN_AWS_SERVICE_NAMES


def names() -> frozenset[str]:
    """Of AWS's services: botocore's own for each, that of its host, and that in signatures."""
    found = set()
    for model in _MODELS.glob("*/*/service-2.json.gz"):
        found.add(model.parent.parent.name)
        with gzip.open(model) as lines:
            found |= {name.decode() for name in _NAME.findall(lines.read(_PAGE_BYTES))}
    return frozenset(found)
