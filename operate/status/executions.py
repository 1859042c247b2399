"""The state machines' executions of one model, and who holds its lock."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from operate.account import Account
from operate.refused import Refused

FAILED = "failed"
"""The outcome of an execution that told people why it could not go on, and so did not fail."""

LOOKED_AT = 30
"""Newest executions whose input is read in search of the model's; each is a call."""


@dataclass(frozen=True)
class Execution:
    """One execution of a state machine.

    Attributes:
        arn: Its ARN.
        status: RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED; GONE if Step Functions has none. One
            that told people of its failure is SUCCEEDED there and FAILED here.
        started: When it began; None if it is gone.
        outcome: The machine's own word for how it ended, or the error and its cause.
        why: The reason that it was started for.
    """

    arn: str
    status: str
    started: datetime | None = None
    outcome: str = ""
    why: str = ""


def holder(account: Account, lock: str) -> Execution | None:
    """The execution that holds a lock; None if it is free."""
    found = account.read("ssm", "get_parameters", Names=[lock])["Parameters"]
    return _read(account, found[0]["Value"]) if found else None


def last_ended(account: Account, machine: str, endpoint: str) -> Execution | None:
    """The newest execution for an endpoint that has ended, among the `LOOKED_AT` newest."""
    listed = account.each("stepfunctions", "list_executions", "executions", stateMachineArn=machine)
    for summary in islice(listed, LOOKED_AT):
        if summary["status"] == "RUNNING":
            continue
        found = account.read(
            "stepfunctions", "describe_execution", executionArn=summary["executionArn"]
        )
        if _told(found).get("endpoint") == endpoint:
            return _execution(found)
    return None


def _read(account: Account, arn: str) -> Execution:
    try:
        return _execution(account.read("stepfunctions", "describe_execution", executionArn=arn))
    except Refused as refused:
        if refused.code not in ("ExecutionDoesNotExist", "InvalidArn"):
            raise
        return Execution(arn, "GONE")


def _execution(found: Mapping[str, Any]) -> Execution:
    status, outcome = found["status"], ""
    said = _json(found.get("output"))
    if said.get("outcome") == FAILED:
        status, outcome = "FAILED", _why(said)
    elif status == "SUCCEEDED":
        outcome = str(said.get("outcome", ""))
    elif status != "RUNNING":
        outcome = _why(found)
    return Execution(
        arn=found["executionArn"],
        status=status,
        started=found["startDate"],
        outcome=outcome,
        why=str(_told(found).get("reason", "")),
    )


def _why(said: Mapping[str, Any]) -> str:
    return ": ".join(said[part] for part in ("error", "cause") if said.get(part))


def _told(found: Mapping[str, Any]) -> Mapping[str, Any]:
    return _json(found.get("input"))


def _json(text: str | None) -> Mapping[str, Any]:
    """Empty for what a person has typed and is no JSON object."""
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
