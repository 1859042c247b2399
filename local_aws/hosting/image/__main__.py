"""The serving process: `python -m local_aws.hosting.image <file descriptor of the open socket>`.

The model is loaded before the first request is read; whoever connects earlier waits in the socket's
queue, as a load balancer's health check would wait for the container.
"""

import logging
import os
import sys
import threading

from flask import Flask, Response
from werkzeug.serving import make_server

from local_aws.hosting.image.script_mode import Transform, load_transform


def main() -> None:
    """Load the user's module and model, then answer /ping and /invocations until stdin closes."""
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    _hide_own_source()
    application = create_application(load_transform(os.environ))
    server = make_server("127.0.0.1", 0, application, threaded=True, fd=int(sys.argv[1]))
    server.serve_forever()


def create_application(transform: Transform) -> Flask:
    """The container's HTTP contract.

    https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
    An exception in user code becomes Flask's own 500 page, which is what the image answers.
    """
    application = Flask("model")
    turn = threading.Lock()

    @application.get("/ping")
    def ping() -> Response:
        return Response(status=200)

    @application.post("/invocations")
    def invocations() -> Response:
        with turn:
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
