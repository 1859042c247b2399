"""`python -m local_aws [--port N] [--folder PATH] [--node-modules PATH]`, until Ctrl-C."""

import argparse
import os
import signal
import sys
import tempfile
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NoReturn

from local_aws import launch

_LIMITS = """\
IAM, quotas, networks and prices are not enforced; jobs and endpoints run as processes of yours,
whatever their instance type. All limits: local_aws/README.md. What could not be verified about
AWS: local_aws/**/assumptions.toml. Ctrl-C stops it and forgets everything.
Time is this machine's until you let it pass, an hour at most or until something happens:
  curl -d '{"WaitSeconds": 3600}' $AWS_ENDPOINT_URL/_local_aws/clock"""


def main() -> None:
    """Print what a client has to export, then serve in this process."""
    signal.signal(signal.SIGTERM, _end)
    parser = argparse.ArgumentParser(prog="python -m local_aws", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=0, help="a port of 127.0.0.1; 0 takes a free one"
    )
    parser.add_argument("--folder", type=Path, help="where it keeps files; else a temporary folder")
    parser.add_argument(
        "--node-modules",
        type=Path,
        help="JavaScript packages for Lambda functions; else ./node_modules, if it is there",
    )
    options = parser.parse_args()
    packages: Path | None = options.node_modules
    if packages and not packages.is_dir():
        parser.error(
            f"--node-modules must be a folder of JavaScript packages, got {packages}, which is no "
            "folder; give another or leave it out"
        )
    port = options.port or launch.free_port()
    if not launch.is_free(port):
        parser.error(f"port {port} of 127.0.0.1 is taken; give another with --port")
    for name, value in launch.client_environment(port).items():
        print(f"export {name}={value}")
    print(_LIMITS, flush=True)
    with _folder(options.folder) as folder:
        serve(port, Path(folder), packages or Path("node_modules"))


def serve(port: int, folder: Path, node_modules: Path) -> None:
    """Become the local AWS: set MiniStack's environment, then import and run it."""
    environment = launch.server_environment(port, folder, node_modules)
    os.environ.update(environment)
    # tempfile looks at TMPDIR only once, and may have done so for the folder.
    tempfile.tempdir = environment["TMPDIR"]
    sys.modules["docker"] = None  # type: ignore[assignment]  # its SDK would take a third of the start
    from local_aws.ministack import server

    server.run()


def _folder(given: Path | None) -> AbstractContextManager[Path | str]:
    if given is not None:
        return nullcontext(given)
    return tempfile.TemporaryDirectory(prefix="local-aws-")


def _end(number: int, frame: object) -> NoReturn:
    """End as by Ctrl-C, so that the temporary folder goes."""
    sys.exit(128 + number)


def _leave(code: int) -> NoReturn:
    """Without the third of a second in which the interpreter would free what the system frees."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    try:
        main()
    except SystemExit as end:
        if isinstance(end.code, int):
            _leave(end.code)
        raise
    _leave(0)
