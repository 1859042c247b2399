"""MiniStack with the services and corrections of the local AWS, in this process."""

import logging

from ministack import app

from local_aws.core import services
from local_aws.ministack import cloudformation, http, parameters, step_functions

log = logging.getLogger("local_aws")


def run() -> None:
    """Serve until the process is told to stop; the environment says where (see `launch`)."""
    services.load()
    http.install()
    cloudformation.install()
    parameters.install()
    step_functions.install()
    app.main()
