"""`python -m local_aws [--port N] [--folder PATH]`: the local AWS alone, until Ctrl-C."""

import argparse
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from local_aws import launch

_LIMITS = """\
IAM, quotas, networks and prices are not enforced; jobs and endpoints run as processes of yours,
whatever their instance type. All limits: local_aws/README.md. What could not be verified about
AWS: local_aws/assumptions.toml. Ctrl-C stops it and forgets everything.
Time is this machine's until you let it pass, an hour at most or until something happens:
  curl -d '{"WaitSeconds": 3600}' $AWS_ENDPOINT_URL/_local_aws/clock"""


def main() -> None:
    """Print what a client has to export, then serve in this process."""
    parser = argparse.ArgumentParser(prog="python -m local_aws", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=0, help="a port of 127.0.0.1; 0 takes a free one"
    )
    parser.add_argument("--folder", type=Path, help="where it keeps files; else a temporary folder")
    options = parser.parse_args()
    port = options.port or launch.free_port()
    if not launch.is_free(port):
        parser.error(f"port {port} of 127.0.0.1 is taken; give another with --port")
    for name, value in launch.client_environment(port).items():
        print(f"export {name}={value}")
    print(_LIMITS, flush=True)
    with TemporaryDirectory(prefix="local-aws-") as temporary:
        serve(port, options.folder or Path(temporary))


def serve(port: int, folder: Path) -> None:
    """Become the local AWS: set MiniStack's environment, then import and run it."""
    os.environ.update(launch.server_environment(port, folder))
    sys.modules["docker"] = None  # type: ignore[assignment]  # its SDK would take a third of the start
    from local_aws.ministack import server

    server.run()


if __name__ == "__main__":
    main()
