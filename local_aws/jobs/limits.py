"""What jobs cannot do here and say so before they start."""

from typing import Any

from local_aws.core.errors import NotImplementedHere
from local_aws.core.request import Request


def s3_uri(request: Request, member: str) -> str:
    """The member, which AWS would also take as an https:// URL.

    Raises:
        NotImplementedHere: It is one.
    """
    uri: str = request[member]
    if not uri.startswith("s3://"):
        raise NotImplementedHere(f"{member} must start with s3:// on the local AWS, got {uri!r}.")
    return uri


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
