"""What SageMaker accepts as a name."""

import re
from collections.abc import Iterator

from aws_cdk import Token

SAGEMAKER_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
"""Of endpoints, models, jobs and model package groups (API reference, CreateEndpoint)."""


def name_problems(what: str, name: str) -> Iterator[str]:
    """Yields why ``name`` can't be the name of ``what``; a CDK token is not looked into."""
    if not Token.is_unresolved(name) and not SAGEMAKER_NAME.fullmatch(name):
        yield (
            f"{what} must be 1 to 63 letters, digits and inner hyphens, "
            f"got {name!r} ({len(name)} characters)"
        )
