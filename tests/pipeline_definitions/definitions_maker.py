"""`make definitions` for one project after the other: the SDK takes five seconds to import.

Reads lines of JSON, such as `{"root": …, "arguments": […]}`, and answers each with `[code, stdout,
stderr]`. Other programs, `{"program": …, "arguments": […], "environment": {…}}`, it runs in
processes that have what the first project imported, and nothing else of it.
"""

import contextlib
import io
import json
import os
import runpy
import socket
import sys
import traceback
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

PACKAGE = "pipeline_definitions"
RESOLVE = socket.getaddrinfo


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


def run(program: str, arguments: list[str], environment: dict[str, str]) -> list[Any]:
    """Runs a program as `python -W ignore program` would, in a process of its own."""
    with TemporaryFile("w+") as out, TemporaryFile("w+") as err:
        child = os.fork()
        if not child:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            os._exit(_as_its_own(program, arguments, environment))
        _, status = os.waitpid(child, 0)
        printed = [file.seek(0) or file.read() for file in (out, err)]
    return [os.waitstatus_to_exitcode(status), *printed]


def _as_its_own(program: str, arguments: list[str], environment: dict[str, str]) -> int:
    """The exit code of what takes this process over."""
    os.environ.clear()
    os.environ.update(environment)
    del socket.socket.connect
    socket.getaddrinfo = RESOLVE
    sys.path[0], sys.argv = str(Path(program).parent), [program, *arguments]
    try:
        runpy.run_path(program, run_name="__main__")
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    socket.socket.connect = socket.getaddrinfo = refuse
    for line in sys.stdin:
        asked = json.loads(line)
        did = run(**asked) if "program" in asked else make(asked["root"], *asked["arguments"])
        print(json.dumps(did), flush=True)
