"""What jobs cannot do here and say so before they start."""

from typing import Any

from local_aws.core.errors import NotImplementedHere
from local_aws.core.request import Request


def only(request: Request, member: str, *allowed: Any) -> None:
    """Refuse a member whose value AWS would honour and the local AWS does not.

    Args:
        request: The structure that has the member.
        member: Its name; the first allowed value is what it is when left out.
        allowed: What it may be.

    Raises:
        NotImplementedHere: It is something else.
    """
    value = request.get(member, allowed[0])
    if value not in allowed:
        raise NotImplementedHere(
            f"{member} must be {' or '.join(map(repr, allowed))} on the local AWS, got {value!r}."
        )
