"""MiniStack with the services and corrections of the local AWS, in this process."""

import asyncio
import os

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app

from local_aws.core import assumptions, services
from local_aws.ministack import (
    cloudformation,
    http,
    parameters,
    rules,
    stack_operations,
    stack_policies,
    step_functions,
)

# CDK's file assets keep connections open between requests; MiniStack's own figure.
_KEEP_ALIVE_SECONDS = 75


def run() -> None:
    """Serve until SIGTERM or SIGINT; the environment says where (see `launch`).

    The environment must stand before this module is imported, since MiniStack reads it then.
    """
    install()
    config = Config()
    config.bind = [f"{os.environ['BIND_HOST']}:{os.environ['GATEWAY_PORT']}"]
    config.keep_alive_timeout = _KEEP_ALIVE_SECONDS
    asyncio.run(serve(app.app, config))


def install() -> None:
    """Load all services and put them and the corrections into MiniStack, once in a process."""
    assumptions.check()
    services.load()
    http.install()
    cloudformation.install()
    parameters.install()
    rules.install()
    stack_operations.install()
    stack_policies.install()
    step_functions.install()
