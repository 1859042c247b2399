"""What runs in a container: the model behind the image's HTTP contract.

The model is loaded before the first request is read; whoever connects earlier waits in the socket's
queue, as a load balancer's health check would wait for the container.
"""

import os
import socket
import threading

import uvicorn
from flask import Flask, Response

from local_aws.hosting.image import one_by_one
from local_aws.hosting.image.script_mode import Transform, load_transform

KEEP_ALIVE_SECONDS = 600


def serve(listener: socket.socket) -> None:
    """Load the user's module and model, then answer /ping and /invocations until stdin closes."""
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    application = create_application(load_transform(os.environ))
    server = uvicorn.Server(
        uvicorn.Config(
            one_by_one.asgi(application.wsgi_app),
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
    )
    server.run(sockets=[listener])


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
