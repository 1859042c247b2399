"""What the how-to asks an administrator for is what the command calls, neither more nor less."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from botocore import xform_name
from botocore.session import get_session

ROOT = Path(__file__).resolve().parents[2]
PREFIXES = {"stepfunctions": "states", "service-quotas": "servicequotas"}
"""Of IAM actions, where they are not the service's name in boto3."""

OTHERWISE = {"s3:HeadBucket": "s3:ListBucket", "s3:ListObjectsV2": "s3:ListBucket"}
"""https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html and API_ListObjectsV2.html"""


def called() -> Iterator[tuple[str, str]]:
    """Service and operation of each call in the source."""
    for path in (ROOT / "operate").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node) in ("read", "each", "change", "_listed"):
                texts = [a.value for a in node.args[:2] if isinstance(a, ast.Constant)]
                if len(texts) == 2:
                    yield str(texts[0]), str(texts[1])


def _name(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@cache
def operations(service: str) -> list[str]:
    names: list[str] = get_session().get_service_model(service).operation_names
    return names


def action(service: str, operation: str) -> str:
    names = operations(service)
    [found] = [name for name in names if xform_name(name) == operation]
    text = f"{PREFIXES.get(service, service)}:{found}"
    return OTHERWISE.get(text, text)


def test_the_how_to_lists_every_action_that_is_called():
    text = (ROOT / "docs" / "how-to" / "on-call.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`([a-z0-9-]+:[A-Z]\w+)`", text.partition("## What it may do")[2]))
    for_loops = {
        ("service-quotas", "list_aws_default_service_quotas"),
        ("service-quotas", "list_service_quotas"),
    }
    assert listed == {action(*call) for call in {*called(), *for_loops}}
