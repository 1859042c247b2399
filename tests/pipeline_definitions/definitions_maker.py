"""`make definitions` for one project after the other: the SDK takes five seconds to import.

Reads lines of JSON, `[root, *arguments]`, and answers each with `[code, stdout, stderr]`.
"""

import contextlib
import io
import json
import os
import runpy
import socket
import sys
from typing import Any

PACKAGE = "pipeline_definitions"


def refuse(*_: Any, **__: Any) -> None:
    raise OSError("the test allows no network")


def make(root: str, *arguments: str) -> list[Any]:
    """Runs the package of that project, without the modules of the one before."""
    if sys.path[0] != root:
        for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
            del sys.modules[name]
    os.chdir(root)
    sys.path[0], sys.argv[1:] = root, arguments
    out, err, code = io.StringIO(), io.StringIO(), None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            runpy.run_module(PACKAGE, run_name="__main__", alter_sys=True)
        except SystemExit as end:
            code = end.code
    return [code, out.getvalue(), err.getvalue()]


if __name__ == "__main__":
    socket.socket.connect = socket.getaddrinfo = refuse
    for line in sys.stdin:
        print(json.dumps(make(*json.loads(line))), flush=True)
