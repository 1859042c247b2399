"""A whole rehearsal of the AWS target, with the local AWS in AWS's place and a short story."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.launch import ACCOUNT
from operate.account import READS, Account
from operate.refused import Refused
from rehearsal import __main__ as rehearsal
from rehearsal import playing
from rehearsal.arrows import StoryBroke
from rehearsal.on_aws import command, deleting
from rehearsal.on_aws.assumptions import judge
from rehearsal.on_aws.command import rehearse
from rehearsal.on_aws.ending import CLEAN_UP, go_on, record_of
from rehearsal.on_aws.record import Made, Record
from rehearsal.on_aws.seen import Seen
from rehearsal.on_aws.telling import Told
from rehearsal.timeline import Timeline
from rehearsal.world import World
from tests.operate.planned import write_assembly
from tests.rehearsal.on_aws.conftest import make_stack, one

pytestmark = [pytest.mark.local_aws, pytest.mark.usefixtures("bootstrapped")]
BUCKET = "of-the-story"


@pytest.fixture(autouse=True)
def short_synth(monkeypatch: pytest.MonkeyPatch) -> None:
    """The assembly of a small app, which a test need not wait for."""
    monkeypatch.setattr(
        command, "synthesize", lambda world, *_, **__: write_assembly(world.assembly)
    )


def tell(world: World, timeline: Timeline, told: Told) -> None:
    """A story of one stack, with a bucket that it keeps."""
    bucket = one("AWS::S3::Bucket", kept=True, BucketName=BUCKET)
    make_stack(world, "Dev-All", {"Bucket": bucket}, run=told.record.run)
    world.client("s3").put_object(Bucket=BUCKET, Key="a", Body=b"x")
    timeline.record("data scientist", "story told")


def there(world: World) -> bool:
    buckets = world.client("s3").list_buckets()["Buckets"]
    return BUCKET in [bucket["Name"] for bucket in buckets]


def test_a_story_is_told_judged_and_cleaned_up(
    account: Account, world: World, capsys: pytest.CaptureFixture[str]
):
    assert rehearse(account, world, yes=ACCOUNT, tell=tell) == 0
    said = capsys.readouterr().out
    positions = [said.index(text) for text in (
        f"account     {ACCOUNT}, us-east-1", "story told", "Assumptions: 0 confirmed",
        "The clean-up;", "deletes stack Dev-All", f"bucket {BUCKET} is deleted", "Nothing is left.",
    )]  # fmt: skip
    assert positions == sorted(positions)
    assert not there(world)
    left = {path.name for path in world.out.iterdir()}
    assert left == {
        "assumptions.json", "assumptions.md", "cdk.out", "clean-up.log", "timeline.jsonl",
    }  # fmt: skip


@pytest.mark.parametrize("answer", ["no", "", "999999999999"])
def test_whoever_does_not_type_the_number_has_nothing_made(
    account: Account, world: World, monkeypatch: pytest.MonkeyPatch, calls: list[str], answer: str
):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: answer)
    told: list[Told] = []
    with pytest.raises(Refused, match=f"nothing was done: '{answer}' is not the account"):
        rehearse(account, world, yes=None, tell=lambda *args: told.append(args[2]))
    assert told == [] and not record_of(world.out).exists()
    reads = tuple(read.removesuffix("_").capitalize() for read in READS)
    assert calls and [call for call in calls if not call.startswith(reads)] == []


def test_the_record_is_on_disk_before_anything_is_made(account: Account, world: World):
    def look(_: World, __: Timeline, told: Told) -> None:
        found = Record.load(record_of(world.out))
        assert found is not None and found.made == []
        assert (found.run, found.account, found.stacks) == (told.record.run, ACCOUNT, ["Dev-All"])

    assert rehearse(account, world, yes=ACCOUNT, tell=look) == 0


def test_a_story_that_breaks_is_cleaned_up_after_and_told(
    account: Account, world: World, capsys: pytest.CaptureFixture[str]
):
    def breaks(*args: Any) -> None:
        tell(*args)
        raise StoryBroke("an answer is no version's")

    assert rehearse(account, world, yes=ACCOUNT, tell=breaks) == 1
    assert "The rehearsal stopped: an answer is no version's" in capsys.readouterr().err
    assert not there(world) and not record_of(world.out).exists()


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, RuntimeError])
def test_whatever_stops_the_story_it_is_cleaned_up_after(
    account: Account, world: World, interrupt: type[BaseException]
):
    def stopped(*args: Any) -> None:
        tell(*args)
        raise interrupt

    with pytest.raises(interrupt):
        rehearse(account, world, yes=ACCOUNT, tell=stopped)
    assert not there(world) and not record_of(world.out).exists()


def test_a_refuted_assumption_is_a_failure_that_names_the_file(
    account: Account,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    row = "package-versions-have-no-name"
    seen = {row: lambda *_: Seen(False, "it is in DescribeModelPackage")}
    monkeypatch.setattr(command, "judge", lambda world, told: judge(world, told, seen))
    assert rehearse(account, world, yes=ACCOUNT, tell=lambda *_: None) == 1
    assert (
        f"refuted: local_aws/assumptions.toml: [{row}] is taken as true, and AWS does otherwise: it"
        " is in DescribeModelPackage"
    ) in capsys.readouterr().err


@pytest.fixture
def stuck(
    account: Account,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[[], None]:
    """A rehearsal whose bucket could not be deleted; what makes it deletable again."""

    def refuse(*_: object) -> str:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DeleteBucket")

    delete = deleting.KINDS["bucket"]
    monkeypatch.setitem(deleting.KINDS, "bucket", refuse)
    assert rehearse(account, world, yes=ACCOUNT, tell=tell) == 1
    return lambda: monkeypatch.setitem(deleting.KINDS, "bucket", delete)


def test_what_is_left_is_told_with_what_to_do_and_a_new_rehearsal_waits_for_it(
    account: Account, world: World, stuck: Callable[[], None], capsys: pytest.CaptureFixture[str]
):
    said = capsys.readouterr().out
    assert f"1 things are left; try `{CLEAN_UP}` again, or by hand" in said
    assert f"aws s3api delete-bucket --bucket {BUCKET}" in said
    with pytest.raises(Refused, match=f"has left things, see .*; first run `{CLEAN_UP}`"):
        rehearse(account, world, yes=ACCOUNT, tell=tell)
    with pytest.raises(Refused, match="nothing was done: '1' is not the account"):
        go_on(account, world, yes="1")
    assert there(world)
    assert go_on(account, world, yes=ACCOUNT) == 1
    stuck()
    assert go_on(account, world, yes=ACCOUNT) == 0
    assert not there(world)
    assert f"bucket {BUCKET} is deleted" in capsys.readouterr().out
    assert go_on(account, world, yes=ACCOUNT) == 0
    assert "No rehearsal has left anything" in capsys.readouterr().out


def test_a_clean_up_with_other_credentials_deletes_nothing(
    account: Account, world: World, stuck: Callable[[], None]
):
    record = Record.load(record_of(world.out))
    assert record is not None
    record.account = "210987654321"
    record.save()
    with pytest.raises(Refused, match="was played in 210987654321, us-east-1, and the creden"):
        go_on(account, world, yes=ACCOUNT)
    assert there(world)
    record.account = ACCOUNT
    record.save()
    stuck()
    assert go_on(account, world, yes=ACCOUNT) == 0


def test_a_record_that_can_t_be_read_is_not_taken_for_none(account: Account, world: World):
    path = record_of(world.out)
    path.parent.mkdir(parents=True)
    path.write_text('{"run": "x"')
    with pytest.raises(Refused, match=r"can't be read .*; stacks of that rehearsal have the tag"):
        rehearse(account, world, yes=ACCOUNT, tell=tell)


def test_a_clean_up_that_aws_cuts_off_says_how_to_go_on(
    account: Account,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    def expired(*_: object) -> list[str]:
        raise ClientError({"Error": {"Code": "ExpiredToken", "Message": "late"}}, "DescribeStacks")

    with monkeypatch.context() as patched:
        patched.setattr("rehearsal.on_aws.stock.take", expired)
        assert rehearse(account, world, yes=ACCOUNT, tell=tell) == 1
    assert f"Once that is mended, go on with `{CLEAN_UP}`" in capsys.readouterr().out
    assert there(world)
    assert go_on(account, world, yes=ACCOUNT) == 0
    assert not there(world)


def test_the_local_rehearsal_leaves_the_record_of_one_on_aws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    out = tmp_path / "out"
    monkeypatch.setattr(playing, "ON_AWS", out / "on-aws")
    record = Record(out / "on-aws" / "record.json", "x", ACCOUNT, "r", [], [], [Made("key", "k")])
    record.save()
    (out / "timeline.jsonl").write_text("old")
    (out / "aws").mkdir()
    playing._empty(out)
    assert [path.name for path in out.iterdir()] == ["on-aws"]
    assert Record.load(record.path) == record


def test_the_command_line_leads_to_aws_only_where_it_is_named(monkeypatch: pytest.MonkeyPatch):
    given: list[Any] = []
    monkeypatch.setattr(command, "main", lambda *args: given.append(args) or 7)
    argv = ["--target", "aws", "--region", "eu-west-1", "--yes", ACCOUNT, "--clean-up"]
    assert rehearsal.main(argv) == 7
    [(options, out)] = given
    assert (options.region, options.yes, options.clean_up) == ("eu-west-1", ACCOUNT, True)
    assert out == rehearsal.ON_AWS
    with pytest.raises(SystemExit):
        rehearsal.main(["--target", "moon"])
