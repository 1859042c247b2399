"""MiniStack with the services and corrections of the local AWS, in this process."""

import os

import uvicorn

from local_aws.alarms.evaluation import metric_put
from local_aws.clock import machine
from local_aws.core import assumptions, services
from local_aws.ministack import (
    change_sets,
    clock_api,
    cloudformation,
    cloudwatch,
    http,
    other_services,
    parameters,
    rules,
    s3_events,
    scheduled_rules,
    stack_operations,
    stack_policies,
    step_functions,
    waiting,
)

# CDK's file assets keep connections open between requests; MiniStack's own figure.
_KEEP_ALIVE_SECONDS = 75


def run() -> None:
    """Serve until SIGTERM or SIGINT; the environment says where (see `launch`).

    The environment must stand before this module is imported, since MiniStack reads it then.
    """
    machine.travel()
    install()
    uvicorn.run(
        clock_api.app,
        host=os.environ["BIND_HOST"],
        port=int(os.environ["GATEWAY_PORT"]),
        http="httptools",
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        date_header=False,  # see clock_api
        server_header=False,
        access_log=False,
        log_level="warning",
    )


def install() -> None:
    """Load all services and put them and the corrections into MiniStack, once in a process."""
    assumptions.check()
    services.load()
    http.install()
    change_sets.install()
    cloudformation.install()
    cloudwatch.install(metric_put)
    other_services.install()
    parameters.install()
    rules.install()
    s3_events.install()
    scheduled_rules.install()
    stack_operations.install()
    stack_policies.install()
    step_functions.install()
    waiting.install()
