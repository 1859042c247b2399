"""What SageMaker accepts as a name."""

import re
from collections.abc import Iterator

from aws_cdk import Token

LONGEST_NAME = 63
SAGEMAKER_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*")
"""Of endpoints, models, jobs and model package groups (API reference, CreateEndpoint)."""


def name_problems(what: str, name: str) -> Iterator[str]:
    """Yields why ``name`` can't be the name of ``what``; a CDK token is not looked into."""
    if Token.is_unresolved(name):
        return
    if len(name) > LONGEST_NAME or not SAGEMAKER_NAME.fullmatch(name):
        yield (
            f"{what} must be 1 to {LONGEST_NAME} letters, digits and inner hyphens, "
            f"got {name!r} ({len(name)} characters)"
        )
