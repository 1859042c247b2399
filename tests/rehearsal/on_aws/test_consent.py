"""What a person is shown before anything is made, and that only the account's number goes on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from operate.preflight.assembly import PlannedStack, read_assembly
from operate.preflight.finding import Finding, Weight
from operate.preflight.template import World as Where
from operate.refused import Refused
from rehearsal.on_aws.consent import WIDTH, ask, screen
from rehearsal.on_aws.plan import LEFT_OUT, chapters, kept, uses

ACCOUNT = "123456789012"
HERE = Where(ACCOUNT, "eu-west-1")
ANN = f"arn:aws:iam::{ACCOUNT}:user/ann"
DOUBTS = [
    Finding(Weight.UNKNOWN, "monitoring engine", "it can't be told", "take OpenEngine"),
    Finding(Weight.LATER, "quotas", "4 may be needed", "ask for more"),
]


@pytest.fixture(scope="session")
def stacks(assemblies: dict[str, Path]) -> list[PlannedStack]:
    """Those of the app as it is."""
    return read_assembly(assemblies["home"])


@pytest.fixture
def shown(stacks: list[PlannedStack]) -> str:
    return screen(HERE, ANN, stacks, DOUBTS, "out/record.json")


def words(text: str) -> str:
    return " ".join(text.split())


def test_it_says_where_and_who(shown: str):
    assert words(shown).startswith(f"account {ACCOUNT}, eu-west-1 as {ANN}")


def test_it_says_that_it_never_ran_on_aws(shown: str):
    assert "written and tested without an AWS account: you are the first" in words(shown)


def test_every_stack_of_the_assembly_is_named(shown: str, stacks: list[PlannedStack]):
    assert len(stacks) == 8 + 6
    assert f"14 stacks: {', '.join(stack.name for stack in stacks)}" in words(shown)


def test_instances_and_hours_are_those_of_the_templates(shown: str, stacks: list[PlannedStack]):
    found = {(use.purpose, use.kind): use for use in uses(stacks, HERE)}
    # Dev serves with one instance, Prod with two, and Prod's canary takes two more.
    assert found["endpoint", "ml.m5.large"].most == 1 + 2 + 2
    assert found["training", "ml.m5.xlarge"].most == 1
    assert "the endpoints: 5 ml.m5.large at most, about" in words(shown)
    assert "instance-hours" in shown and "$" not in shown


def test_an_endpoint_is_counted_from_its_release_to_the_end(stacks: list[PlannedStack]):
    minutes = [chapter.minutes for chapter in chapters(stacks)]
    dev = sum(minutes[2:]) + minutes[7] + minutes[10]
    prod = 2 * (sum(minutes[5:]) + minutes[9])
    [hours] = [use.hours for use in uses(stacks, HERE) if use.purpose == "endpoint"]
    assert hours == pytest.approx((dev + prod) / 60)


def test_the_waits_of_a_release_policy_are_counted(stacks: list[PlannedStack]):
    names = {chapter.name: chapter.minutes for chapter in chapters(stacks)}
    [canary] = [minutes for name, minutes in names.items() if "canary" in name]
    assert canary == 10 + (10 + 5) + 10  # a fleet, its bake and last wait, and the promotion


def test_it_says_what_is_left_out_and_why(shown: str):
    for reason in LEFT_OUT:
        assert words(reason) in words(shown)


def test_it_says_what_stacks_keep_and_that_it_goes_too(shown: str, stacks: list[PlannedStack]):
    counts = kept(stacks)
    assert counts == {
        "buckets": 8, "keys": 2, "log groups": 2, "model package groups": 2,
    }  # fmt: skip
    assert "8 buckets, 2 keys, 2 log groups, 2 model package groups" in words(shown)
    assert "keys wait 7 days for their end" in words(shown)
    assert "what is made is written to out/record.json" in words(shown)
    assert "--clean-up` goes on with it" in words(shown)


def test_it_says_what_stays_for_ever(shown: str):
    assert "stays what no account can delete: the records of jobs" in words(shown)


def test_what_preflight_could_not_tell_is_shown(shown: str):
    assert "monitoring engine: it can't be told -> take OpenEngine" in words(shown)
    assert "quotas: 4 may be needed -> ask for more" in words(shown)


def test_no_line_is_wider_than_a_screen(shown: str):
    assert max(map(len, shown.splitlines())) <= WIDTH


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """Has a person at a terminal say something; what they were asked."""

    def answers(text: str) -> list[str]:
        asked: list[str] = []
        monkeypatch.setattr("sys.stdin.isatty", lambda: True)
        monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or text)
        return asked

    return answers


def test_the_number_of_the_account_is_a_yes(said: Callable[[str], list[str]]):
    asked = said(f" {ACCOUNT}\n")
    ask(ACCOUNT, "play", yes=None)
    assert asked == ["\nTo play, type the number of the account: "]


@pytest.mark.parametrize("text", ["", "y", "yes", "123456789013", ACCOUNT[:-1], f"{ACCOUNT}0"])
def test_anything_else_is_a_no(said: Callable[[str], list[str]], text: str):
    said(text)
    with pytest.raises(Refused, match=f"nothing was done: '{text}' is not the account {ACCOUNT}"):
        ask(ACCOUNT, "play", yes=None)


def test_a_script_gives_the_number(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    ask(ACCOUNT, "play", yes=ACCOUNT)
    with pytest.raises(Refused, match="nothing was done: '210987654321' is not the account"):
        ask(ACCOUNT, "play", yes="210987654321")


def test_where_nobody_can_be_asked_nothing_is_done(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    with pytest.raises(Refused, match=f"nobody to ask; give --yes {ACCOUNT}"):
        ask(ACCOUNT, "play", yes=None)
