"""The AWS that the story is played on, reached as any user would: boto3 and the cdk CLI."""

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import boto3

from rehearsal.arrows import Seen, StoryBroke, await_arrow
from rehearsal.flights import Airline
from rehearsal.passing import Passing, RealTime

REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class World:
    """An AWS and the folder for what the rehearsal leaves behind.

    Attributes:
        environment: what a client needs to reach it: `AWS_REGION`; for a local AWS also
            `AWS_ENDPOINT_URL` and keys, for AWS itself `AWS_PROFILE` where one was chosen. What is
            not in it a client finds as boto3 does.
        out: `timeline.jsonl`, the assembly, logs.
        time: how time passes there.
        airline: whose flights the model is about.
    """

    environment: Mapping[str, str]
    out: Path
    time: Passing = field(default_factory=RealTime)
    airline: Airline = field(default_factory=Airline)

    @cached_property
    def session(self) -> Any:
        """The boto3 session of all clients; who wants to hear its events registers before them."""
        return boto3.Session(
            aws_access_key_id=self.environment.get("AWS_ACCESS_KEY_ID"),
            aws_secret_access_key=self.environment.get("AWS_SECRET_ACCESS_KEY"),
            region_name=self.environment["AWS_REGION"],
            profile_name=self.environment.get("AWS_PROFILE"),
        )

    @property
    def credentials(self) -> Any:
        """What signs requests: botocore's credentials."""
        return self.session.get_credentials()

    def url(self, service: str) -> str:
        """Where a service of this AWS answers."""
        return str(self.client(service).meta.endpoint_url)

    @cached_property
    def _clients(self) -> dict[str, Any]:
        return {}

    def client(self, service: str) -> Any:
        """The boto3 client; botocore makes its class at run time, hence no narrower type."""
        if service not in self._clients:
            endpoint = self.environment.get("AWS_ENDPOINT_URL")
            self._clients[service] = self.session.client(service, endpoint_url=endpoint)
        return self._clients[service]

    def await_arrow(
        self,
        arrow: str,
        probe: Callable[[], Seen],
        *,
        expected: str,
        until: Callable[[Seen], bool] = bool,
        within: float = 60.0,
    ) -> Seen:
        """`rehearsal.arrows.await_arrow` on this world's clock."""
        return await_arrow(
            arrow, probe, expected=expected, until=until, within=within, time=self.time
        )

    @property
    def assembly(self) -> Path:
        """Where `cdk synth` wrote the templates that are deployed."""
        return self.out / "cdk.out"

    def cdk(self, *arguments: str, folder: Path = REPOSITORY) -> str:
        """Run the cdk CLI in a folder, by default the repository, and return what it printed.

        Raises:
            StoryBroke: it failed; the text holds its last lines, and `cdk.log` all of them.
        """
        done = run_cdk(*arguments, environment=self.environment, folder=folder)
        with (self.out / "cdk.log").open("a", encoding="utf-8") as log:
            log.write(f"$ cdk {' '.join(arguments)}\n{done.stdout}\n")
        if done.returncode:
            raise StoryBroke(f"cdk {arguments[0]} failed: " + done.stdout.strip()[-2000:])
        return done.stdout

    def outputs(self, stack: str) -> dict[str, str]:
        """The outputs of a deployed stack."""
        [description] = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        return {o["OutputKey"]: o["OutputValue"] for o in description.get("Outputs", [])}

    def read_json(self, uri: str) -> Any:
        """A JSON object in S3."""
        return json.loads(self.read_bytes(uri))

    def exists(self, uri: str) -> bool:
        """Whether there is such an object in S3."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        listed = self.client("s3").list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)
        return any(entry["Key"] == key for entry in listed.get("Contents", []))

    def read_bytes(self, uri: str) -> bytes:
        """An object in S3."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        body: bytes = self.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return body


def run_cdk(
    *arguments: str, environment: Mapping[str, str] = MappingProxyType({}),
    folder: Path = REPOSITORY,
) -> "subprocess.CompletedProcess[str]":  # fmt: skip
    """Run the cdk CLI in a folder; what it prints is all in one text."""
    return subprocess.run(
        ["cdk", *arguments], cwd=folder, env={**os.environ, **environment}, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
