"""Work that goes on after a response was sent."""

import logging
import threading
from collections.abc import Callable
from functools import wraps
from typing import Any

from local_aws.clock import Timer, clock
from local_aws.clock.threads import Thread, name_of
from local_aws.ministack.scope import account_id, region, scope

log = logging.getLogger("local_aws")


def run(function: Callable[..., object], *args: Any) -> threading.Thread:
    """Call a function on a thread of its own, in the caller's account and region.

    Time does not jump before it is done, or sleeps.
    Whatever it raises is logged with its traceback: a function that owns a resource catches what
    can go wrong and puts it on the resource as its failure reason.
    """
    thread = Thread(
        target=_in_scope_of_caller(function, *args), daemon=True, name=name_of(function)
    )
    thread.start()
    return thread


def after(
    seconds: float, function: Callable[..., object], *args: Any, quiet: bool = False
) -> Timer:
    """Call a function some virtual seconds later, in the caller's account and region.

    Args:
        seconds: How much later.
        function: What is called, with `args`.
        quiet: That it was called is no news to who lets time pass; work that it starts is. For
            what looks at something regularly and seldom finds anything.
    """
    return clock.after(seconds, _in_scope_of_caller(function, *args), quiet=quiet)


def _in_scope_of_caller(function: Callable[..., object], *args: Any) -> Callable[[], None]:
    account, region_name = account_id(), region()

    @wraps(function)
    def call() -> None:
        with scope(account, region_name):
            try:
                function(*args)
            except Exception:
                log.exception("%s failed in the background", function.__name__)

    return call
