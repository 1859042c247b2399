"""One serving container: a process of its own on 127.0.0.1 with its own /opt/ml.

Four things differ from AWS: there is no image (the process runs this machine's Python), the
instances of a variant share one process, a requirements.txt in the archive is not installed, and
the process does not see the jumps that virtual time makes after its start.
"""

import shutil
import socket
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import urllib3

from local_aws.hosting import connections
from local_aws.hosting.servers import ServerProcess

OPT_ML = "/opt/ml"
STOP_TIMEOUT_SECONDS = 5.0


class ContainerFailed(Exception):
    """The container cannot serve; the text is what AWS shows as the endpoint's FailureReason."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the model server answered; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def unpack(archive: bytes, folder: Path, *, url: str) -> None:
    """Put a model.tar.gz under <folder>/model, as SageMaker does under /opt/ml/model."""
    model = folder / "model"
    model.mkdir(parents=True)
    try:
        with tarfile.open(fileobj=BytesIO(archive), mode="r:gz") as tar:
            tar.extractall(model, filter="data")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise ContainerFailed(
            f'Failed to extract model data archive from URL "{url}". Please ensure that the object '
            f"located at the URL is a valid tar.gz archive. ({error})"
        ) from error


def mapped(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The container's variables with /opt/ml replaced by its own folder."""
    return {
        name: str(folder) + value.removeprefix(OPT_ML)
        if value == OPT_ML or value.startswith(f"{OPT_ML}/")
        else value
        for name, value in environment.items()
    }


class Container:
    """A running model server.

    The listening socket is opened here and handed to the process, so that a connection made before
    the model is loaded waits in the queue, and is reset if the process dies: no polling.

    Attributes:
        url: where it listens, without a path.
        log: the file that gets what it writes to stdout and stderr.
    """

    def __init__(self, *, folder: Path, environment: Mapping[str, str], name: str) -> None:
        """Start the process.

        Args:
            folder: its /opt/ml; the process also writes container.log there.
            environment: all variables of the process, with /opt/ml already mapped.
            name: what the endpoint's FailureReason calls it.
        """
        self.log = folder / "container.log"
        self._folder = folder
        self._name = name
        with socket.create_server(("127.0.0.1", 0)) as listener, self.log.open("wb") as log:
            port: int = listener.getsockname()[1]
            self._process = ServerProcess(
                environment=environment, folder=folder, listener=listener, log=log
            )
        self.url = f"http://127.0.0.1:{port}"

    @property
    def pid(self) -> int:
        """The process id of the model server."""
        return self._process.pid

    def wait_until_healthy(self, timeout_seconds: float) -> None:
        """Return when /ping answers 200.

        Raises:
            ContainerFailed: the process ended, answered otherwise, or took longer.
        """
        try:
            answer = urllib3.request(
                "GET", f"{self.url}/ping", retries=False, timeout=timeout_seconds
            )
            healthy = answer.status == 200
        except urllib3.exceptions.HTTPError:
            healthy = False
        if not healthy:
            raise ContainerFailed(
                f"The primary container for production variant {self._name} did not pass the ping "
                "health check. Please check CloudWatch logs for this endpoint. "
                + self._last_words()
            )

    async def invoke(self, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Hand one request to /invocations.

        Raises:
            TimeoutError: no answer within 60 s.
            ConnectionError: the process is gone.
        """
        status, sent, content = await connections.post(f"{self.url}/invocations", body, headers)
        received = {name.lower(): value for name, value in sent.items()}
        return Reply(status=status, headers=received, body=content)

    def invoke_and_wait(
        self, body: bytes, headers: Mapping[str, str], timeout_seconds: float
    ) -> Reply | None:
        """As `invoke`, in this thread; None if there is no answer in time."""
        try:
            answer = urllib3.request(
                "POST",
                f"{self.url}/invocations",
                body=body,
                headers=dict(headers),
                retries=False,
                timeout=timeout_seconds,
            )
        except urllib3.exceptions.TimeoutError:
            return None
        except urllib3.exceptions.HTTPError as error:
            return Reply(status=500, headers={}, body=str(error).encode())
        received = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(status=answer.status, headers=received, body=answer.data)

    def stop(self) -> None:
        """End the process, which leaves by itself or is killed."""
        self._process.stop(STOP_TIMEOUT_SECONDS)

    def remove_files(self) -> None:
        """Remove its /opt/ml, with the log."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return f"Its last log line: {lines[-1]}" if lines else "Its log is empty."
