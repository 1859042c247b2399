"""What needs no AWS: sentences about errors, pages, schedules, and the screen's form."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import botocore.exceptions as raised
import pytest
from botocore.stub import Stubber

from operate.account import Account
from operate.commands import main
from operate.refused import Refused
from operate.said import sentence_of
from operate.served import Served
from operate.status.look import Look
from operate.status.schedules import next_time, next_whole_hour
from operate.status.screen import Screen
from operate.versions import Version

NOW = datetime(2026, 3, 1, 13, 30, tzinfo=UTC)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "of-nobody")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    return Account(region="us-east-1")


def client_error(code: str, message: str = "said\n  twice.") -> raised.ClientError:
    return raised.ClientError({"Error": {"Code": code, "Message": message}}, "DescribeEndpoint")


CALL = "sagemaker:describe_endpoint of x"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            client_error("AccessDeniedException"),
            f"{CALL} was refused with AccessDeniedException: said twice; your credentials lack that"
            " permission (docs/how-to/on-call.md lists all)",
        ),
        (
            client_error("ExpiredTokenException"),
            f"{CALL} was refused with ExpiredTokenException: said twice; your credentials are void"
            " or expired, log in again",
        ),
        (
            client_error("ThrottlingException"),
            f"{CALL} was refused with ThrottlingException: said twice; AWS is asked too often in"
            " this account, try again in a minute",
        ),
        (
            client_error("ValidationException"),
            f"{CALL} was refused with ValidationException: said twice",
        ),
        (
            raised.NoCredentialsError(),
            "AWS can't be asked without credentials (Unable to locate credentials); log in, for"
            " example with `aws sso login`, or give --profile",
        ),
        (
            raised.EndpointConnectionError(endpoint_url="https://nowhere"),
            f'{CALL} got no answer (Could not connect to the endpoint URL: "https://nowhere");'
            " check the network, and whether --region is a region of AWS",
        ),
        (
            raised.ParamValidationError(report="no\nname"),
            f"{CALL} failed: Parameter validation failed: no name",
        ),
    ],
)
def test_every_error_is_one_sentence(error: Any, sentence: str):
    assert sentence_of(error, CALL) == sentence


def test_without_a_region_nothing_is_asked(monkeypatch: pytest.MonkeyPatch):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with pytest.raises(Refused, match=r"no region is set.*; give --region or set AWS_REGION"):
        Account()


def test_every_page_is_read(account: Account):
    stubber = Stubber(account._client("cloudformation"))
    page = {"StackName": "a", "CreationTime": NOW, "StackStatus": "CREATE_COMPLETE"}
    more = {"StackSummaries": [page], "NextToken": "more"}
    stubber.add_response("list_stacks", more, {})
    last = {"StackSummaries": [page | {"StackName": "b"}]}
    stubber.add_response("list_stacks", last, {"NextToken": "more"})
    with stubber:
        found = list(account.each("cloudformation", "list_stacks", "StackSummaries"))
    assert [stack["StackName"] for stack in found] == ["a", "b"]


def test_what_changes_something_is_no_read(account: Account):
    with pytest.raises(ValueError, match="put_parameter does not only read; call change"):
        account.read("ssm", "put_parameter", Name="x", Value="y")


def test_a_command_line_that_is_not_understood_ends_with_two(
    capsys: pytest.CaptureFixture[str],
):
    with pytest.raises(SystemExit) as ended:
        main(["freeze", "--stage", "Dev"])
    assert ended.value.code == 2
    assert "required: --reason" in capsys.readouterr().err


def test_ctrl_c_leaves_no_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("operate.commands.Account", interrupt)
    assert main(["status", "--stage", "Dev"]) == 1
    assert capsys.readouterr().err == "\noperate: stopped\n"


@pytest.mark.parametrize(
    ("expression", "hour"),
    [
        ("cron(0 * * * ? *)", "2026-03-01T14"),
        ("cron(0 0 * * ? *)", "2026-03-02T00"),
        ("cron(0 6 ? * * *)", "2026-03-02T06"),
        ("cron(0 0/4 * * ? *)", "2026-03-01T16"),
        ("cron(0 13 * * ? *)", "2026-03-02T13"),
        ("cron(15 10 ? * MON *)", None),
    ],
)
def test_the_next_time_of_a_cron_expression_of_ours(expression: str, hour: str | None):
    found = next_whole_hour(expression, NOW)
    assert (f"{found:%Y-%m-%dT%H}" if found else None) == hour


@pytest.mark.parametrize(
    ("expression", "created", "expected"),
    [
        ("rate(1 day)", NOW - timedelta(hours=30), NOW + timedelta(hours=18)),
        ("rate(7 days)", NOW - timedelta(days=7), NOW + timedelta(days=7)),
        ("rate(2 hours)", NOW + timedelta(hours=5), NOW + timedelta(hours=5)),
    ],
)
def test_a_rate_counts_from_its_schedule_s_creation(
    expression: str, created: datetime, expected: datetime
):
    schedule = {"ScheduleExpression": expression, "CreationDate": created, "State": "ENABLED"}
    assert next_time(schedule, NOW) == expected
    assert next_time(schedule | {"State": "DISABLED"}, NOW) is None
    begun = schedule | {"StartDate": created, "CreationDate": NOW - timedelta(minutes=1)}
    assert next_time(begun, NOW) == expected


def looked_at(**changed: Any) -> Look:
    arn = "arn:aws:sagemaker:us-east-1:123456789012:model-package/dev-flight-delay/7"
    version = Version(arn, "Approved", why="better in every month of the year " * 4)
    served = Served("dev-flight-delay", "Updating", "", "config", version, arn, (), {})
    return Look("Dev", "flight-delay", "123456789012", "us-east-1", NOW, served=served, **changed)


@pytest.mark.parametrize(("columns", "widest"), [(20, 80), (95, 95), (300, 120)])
def test_the_screen_has_80_to_120_columns(columns: int, widest: int):
    lines = Screen(columns=columns, colours=False).show(looked_at()).splitlines()
    assert widest - 20 < max(map(len, lines)) <= widest


def test_colours_say_what_is_frozen_and_only_where_they_are_shown():
    look = looked_at(frozen={"/perennial/dev/flight-delay/frozen": "prices (by ann, today)"})
    plain = Screen(columns=100, colours=False).show(look)
    assert "\x1b" not in plain
    assert "FROZEN    the model: prices (by ann, today) [python -m operate unfreeze" in plain
    painted = Screen(columns=100, colours=True).show(look)
    assert "\x1b[31mthe model: prices" in painted
    assert unpainted(painted) == plain


def unpainted(text: str) -> str:
    for code in ("0", "1", "31", "33"):
        text = text.replace(f"\x1b[{code}m", "")
    return text


def test_a_program_that_reads_half_of_the_screen_is_no_failure_of_ours(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    def broken(*_: Any, **__: Any) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("operate.commands.Account", broken)
    with (tmp_path / "out").open("w") as out:
        monkeypatch.setattr("sys.stdout", out)
        assert main(["status", "--stage", "Dev"]) == 1
        print("the rest")
    assert (tmp_path / "out").read_text() == ""
    assert capsys.readouterr().err == ""
