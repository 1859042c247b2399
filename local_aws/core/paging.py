"""Pages of a list, as every List* operation gives them."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from local_aws.core.errors import ValidationException
from local_aws.core.request import Request


def page(
    items: Sequence[dict[str, Any]], request: Request, key: str, *, default: int = 10
) -> dict[str, Any]:
    """One page of summaries, and a NextToken if there are more.

    Args:
        items: All summaries that match, in their final order.
        request: The List* input; its MaxResults and NextToken are read here.
        key: The output member that holds the summaries, e.g. `ModelPackageSummaryList`.
        default: The page's size when the input names none (botocore's documentation of
            MaxResults says 10 for most, 100 for a few).

    Raises:
        ValidationException: NextToken did not come from this list.
    """
    size = int(request.get("MaxResults") or default)
    start = _start(request.get("NextToken"), key)
    answer: dict[str, Any] = {key: list(items[start : start + size])}
    if start + size < len(items):
        answer["NextToken"] = _token(start + size, key)
    return answer


def _token(start: int, key: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([key, start]).encode()).decode()


def _start(token: str | None, key: str) -> int:
    if token is None:
        return 0
    try:
        owner, start = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (ValueError, binascii.Error):
        owner, start = None, 0
    if owner != key:
        raise ValidationException("Invalid pagination token given")
    return int(start)
