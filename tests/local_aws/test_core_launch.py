"""Starting and stopping the local AWS."""

import os
import socket
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

from local_aws.launch import LocalAws

pytestmark = pytest.mark.local_aws


def children(pid: int) -> list[int]:
    """The processes whose group is that of the process."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := entry / "stat").exists():
            fields = stat.read_text().rsplit(")", 1)[1].split()
            if int(fields[2]) == pid and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def test_it_answers_inside_the_with_block_and_is_gone_after_it(tmp_path: Path) -> None:
    with LocalAws.start(tmp_path / "aws") as aws:
        once = Config(retries={"total_max_attempts": 1})
        sts = boto3.client("sts", config=once, **aws.client_arguments())
        assert sts.get_caller_identity()["Account"] == "123456789012"
        assert aws.log.read_text().startswith(f"export AWS_ENDPOINT_URL={aws.endpoint_url}\n")
        pid = aws.process_id
        assert children(pid)
    assert not children(pid)
    with pytest.raises(EndpointConnectionError):
        sts.get_caller_identity()


def test_two_at_once_know_nothing_of_each_other(aws: LocalAws, tmp_path: Path) -> None:
    with LocalAws.start(tmp_path / "aws") as other:
        assert other.endpoint_url != aws.endpoint_url
        boto3.client("sagemaker", **other.client_arguments()).create_model_package_group(
            ModelPackageGroupName="elsewhere"
        )
    groups = boto3.client("sagemaker", **aws.client_arguments()).list_model_package_groups(
        NameContains="elsewhere"
    )
    assert groups["ModelPackageGroupSummaryList"] == []


def test_it_listens_on_this_machine_only(aws: LocalAws) -> None:
    targets = [str(fd.readlink()) for fd in Path(f"/proc/{aws.process_id}/fd").iterdir()]
    inodes = {target[8:-1] for target in targets if target.startswith("socket:[")}
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    listening = {row[1].split(":")[0] for row in rows if row[3] == "0A" and row[9] in inodes}
    assert listening == {"0100007F"}


def test_a_port_that_is_taken_is_reported_with_the_log(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(RuntimeError, match=f"port {port} of 127.0.0.1 is taken"):
            LocalAws.start(tmp_path / "aws", port=port)


def test_no_profile_of_the_caller_reaches_a_client(aws: LocalAws) -> None:
    environment = aws.environment()
    assert environment["AWS_CONFIG_FILE"] == os.devnull
    assert environment["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    assert environment["AWS_ACCESS_KEY_ID"] == "123456789012"


def test_a_switched_assumption_reaches_the_process(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="got 'sky-is-blue=true', allowed: "):
        LocalAws.start(tmp_path / "aws", assume={"sky-is-blue": True})
