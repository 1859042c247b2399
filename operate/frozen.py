"""Freezing: while one of two SSM parameters is there, promotion and retraining change nothing."""

import json
from collections.abc import Sequence
from datetime import datetime

from operate.account import Account
from operate.deployed import Model, Stage
from operate.refused import Refused

LONGEST_WHY = 256
"""Characters of a reason: it has to fit into a line of the screen and of a message."""


def parameter(stage: Stage, model: Model | None) -> str:
    """The SSM parameter that freezes a model, or the whole stage.

    Raises:
        Refused: The stage has no model, and so nothing that could be frozen.
    """
    if model is not None:
        return f"{model.parameters}/frozen"
    for any_model in stage.models.values():
        return f"{any_model.parameters.rpartition('/')[0]}/frozen"
    raise Refused(f"stage {stage.name} has no models, so nothing in it can be frozen or unfrozen")


def why_frozen(account: Account, names: Sequence[str]) -> dict[str, str]:
    """What the parameters say that are there; several in one call, as the machines ask."""
    answer = account.read("ssm", "get_parameters", Names=list(names))
    return {found["Name"]: found["Value"] for found in answer["Parameters"]}


def freeze(account: Account, name: str, *, why: str, now: datetime) -> str:
    """Writes the parameter: why, who and when in one line, which is returned.

    Raises:
        Refused: The reason can't be told in a line, or somebody else froze it in this moment.
    """
    check_reason(why)
    value = f"{why} (by {account.caller}, {now:%Y-%m-%d %H:%M} UTC)"
    try:
        account.change("ssm", "put_parameter", Name=name, Value=value, Type="String")
    except Refused as refused:
        if refused.code != "ParameterAlreadyExists":
            raise
        raise Refused(
            f"{name} was written by somebody else in this moment; look with `status` who froze it"
        ) from refused
    return value


def unfreeze(account: Account, name: str) -> None:
    """Deletes the parameter; it may be gone already."""
    account.change("ssm", "delete_parameters", Names=[name])


def start_machines(account: Account, stage: Stage, model: Model, *, why: str) -> list[str]:
    """Starts what lay still, which is always safe; ARNs of the executions.

    A retraining is told to look at what there is, not that somebody asks for a run.
    """
    started = []
    if model.promotion:
        started.append(start(account, stage.promotion_machine, model.promotion | {"reason": why}))
    if model.retraining and stage.retraining_machine:
        told = model.retraining | {"trigger": "re-check", "reason": why}
        started.append(start(account, stage.retraining_machine, told))
    return started


def start(account: Account, machine: str, told: dict[str, object]) -> str:
    """Starts a state machine; ARN of the execution."""
    arn: str = account.change(
        "stepfunctions", "start_execution", stateMachineArn=machine, input=json.dumps(told)
    )["executionArn"]
    return arn


def check_reason(why: str) -> None:
    """Refuses what Parameter Store, the registry or a line of the screen can't hold.

    Raises:
        Refused: It is empty, too long, of several lines, or has braces that Parameter Store reads.
    """
    printable = why.strip() and why.isprintable() and "{{" not in why
    if not printable or len(why) > LONGEST_WHY:
        raise Refused(
            f"--reason must be one line of 1 to {LONGEST_WHY} characters without {{{{, got {why!r}"
        )
