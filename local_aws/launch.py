"""Start the local AWS as a process of its own, and stop it with all that it started.

::

    with LocalAws.start(folder) as aws:
        boto3.client("sagemaker", **aws.client_arguments())
        subprocess.run(["cdk", "deploy"], env={**os.environ, **aws.environment()})
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import urllib3

ACCOUNT = "123456789012"
REGION = "us-east-1"
_HEALTHY_WITHIN_SECONDS = 60.0
_STOPS_WITHIN_SECONDS = 5.0
_PROJECT = Path(__file__).resolve().parents[1]


class LocalAws:
    """A running local AWS. Leaving its `with` block stops it and all that it started.

    Attributes:
        endpoint_url: Where it answers, on 127.0.0.1.
        log: The file that holds what it printed.
        process_id: Its process, which leads a process group of its own.
    """

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self._process = process
        self._port = port
        self.endpoint_url = f"http://127.0.0.1:{port}"
        self.log = log
        self.process_id = process.pid
        self._heard: dict[str, int] = {}
        self._clock = urllib3.HTTPConnectionPool("127.0.0.1", port, retries=False, timeout=60)

    @classmethod
    def start(
        cls,
        folder: Path,
        *,
        port: int = 0,
        node_modules: Path | None = None,
        assume: Mapping[str, bool] | None = None,
    ) -> "LocalAws":
        """Start it and wait until it answers.

        Args:
            folder: Where it keeps its files and its log; made if it is not there.
            port: A port of 127.0.0.1; 0 takes a free one.
            node_modules: A folder of JavaScript packages for Lambda functions in Node.js, as
                AWS's runtime brings its SDK along.
            assume: Rows of any `assumptions.toml` to switch, by id.

        Raises:
            RuntimeError: It stopped, or did not answer within a minute; the text ends with the
                last lines of its log.
        """
        folder.mkdir(parents=True, exist_ok=True)
        port = port or free_port()
        log = folder / "local_aws.log"
        command = [sys.executable, "-m", "local_aws", "--port", str(port), "--folder", str(folder)]
        if node_modules is not None:
            command += ["--node-modules", str(node_modules.resolve())]
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                env=_process_environment(assume or {}),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        aws = cls(process, port, log)
        try:
            aws._wait_until_healthy()
        except BaseException:
            aws.stop()
            raise
        return aws

    def environment(self) -> dict[str, str]:
        """The variables that make AWS clients in any language talk to it and to nothing else."""
        return client_environment(self._port)

    def client_arguments(self) -> dict[str, Any]:
        """Arguments that make `boto3.client` talk to it, whatever the environment says."""
        return {
            "endpoint_url": self.endpoint_url,
            "region_name": REGION,
            "aws_access_key_id": ACCOUNT,
            "aws_secret_access_key": "local",
        }

    def now(self) -> float:
        """Its time, in seconds since the epoch."""
        return float(self._ask_clock("GET")["Now"])

    def wait(self, seconds: float) -> float:
        """Let virtual time pass: until something happened and all wait again, or it is over.

        While anything works it takes a real second at most; whoever waits for more asks again::

            while not done():
                aws.wait(60)

        Args:
            seconds: How much virtual time may pass at most, up to 366 days.

        Returns:
            The virtual seconds that passed.

        Raises:
            ValueError: It is not a number of seconds that can pass.
        """
        return float(self._ask_clock("POST", {"WaitSeconds": seconds})["Waited"])

    def wait_for_news(self, seconds: float) -> float:
        """`wait`, but not for what happened since the last such wait came back.

        For who looks around between two waits, and may look a moment too early: what happens after
        the look and before the wait would else be noticed when that is over.
        """
        told = self._ask_clock("POST", {"WaitSeconds": seconds, **self._heard})
        self._heard = {"Since": told["News"]}
        return float(told["Waited"])

    def stop(self) -> None:
        """Stop it and every process it started."""
        self._clock.close()
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process_id, number)
            except ProcessLookupError:
                break
            try:
                self._process.wait(_STOPS_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                continue
        self._process.wait()

    def __enter__(self) -> "LocalAws":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _ask_clock(self, method: str, body: Mapping[str, float] | None = None) -> dict[str, Any]:
        content = None if body is None else json.dumps(body)
        answer = self._clock.request(method, "/_local_aws/clock", body=content)
        told: dict[str, Any] = answer.json()
        if answer.status != 200:
            raise ValueError(told["message"])
        return told

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + _HEALTHY_WITHIN_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"the local AWS stopped as it started\n{self._last_lines()}")
            try:
                with urllib.request.urlopen(f"{self.endpoint_url}/_ministack/health", timeout=1):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.05)
        raise RuntimeError(
            f"the local AWS did not answer at {self.endpoint_url} within"
            f" {_HEALTHY_WITHIN_SECONDS:.0f} s\n{self._last_lines()}"
        )

    def _last_lines(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Whether nobody listens on a port of 127.0.0.1."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def client_environment(port: int) -> dict[str, str]:
    """What a client of the local AWS has in its environment; no profile or shared file counts."""
    return {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def server_environment(port: int, folder: Path, node_modules: Path) -> dict[str, str]:
    """What MiniStack reads: this machine only, this port, and no file outside the folder.

    Args:
        port: Where it listens.
        folder: Where it keeps all its files.
        node_modules: JavaScript packages for Lambda functions, if there is such a folder.
    """
    temporary = folder.resolve() / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    return {
        **client_environment(port),
        **({"NODE_PATH": str(node_modules.resolve())} if node_modules.is_dir() else {}),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "S3_DATA_DIR": str(folder / "s3"),
        "STATE_DIR": str(folder / "state"),
        "TMPDIR": str(temporary),
        "LAMBDA_EXECUTOR": "local",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }


def _process_environment(assume: Mapping[str, bool]) -> dict[str, str]:
    """A small environment of its own, so that nothing of the caller's shell changes a run."""
    kept = ("HOME", "LANG", "PATH")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment.get('PATH', '')}"
    environment["PYTHONPATH"] = str(_PROJECT)
    environment["PYTHONUNBUFFERED"] = "1"
    environment["LOCAL_AWS_ASSUME"] = ",".join(
        f"{name}={str(value).lower()}" for name, value in assume.items()
    )
    return environment
