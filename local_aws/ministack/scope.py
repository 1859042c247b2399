"""The account and region that a request, or a thread working for it, acts in."""

from contextlib import AbstractContextManager

from ministack.core import responses


def account_id() -> str:
    """The 12-digit account of the current request."""
    return str(responses.get_account_id())


def region() -> str:
    """The region of the current request, as its signature names it."""
    return str(responses.get_region())


def scope(account: str, region_name: str) -> AbstractContextManager[None]:
    """Act for an account and region outside a request, in a `with` block."""
    entered: AbstractContextManager[None] = responses.request_scope(account, region_name)
    return entered
