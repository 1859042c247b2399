"""Change sets that `cdk deploy --method=prepare-change-set` made of a stage: shown, to be executed.

CloudFormation's API reference, DescribeChangeSet, tells what the fields mean
(https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from operate.account import Account
from operate.refused import Refused

_NOT_THERE = ("ChangeSetNotFound", "ChangeSetNotFoundException", "ValidationError")
_EMPTY = ("The submitted information didn't contain changes", "No updates are to be performed")
_NOT_EXECUTABLE = "is not ready to be executed"


@dataclass(frozen=True)
class Prepared:
    """The change set of one stack.

    Attributes:
        path: How the cdk CLI knows the stack: `Dev/Foundation`.
        changes: CloudFormation's ResourceChange of each resource.
    """

    path: str
    changes: Sequence[Mapping[str, Any]]


def prepared(account: Account, assembly: Path, stage: str, name: str) -> Iterator[Prepared]:
    """Each stack of the stage that has a change set of this name, after those that it needs.

    Raises:
        Refused: There is no such stage in the assembly, or a change set can't be executed.
    """
    for path, stack in _stacks(assembly, stage):
        given = {"StackName": stack, "ChangeSetName": name}
        try:
            told = account.read("cloudformation", "describe_change_set", **given)
        except Refused as refused:
            if refused.code in _NOT_THERE:
                continue
            raise
        if _has_nothing_to_do(told):
            continue
        if told["ExecutionStatus"] != "AVAILABLE":
            why = told.get("StatusReason") or f"it is {told['ExecutionStatus']}"
            raise Refused(f"change set {name} of stack {stack} {_NOT_EXECUTABLE}: {why}")
        found = account.each("cloudformation", "describe_change_set", "Changes", **given)
        yield Prepared(path, tuple(change["ResourceChange"] for change in found))


def page(stage: str, found: Sequence[Prepared]) -> str:
    """What the change sets would do, as Markdown; what is replaced or removed comes first."""
    if not found:
        return f"### {stage}: nothing to change\n"
    lines = [f"### {stage}: what the prepared change sets would do"]
    for each in found:
        lines += ["", f"**{each.path}**", "", "| | Resource | Type | Because of |"]
        lines.append("| --- | --- | --- | --- |")
        lines += [_row(change) for change in sorted(each.changes, key=_mildness)]
    return "\n".join(lines) + "\n"


def _stacks(assembly: Path, stage: str) -> list[tuple[str, str]]:
    """Path and name of each stack of a stage."""
    try:
        manifest = json.loads((assembly / f"assembly-{stage}/manifest.json").read_text("utf-8"))
        artifacts: dict[str, dict[str, Any]] = manifest["artifacts"]
    except (OSError, ValueError, KeyError) as error:
        raise Refused(
            f"{assembly} has no whole stage {stage!r} ({type(error).__name__}: {error}); prepare"
            " it with `make prepared`, or name another with --assembly"
        ) from error
    needs = {key: each.get("dependencies", []) for key, each in artifacts.items()}
    return [
        (str(each["displayName"]), str(each["properties"].get("stackName", key)))
        for key in TopologicalSorter(needs).static_order()
        if (each := artifacts.get(key, {})).get("type") == "aws:cloudformation:stack"
    ]


def _has_nothing_to_do(told: Mapping[str, Any]) -> bool:
    """Whether it changes nothing, or has done so: a deployment that stopped midway may go on."""
    reason = told.get("StatusReason", "")
    return told["ExecutionStatus"] == "EXECUTE_COMPLETE" or any(each in reason for each in _EMPTY)


def _mildness(change: Mapping[str, Any]) -> tuple[int, str]:
    if change["Action"] == "Remove" or change.get("Replacement") == "True":
        return 0, change["LogicalResourceId"]
    return (1 if change.get("Replacement") == "Conditional" else 2), change["LogicalResourceId"]


def _row(change: Mapping[str, Any]) -> str:
    replaced = {"True": "**replaced**", "Conditional": "**perhaps replaced**"}
    action = replaced.get(change.get("Replacement", ""), change["Action"])
    because = sorted({_target(detail) for detail in change.get("Details", [])})
    kind = change["ResourceType"]
    return f"| {action} | {change['LogicalResourceId']} | {kind} | {', '.join(because)} |"


def _target(detail: Mapping[str, Any]) -> str:
    target = detail.get("Target", {})
    return str(target.get("Name") or target.get("Attribute", ""))
