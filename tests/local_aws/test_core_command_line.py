"""`python -m local_aws`, as a person starts it in a terminal."""

import io
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from local_aws.launch import free_port
from tests.local_aws.stacks import eventually
from tests.local_aws.workshop import Workshop

pytestmark = pytest.mark.local_aws
ROOT = Path(__file__).resolve().parents[2]
PRINTED_LINES = 13


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """The folder of the machine's temporary files, as far as the process knows."""
    folder = tmp_path / "machine"
    folder.mkdir()
    return folder


@dataclass(frozen=True)
class Started:
    """A running process, and what it printed before it began to serve."""

    printed: list[str]

    def client(self, service: str) -> Any:
        """A client with what the process printed to be exported, once it answers."""
        exports = [line.removeprefix("export ") for line in self.printed if "export" in line]
        told = dict(line.split("=", 1) for line in exports)
        eventually(lambda: answers(told["AWS_ENDPOINT_URL"]))
        return boto3.client(
            service,
            endpoint_url=told["AWS_ENDPOINT_URL"],
            region_name=told["AWS_REGION"],
            aws_access_key_id=told["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=told["AWS_SECRET_ACCESS_KEY"],
        )


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_ministack/health") as answer:
            return bool(answer.status == 200)
    except urllib.error.URLError:
        return False


@contextmanager
def started(*arguments: str, cwd: Path, machine: Path) -> Iterator[Started]:
    """It runs until it is asked to end, at the end of the block."""
    command = [sys.executable, "-m", "local_aws", "--port", str(free_port()), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(machine)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=cwd,
        env=environment,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        try:
            yield Started([process.stdout.readline().rstrip() for _ in range(PRINTED_LINES)])
        finally:
            process.terminate()


def test_what_it_prints_makes_clients_talk_to_it(tmp_path: Path, machine: Path) -> None:
    with started(cwd=tmp_path, machine=machine) as it:
        assert it.client("sts").get_caller_identity()["Account"] == "123456789012"


def test_it_names_its_limits_and_all_that_is_assumed(tmp_path: Path, machine: Path) -> None:
    with started(cwd=tmp_path, machine=machine) as it:
        printed = " ".join(it.printed)
    assert "local_aws/README.md" in printed
    assert assumptions_named_in(printed) == set((ROOT / "local_aws").rglob("assumptions.toml"))


def test_the_project_s_page_names_all_that_is_assumed() -> None:
    page = (ROOT / "README.md").read_text()
    assert assumptions_named_in(page) == set((ROOT / "local_aws").rglob("assumptions.toml"))


def assumptions_named_in(text: str) -> set[Path]:
    patterns = re.findall(r"[\w/*]+/assumptions\.toml", text)
    return {path for pattern in patterns for path in ROOT.glob(pattern)}


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A folder of JavaScript packages that no function finds by itself."""
    folder = tmp_path / "someones" / "node_modules"
    (folder / "greeting").mkdir(parents=True)
    (folder / "greeting" / "index.js").write_text('module.exports = "hello from a package";')
    return folder


def greeting(it: Started) -> Any:
    """What a function in Node.js finds in the package `greeting`."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as files:
        files.writestr("index.js", 'exports.handler = async () => require("greeting");')
    functions = it.client("lambda")
    functions.create_function(
        FunctionName="greet",
        Runtime="nodejs22.x",
        Handler="index.handler",
        Role="arn:aws:iam::123456789012:role/function",
        Code={"ZipFile": code.getvalue()},
        Timeout=30,
    )
    return json.load(functions.invoke(FunctionName="greet", Payload="{}")["Payload"])


@pytest.mark.nightly
def test_functions_in_node_find_the_packages_where_it_is_started(
    packages: Path, machine: Path
) -> None:
    with started(cwd=packages.parent, machine=machine) as it:
        assert greeting(it) == "hello from a package"


def test_functions_in_node_find_the_packages_it_is_told(
    packages: Path, tmp_path: Path, machine: Path
) -> None:
    arguments = ("--node-modules", str(packages))
    with started(*arguments, cwd=tmp_path, machine=machine) as it:
        assert greeting(it) == "hello from a package"


def test_packages_that_are_not_there_are_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "local_aws", "--node-modules", "nowhere"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith(
        "--node-modules must be a folder of JavaScript packages, got nowhere, which is no folder; "
        "give another or leave it out"
    )


@pytest.mark.parametrize("folder", [pytest.param(None, marks=pytest.mark.nightly), "kept"])
def test_a_run_leaves_nothing_among_the_machine_s_temporary_files(
    folder: str | None, tmp_path: Path, machine: Path
) -> None:
    arguments = ("--folder", folder) if folder else ()
    with started(*arguments, cwd=tmp_path, machine=machine) as it:
        job = Workshop(it.client).process("sh", "-c", "touch left-behind")
        assert job["ProcessingJobStatus"] == "Completed"
        used = [path.name for path in machine.iterdir()]
    assert list(machine.iterdir()) == []
    assert bool(used) == (folder is None)
