"""Copies of requests for a shadow variant, whose answers nobody hears.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-shadow-deployment.html
"""

import asyncio
import logging

from local_aws.clock import clock
from local_aws.core.request import Request
from local_aws.hosting.asking import ask, exchange
from local_aws.hosting.endpoint import Endpoint
from local_aws.hosting.fleet import Fleet, Variant

log = logging.getLogger(__name__)
_running: set[asyncio.Task[None]] = set()


def send_copy(
    endpoint: Endpoint, fleet: Fleet, shadow: Variant, request: Request, event_id: str | None
) -> None:
    """Ask the shadow too, without waiting for it; whatever becomes of that, nobody is told.

    Args:
        endpoint, fleet: whose shadow it is; the fleet does not end before it has answered.
        shadow: it gets the copy.
        request: the input of InvokeEndpoint.
        event_id: under which the production variant's exchange was captured, and the shadow's is;
            None if it was not.
    """
    fleet.enter()
    task = asyncio.create_task(_copy(endpoint, fleet, shadow, request, event_id))
    _running.add(task)
    task.add_done_callback(_running.discard)


async def _copy(
    endpoint: Endpoint, fleet: Fleet, shadow: Variant, request: Request, event_id: str | None
) -> None:
    work = clock.begin("copy for a shadow variant", quiet=True)
    try:
        reply = await ask(endpoint, fleet, shadow, request, began=clock.now())
        if fleet.capture and event_id and reply and reply.status < 400:
            captured = exchange(shadow, request, reply)
            if captured:
                fleet.capture.keep(captured, event_id)
    except Exception:
        log.exception("the copy for shadow variant %s of %s is lost", shadow.name, endpoint.name)
    finally:
        clock.end(work)
        fleet.leave()
