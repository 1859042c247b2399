"""`python -m local_aws.hosting.image <file descriptor of a socket>`: forks model servers.

Python, Flask and uvicorn take a third of a second of the processor to get up, here once for all
containers. Requests are lines of JSON, one at a time, each answered by a line:

- `{"environment": …, "folder": …, "time_offset": …}`, with the files of its listening socket, its
  log, its stdin and what it is to hold while it lives: starts a server, and answers its process id;
- `{"reap": process id}`: waits for the end of one that must end, and answers its exit status.
"""

import gc
import json
import os
import socket
import sys
import traceback
from typing import Any

# Servers would import them.
import uvicorn.loops.auto
import uvicorn.protocols.http.httptools_impl  # noqa: F401

from local_aws.clock.machine import Machine
from local_aws.hosting.image import model_server

FILES = 4


def main() -> None:
    """Answer requests until nobody can ask."""
    _hide_own_source()
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as asked, asked.makefile("rb") as lines:
        while begun := socket.recv_fds(asked, 1, FILES):
            mark, files, *_ = begun
            if not mark:
                return
            request = json.loads(lines.readline())
            if "reap" in request:
                _, answer = os.waitpid(request["reap"], 0)
            elif not (answer := os.fork()):
                lines.close()
                asked.close()
                _become(request, *files)
            for file in files:
                os.close(file)
            asked.sendall(b"%d\n" % answer)


def _become(request: dict[str, Any], listener: int, log: int, stdin: int, alive: int) -> None:
    """Be a server, as a process of its own would be, and end with it."""
    status: Any = 1
    try:
        for file, number in ((stdin, 0), (log, 1), (log, 2)):
            os.dup2(file, number)
        for file in (listener, log, stdin, alive):  # not for what user code starts
            os.set_inheritable(file, False)
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["folder"])
        if request["time_offset"]:
            machine = Machine()
            machine.travel()
            machine.jump(request["time_offset"])
        model_server.serve(socket.socket(fileno=listener))
        status = 0
    except SystemExit as end:
        status = end.code or 0
        if not isinstance(status, int):
            print(status, file=sys.stderr)
            status = 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _hide_own_source() -> None:
    """User code must not see the folders that this program was imported from."""
    own = os.environ.pop("PYTHONPATH", "").split(os.pathsep)
    sys.path[:] = [entry for entry in sys.path if entry not in own]


if __name__ == "__main__":
    main()
