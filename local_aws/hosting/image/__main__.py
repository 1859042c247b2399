"""The serving process: `python -m local_aws.hosting.image <file descriptor of the open socket>`.

The model is loaded before the first request is read; whoever connects earlier waits in the socket's
queue, as a load balancer's health check would wait for the container.
"""

import os
import socket
import sys
import threading

import uvicorn
from flask import Flask, Response

from local_aws.hosting.image import one_by_one
from local_aws.hosting.image.script_mode import Transform, load_transform

KEEP_ALIVE_SECONDS = 600


def main() -> None:
    """Load the user's module and model, then answer /ping and /invocations until stdin closes."""
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    _hide_own_source()
    application = create_application(load_transform(os.environ))
    server = uvicorn.Server(
        uvicorn.Config(
            one_by_one.asgi(application.wsgi_app),
            http="httptools",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
    )
    server.run(sockets=[socket.socket(fileno=int(sys.argv[1]))])


def create_application(transform: Transform) -> Flask:
    """The container's HTTP contract.

    https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
    An exception in user code becomes Flask's own 500 page, which is what the image answers.
    """
    application = Flask("model")

    @application.get("/ping")
    def ping() -> Response:
        return Response(status=200)

    @application.post("/invocations")
    def invocations() -> Response:
        return transform()

    return application


def _exit_with_parent() -> None:
    """The parent holds the other end of stdin: it closes with the parent, however that ends."""
    while os.read(0, 1):  # not sys.stdin: its lock would be held while the interpreter ends
        pass
    os._exit(0)


def _hide_own_source() -> None:
    """User code must not see the folders that this program was imported from."""
    own = os.environ.pop("PYTHONPATH", "").split(os.pathsep)
    sys.path[:] = [entry for entry in sys.path if entry not in own]


if __name__ == "__main__":
    main()
