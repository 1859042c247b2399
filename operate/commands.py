"""The commands and their options."""

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from operate.account import Account
from operate.change_sets import page, prepared
from operate.deployed import Model, Stage, find_stage
from operate.frozen import check_reason, freeze, parameter, start_machines, unfreeze, why_frozen
from operate.preflight.command import preflight
from operate.refused import Refused
from operate.rollback import plan, reject
from operate.status.look import look
from operate.status.record import record
from operate.status.screen import Screen
from operate.trial import WORDS, decide, on_trial, says


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command.

    Returns:
        0 if it did what it was asked, 1 if not, or if it found what stops a deployment; 2 for a
        command line that it does not understand.
    """
    given = _parser().parse_args(argv)
    try:
        command: Callable[[argparse.Namespace], int] = given.run
        return command(given)
    except Refused as refused:
        print(f"operate: {refused}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read the output has read enough; at its exit Python would write the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (KeyboardInterrupt, EOFError):
        print("\noperate: stopped", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m operate",
        description="Looks at a deployed stage, stops it, takes it back, and checks before the"
        " first deployment. docs/how-to/on-call.md explains each command.",
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--profile", help="of the AWS configuration")
    shared.add_argument("--region", help="by default the environment's or the profile's")
    place = argparse.ArgumentParser(add_help=False, parents=[shared])
    place.add_argument("--stage", required=True, help="such as Dev")
    place.add_argument("--model", help="such as flight-delay; by default all of the stage")
    changing = argparse.ArgumentParser(add_help=False)
    changing.add_argument("--yes", action="store_true", help="don't ask before changing something")
    reason = argparse.ArgumentParser(add_help=False)
    reason.add_argument("--reason", required=True, help="why, in one line; others will read it")

    status = commands.add_parser("status", parents=[place], help="how the models are doing")
    status.add_argument("--json", action="store_true", help="for programs")
    status.set_defaults(run=_status)
    frozen = commands.add_parser(
        "freeze", parents=[place, reason, changing], help="no promotion, no retraining"
    )
    frozen.set_defaults(run=_freeze)
    thawed = commands.add_parser(
        "unfreeze", parents=[place, changing], help="both again, and both started at once"
    )
    thawed.set_defaults(run=_unfreeze)
    back = commands.add_parser(
        "rollback", parents=[place, reason, changing], help="reject what serves"
    )
    back.set_defaults(run=_rollback)
    decided = commands.add_parser(
        "decide", parents=[place, reason, changing], help="what becomes of the version on trial"
    )
    decided.add_argument("decision", choices=WORDS)
    decided.set_defaults(run=_decide)
    before = commands.add_parser(
        "preflight", parents=[shared], help="what would stop a deployment; changes nothing"
    )
    before.add_argument(
        "--assembly", type=Path, default=Path("cdk.out"), help="what `cdk synth` wrote"
    )
    before.add_argument("--stage", help="such as Dev; by default all of the assembly")
    before.add_argument("--json", action="store_true", help="for programs")
    before.set_defaults(run=_preflight)
    changes = commands.add_parser(
        "changes", parents=[shared], help="what prepared change sets would do; changes nothing"
    )
    changes.add_argument("--stage", required=True, help="such as Dev")
    changes.add_argument("--change-set", required=True, help="the name that all of them have")
    changes.add_argument(
        "--assembly", type=Path, default=Path("cdk.out"), help="what `cdk deploy` wrote"
    )
    changes.add_argument("--paths", action="store_true", help="only which stacks have one")
    changes.set_defaults(run=_changes)
    return parser


def _place(given: argparse.Namespace) -> tuple[Account, Stage, Model | None]:
    account = Account(profile=given.profile, region=given.region)
    stage = find_stage(account, given.stage)
    return account, stage, stage.model(given.model) if given.model else None


def _status(given: argparse.Namespace) -> int:
    account, stage, model = _place(given)
    models = [model] if model else list(stage.models.values())
    if not models:
        raise Refused(f"stage {stage.name} has no models; deploy it to its end")
    looks = [look(account, stage, each, datetime.now(UTC)) for each in models]
    if given.json:
        print(record(looks))
    else:
        colours = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        screen = Screen(columns=shutil.get_terminal_size().columns, colours=colours)
        print("\n\n".join(screen.show(each) for each in looks))
    return 1 if any(each.unread for each in looks) else 0


def _freeze(given: argparse.Namespace) -> int:
    check_reason(given.reason)
    account, stage, model = _place(given)
    name = parameter(stage, model)
    what = _named(stage, model)
    if said := why_frozen(account, [name]).get(name):
        print(f"{what} is frozen already: {said}")
        return 0
    _confirm(given, f"Freeze {what}: nothing is promoted or trained until it is unfrozen.")
    said = freeze(account, name, why=given.reason, now=datetime.now(UTC))
    print(f"{what} is frozen: {said}")
    print("A release or a run that is in progress goes on to its end.")
    return 0


def _unfreeze(given: argparse.Namespace) -> int:
    account, stage, model = _place(given)
    name, of_stage = parameter(stage, model), parameter(stage, None)
    what = _named(stage, model)
    said = why_frozen(account, [name] if name == of_stage else [name, of_stage])
    if name in said:
        _confirm(given, f"Unfreeze {what}, frozen with {said[name]!r}: what lay still goes on.")
        unfreeze(account, name)
        print(f"{what} is no longer frozen")
    else:
        print(f"{what} was not frozen")
    if name != of_stage and of_stage in said:
        print(f"The whole stage still is, so nothing goes on: {said[of_stage]}")
        return 0
    # Also for what was not frozen: an unfreeze before may have been cut off at this point.
    for each in [model] if model else stage.models.values():
        for execution in start_machines(account, stage, each, why=f"{what} was unfrozen"):
            print(f"started {execution}")
    return 0


def _rollback(given: argparse.Namespace) -> int:
    check_reason(given.reason)
    account, stage, model = _place(given)
    if model is None:
        names = ", ".join(stage.models) or "none"
        raise Refused(f"rollback needs --model, one of {names}: a person rejects one version")
    planned = plan(account, model)
    frozen = why_frozen(account, [parameter(stage, None), parameter(stage, model)])
    for said in frozen.values():
        print(f"Frozen ({said}): the endpoint changes only after `unfreeze`.")
    _confirm(given, f"{planned.says[:1].upper()}{planned.says[1:]}.")
    execution = reject(account, stage, model, planned, why=given.reason)
    print(f"version {planned.rejected.number} is rejected; the promotion is {execution}")
    print(f"Look with: python -m operate status --stage {stage.name} --model {model.name}")
    return 0


def _decide(given: argparse.Namespace) -> int:
    check_reason(given.reason)
    account, stage, model = _place(given)
    if model is None:
        names = ", ".join(stage.models) or "none"
        raise Refused(f"decide needs --model, one of {names}: a person decides about one version")
    trial = on_trial(account, model, datetime.now(UTC))
    frozen = why_frozen(account, [parameter(stage, None), parameter(stage, model)])
    for said in frozen.values():
        print(f"Frozen ({said}): the endpoint changes only after `unfreeze`.")
    what = says(trial, given.decision)
    _confirm(given, f"{what[:1].upper()}{what[1:]}.")
    execution = decide(account, stage, model, trial, given.decision, why=given.reason)
    print(f"{given.decision} is decided; the promotion is {execution}")
    print(f"Look with: python -m operate status --stage {stage.name} --model {model.name}")
    return 0


def _preflight(given: argparse.Namespace) -> int:
    account = Account(profile=given.profile, region=given.region)
    return preflight(account, given.assembly, given.stage, as_json=given.json)


def _changes(given: argparse.Namespace) -> int:
    account = Account(profile=given.profile, region=given.region)
    found = list(prepared(account, given.assembly, given.stage, given.change_set))
    if given.paths:
        print("".join(f"{each.path}\n" for each in found), end="")
    else:
        print(page(given.stage, found), end="")
    return 0


def _named(stage: Stage, model: Model | None) -> str:
    return f"model {model.name} of stage {stage.name}" if model else f"stage {stage.name}"


def _confirm(given: argparse.Namespace, what: str) -> None:
    """Asks the person.

    Raises:
        Refused: They did not say yes, or there is nobody to ask.
    """
    if given.yes:
        return
    if not sys.stdin.isatty():
        raise Refused(
            f"nothing was changed, because there is nobody to ask; give --yes for: {what}"
        )
    if input(f"{what}\nGo on? [y/N] ").strip().lower() not in ("y", "yes"):
        raise Refused("nothing was changed")
