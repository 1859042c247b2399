"""Whoever has no business in an account is told so before anything is made there."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local_aws.launch import ACCOUNT, REGION
from operate.account import Account
from operate.preflight import quotas
from operate.preflight.assembly import read_assembly
from operate.preflight.checks import CHECKS, check
from operate.preflight.quotas import NAMES
from operate.refused import Refused
from rehearsal import on_aws
from rehearsal.on_aws import fit
from rehearsal.on_aws.command import main
from rehearsal.on_aws.fit import logs_before, unfit
from rehearsal.on_aws.place import refuse_elsewhere, where
from rehearsal.world import World
from tests.operate.planned import NAME, SLOT, config, write_assembly
from tests.rehearsal.on_aws.conftest import BOOTSTRAP, ROLE, make_stack, one


def given(*argv: str) -> Namespace:
    parser = ArgumentParser()
    on_aws.add_options(parser)
    return parser.parse_args(["--target", "aws", *argv])


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """An environment that says nothing of AWS but a region; its configuration file."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    configuration = tmp_path / "config"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(configuration))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    yield configuration


def refused(capsys: pytest.CaptureFixture[str], out: Path, *argv: str) -> str:
    """The sentence with which the command ends, having made nothing."""
    assert main(given(*argv), out) == 1
    assert not out.exists()
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("rehearsal: ")
    return said.err


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
def test_an_endpoint_in_the_environment_is_refused(
    nowhere: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
):
    monkeypatch.setenv(name, "http://127.0.0.1:4566")
    said = refused(capsys, nowhere.parent / "out")
    assert f"{name} is set to http://127.0.0.1:4566" in said
    assert "unset it, or play on the local AWS with `make rehearse`" in said


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("[default]\nendpoint_url = http://127.0.0.1:1\n", "sts"),
        (
            "[default]\nservices = s\n[services s]\ns3 =\n  endpoint_url = http://127.0.0.1:1\n",
            "s3",
        ),
    ],
)
def test_an_endpoint_in_the_configuration_is_refused(
    nowhere: Path, capsys: pytest.CaptureFixture[str], text: str, service: str
):
    nowhere.write_text(text)
    said = refused(capsys, nowhere.parent / "out")
    assert f"{service} would be asked at http://127.0.0.1:1, which is not AWS" in said


def test_without_credentials_there_is_one_sentence(
    nowhere: Path, capsys: pytest.CaptureFixture[str]
):
    said = refused(capsys, nowhere.parent / "out")
    assert "AWS can't be asked without credentials" in said
    assert len(said.splitlines()) == 1


def test_without_a_region_there_is_one_sentence(
    nowhere: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("AWS_REGION")
    assert "no region is set" in refused(capsys, nowhere.parent / "out")


def test_a_profile_beside_keys_is_refused_since_cdk_might_take_the_others(
    nowhere: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    nowhere.write_text("[profile other]\nregion = eu-west-1\n")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    sentence = "both the profile other and AWS_ACCESS_KEY_ID are given"
    assert sentence in refused(capsys, nowhere.parent / "out", "--profile", "other")
    monkeypatch.setenv("AWS_PROFILE", "other")
    assert sentence in refused(capsys, nowhere.parent / "out")


def test_aws_itself_is_not_refused(nowhere: Path):
    refuse_elsewhere(Account(), {"AWS_REGION": "eu-west-1"})


@pytest.fixture
def problems(account: Account, bootstrapped: None, tmp_path: Path) -> Callable[..., list[str]]:
    """Why the story can't be played with an assembly."""
    here = where(account)

    def run(**changed: Any) -> list[str]:
        stacks = read_assembly(write_assembly(tmp_path / "cdk.out", **changed))
        return list(unfit(account, here, stacks, list(check(account, here, stacks))))

    return run


@pytest.mark.local_aws
def test_an_account_that_fits_has_no_problem(problems: Callable[..., list[str]]):
    assert problems() == []


@pytest.mark.local_aws
def test_an_account_without_a_bootstrap_that_is_new_enough_is_told_the_command(
    world: World, problems: Callable[..., list[str]]
):
    command = f"`cdk bootstrap aws://{ACCOUNT}/{REGION}`"
    world.client("ssm").put_parameter(Name=BOOTSTRAP, Type="String", Value="5", Overwrite=True)
    [old] = problems()
    assert old.startswith("bootstrap: the bootstrap stack has version 5, the stacks need 6")
    assert command in old
    world.client("ssm").delete_parameter(Name=BOOTSTRAP)
    [none] = problems()
    assert none.startswith("bootstrap: the account is not bootstrapped there")
    assert ROLE not in none and command in none


@pytest.mark.local_aws
def test_an_app_that_is_deployed_there_is_not_played_with(
    world: World, problems: Callable[..., list[str]]
):
    stack = make_stack(world, "Dev-All", {"Topic": one("AWS::SNS::Topic")}, run=None)
    [problem] = problems()
    assert problem == (
        f"stack Dev-All is there already: somebody's app is deployed in {ACCOUNT}, {REGION}, and a"
        " rehearsal would play with it; take another account or region"
    )
    cloudformation = world.client("cloudformation")
    cloudformation.update_termination_protection(StackName=stack, EnableTerminationProtection=False)
    cloudformation.delete_stack(StackName=stack)
    assert problems() == []


@pytest.mark.local_aws
def test_every_name_that_is_taken_is_named(world: World, problems: Callable[..., list[str]]):
    sagemaker, ssm, kms = (world.client(name) for name in ("sagemaker", "ssm", "kms"))
    sagemaker.create_model_package_group(ModelPackageGroupName=NAME)
    ssm.put_parameter(Name=SLOT.replace("slot", "lock"), Type="String", Value="x")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/perennial-dev", TargetKeyId=key)
    alias = one("AWS::KMS::Alias", AliasName="alias/perennial-dev")
    found = problems(Alias=alias)
    for text in (
        "the key alias alias/perennial-dev is there already",
        "the parameter /perennial/dev/flight-delay/lock is there already",
        f"names: the model package group {NAME} exists already",
    ):
        assert [problem for problem in found if problem.startswith(text)], text
    assert len(found) == 3
    kms.delete_alias(AliasName="alias/perennial-dev")
    ssm.delete_parameter(Name=SLOT.replace("slot", "lock"))
    sagemaker.delete_model_package_group(ModelPackageGroupName=NAME)


@pytest.mark.local_aws
def test_a_stage_of_another_account_is_refused(problems: Callable[..., list[str]]):
    [problem] = problems(environment="aws://210987654321/eu-west-1")
    assert problem == (
        f"stack Dev-All goes to 210987654321, eu-west-1, and the credentials are of {ACCOUNT},"
        f" {REGION}; the rehearsal plays in one account and region"
    )


@pytest.mark.local_aws
@pytest.mark.parametrize(("granted", "fits"), [(2, False), (3, False), (4, True)])
def test_a_quota_has_to_do_for_a_release_beside_what_serves(
    problems: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch, granted: int, fits: bool
):
    name = NAMES["endpoint"].format("ml.m5.large")
    monkeypatch.setattr(fit, "allowed", lambda _: {name: (float(granted), "L-1")})
    found = problems()
    assert fits or found == [
        f"quotas: the quota {name!r} is {granted}, and 4 are needed while a release is beside what"
        " serves; `aws service-quotas request-service-quota-increase --service-code sagemaker"
        " --quota-code L-1 --desired-value 4`"
    ]
    assert bool(found) is not fits


@pytest.mark.local_aws
def test_a_quota_that_stops_the_first_deployment_is_told_once(
    problems: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
):
    name = NAMES["endpoint"].format("ml.m5.large")
    granted = {NAMES[usage].format(kind): (9.0, "L-2") for usage, kind in
               (("processing", "ml.m5.xlarge"), ("training", "ml.m5.xlarge"))}  # fmt: skip
    granted[name] = (1.0, "L-1")
    for module in (fit, quotas):
        monkeypatch.setattr(module, "allowed", lambda _: granted)
    monkeypatch.setitem(CHECKS, "quotas", quotas.quotas)
    [found] = problems(Config=config("ml.m5.large"))
    assert found.startswith(f"quotas: the quota {name!r} is 1, the first deployment or run needs 2")


@pytest.mark.local_aws
def test_logs_of_an_earlier_endpoint_of_the_same_name_are_noted_as_not_ours(
    account: Account, world: World, tmp_path: Path
):
    logs = world.client("logs")
    for name in (NAME, f"{NAME}-other"):
        logs.create_log_group(logGroupName=f"/aws/sagemaker/Endpoints/{name}")
    stacks = read_assembly(write_assembly(tmp_path / "cdk.out"))
    assert logs_before(account, where(account), stacks) == [f"/aws/sagemaker/Endpoints/{NAME}"]


def test_nothing_is_asked_of_an_account_before_it_is_known_to_be_aws(nowhere: Path):
    with pytest.raises(Refused, match="AWS_ENDPOINT_URL_STS is set"):
        refuse_elsewhere(Account(), {"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1"})
