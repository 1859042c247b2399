"""An AWS for the target to play on: the local one, taken for the real one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local_aws.launch import ACCOUNT, REGION, LocalAws
from operate.account import Account
from operate.preflight.checks import CHECKS
from rehearsal.on_aws.record import TAG, Record
from rehearsal.passing import LocalTime
from rehearsal.world import World
from tests.called import calls as calls

ROLE = f"cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-{REGION}"
BOOTSTRAP = "/cdk-bootstrap/hnb659fds/version"
RUN = "20260101t000000z-abcdef"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with LocalAws.start(tmp_path_factory.mktemp("aws")) as running:
        yield running


@pytest.fixture(scope="module")
def clients(aws: LocalAws) -> dict[str, Any]:
    """Clients that worlds share: botocore reads its models for each session anew."""
    return {}


@pytest.fixture
def world(aws: LocalAws, clients: dict[str, Any], tmp_path: Path) -> World:
    made = World(environment=aws.environment(), out=tmp_path / "on-aws", time=LocalTime(aws))
    vars(made)["_clients"] = clients
    return made


@pytest.fixture(scope="module")
def account(aws: LocalAws) -> Iterator[Account]:
    """The account that the environment leads to."""
    with pytest.MonkeyPatch.context() as patched:
        for name, value in aws.environment().items():
            patched.setenv(name, value)
        yield Account()


@pytest.fixture
def bootstrapped(account: Account, world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A bootstrapped account, whose quotas and images, which it does not have, nobody asks for."""
    for check in ("quotas", "images"):
        monkeypatch.delitem(CHECKS, check)
    ssm, iam = world.client("ssm"), world.client("iam")
    ssm.put_parameter(Name=BOOTSTRAP, Type="String", Value="25", Overwrite=True)
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument="{}")
    yield
    iam.delete_role(RoleName=ROLE)
    ssm.delete_parameters(Names=[BOOTSTRAP])


@pytest.fixture
def record(world: World) -> Record:
    """Of a run that was to make the stacks `Dev-One` and `Dev-Two`."""
    made = Record(
        world.out / "record.json", RUN, ACCOUNT, REGION, ["Dev-One", "Dev-Two"], before=[]
    )
    made.save()
    return made


def make_stack(world: World, name: str, resources: dict[str, Any], *, run: str | None = RUN) -> str:
    """Deploy a stack as `cdk deploy --tags` would; its id.

    Args:
        world: Where.
        name: The stack's.
        resources: Its template's.
        run: The value of the rehearsal's tag; None for a stack of somebody else.
    """
    cloudformation = world.client("cloudformation")
    tags = [{"Key": TAG, "Value": run}] if run else []
    made = cloudformation.create_stack(
        StackName=name, TemplateBody=json.dumps({"Resources": resources}), Tags=tags,
        Capabilities=["CAPABILITY_NAMED_IAM"], EnableTerminationProtection=True,
    )  # fmt: skip

    def status() -> str:
        [found] = cloudformation.describe_stacks(StackName=made["StackId"])["Stacks"]
        return str(found["StackStatus"])

    world.await_arrow(
        "CreateStack", status, expected="the stack", until=lambda said: said == "CREATE_COMPLETE"
    )
    return str(made["StackId"])


def one(kind: str, *, kept: bool = False, **properties: Any) -> dict[str, Any]:
    """A resource."""
    policies = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"} if kept else {}
    return {"Type": kind, "Properties": properties, **policies}
