"""The clean-up: what the record holds, in the reverse order, and what is left is told."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.arrows import ArrowDidNotFire
from rehearsal.on_aws import stock
from rehearsal.on_aws.deleting import BY_HAND, KINDS, absent
from rehearsal.on_aws.record import Made, Record
from rehearsal.world import World

HOURS = 3600.0
LONGEST_UPDATE = 9 * HOURS
"""A release may go on for eight hours, AWS's longest limit, before its stack can be deleted."""

LONGEST_DELETION = 2 * HOURS
GONE = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Left:
    """What could not be deleted, why, and what a person does about it."""

    thing: Made
    why: str

    def __str__(self) -> str:
        by_hand = BY_HAND[self.thing.kind].format(self.thing.name)
        return f"{self.thing.kind} {self.thing.name}: {self.why}\n    by hand: {by_hand}"


def clean_up(world: World, record: Record, tell: Callable[[str], None]) -> list[Left]:
    """Delete all that the record holds, and nothing else; a record of which nothing is left goes.

    Args:
        world: Where it is.
        record: What was made; each thing that is gone is struck out at once.
        tell: Hears one line for each step.

    Returns:
        What is still there.
    """
    for name in stock.take(world, record):
        tell(f"stack {name} is not this rehearsal's, and stays")
    stacks = [thing for thing in record.made if thing.kind == "stack"]
    for thing in stacks:
        _stop(world, thing.name, tell)
    left = [*_stacks(world, record, stacks, tell), *_kept(world, record, tell)]
    if not record.made:
        record.close()
    return left


def _stop(world: World, stack: str, tell: Callable[[str], None]) -> None:
    """Stop what would go on working in what is about to be deleted."""
    states, sagemaker = world.client("stepfunctions"), world.client("sagemaker")
    for kind, identifier in stock.created(world, stack):
        try:
            if kind == "AWS::StepFunctions::StateMachine":
                pages = states.get_paginator("list_executions").paginate(
                    stateMachineArn=identifier, statusFilter="RUNNING"
                )
                for arn in [e["executionArn"] for page in pages for e in page["executions"]]:
                    states.stop_execution(executionArn=arn, cause="the rehearsal is over")
            elif kind == "AWS::SageMaker::Pipeline":
                for arn in _running(sagemaker, stock.last_part(identifier)):
                    sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn)
        except ClientError as error:
            if not _gone(error):
                tell(f"{stock.last_part(identifier)} was not stopped: {error}")


def _gone(error: ClientError) -> bool:
    return absent(error) or error.response["Error"]["Code"] == "StateMachineDoesNotExist"


def _running(sagemaker: Any, pipeline: str) -> list[str]:
    pages = sagemaker.get_paginator("list_pipeline_executions").paginate(PipelineName=pipeline)
    return [
        run["PipelineExecutionArn"]
        for page in pages
        for run in page["PipelineExecutionSummaries"]
        if run["PipelineExecutionStatus"] == "Executing"
    ]


def _stacks(
    world: World, record: Record, stacks: list[Made], tell: Callable[[str], None]
) -> Iterator[Left]:
    """The youngest first, since what is made later uses what was there."""
    found = [(stock.described(world, thing.name) or {}, thing) for thing in stacks]
    ages = {thing: said["CreationTime"] for said, thing in found if said}
    for thing in sorted(stacks, key=lambda thing: ages.get(thing, GONE), reverse=True):
        name = thing.name.split("/")[1]
        tell(f"deletes stack {name}")
        try:
            why = _delete_stack(world, thing.name)
        except (ArrowDidNotFire, BotoCoreError, ClientError) as error:
            why = str(error)
        if why:
            yield Left(thing, why)
        else:
            record.add(_kept_by(world, thing))
            record.forget(thing)


def _kept_by(world: World, stack: Made) -> list[Made]:
    """What a deleted stack has left; what it deleted is struck out of its events."""
    return [
        Made(stock.KINDS[kind], stock.last_part(identifier), stack.name)
        for kind, identifier in stock.created(world, stack.name)
        if kind in stock.KINDS
    ]


def _delete_stack(world: World, stack: str) -> str:
    """Why it is still there; empty if it is not."""
    status = _at_rest(world, stack, LONGEST_UPDATE)
    if status == "DELETE_COMPLETE":
        return ""
    cloudformation = world.client("cloudformation")
    if (stock.described(world, stack) or {}).get("EnableTerminationProtection"):
        # Against a mistake, which this is not: a person has consented.
        cloudformation.update_termination_protection(
            StackName=stack, EnableTerminationProtection=False
        )
    cloudformation.delete_stack(StackName=stack)
    before = "" if status == "DELETE_FAILED" else status
    status = _at_rest(world, stack, LONGEST_DELETION, before=before)
    if status == "DELETE_COMPLETE":
        return ""
    failed = [e for e in stock.stack_events(world, stack) if e["ResourceStatus"] == "DELETE_FAILED"]
    reasons = [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason')}"
        for event in failed
        if event["ResourceType"] != "AWS::CloudFormation::Stack"
    ]
    return f"{status} ({'; '.join(dict.fromkeys(reasons)) or 'no resource says why'})"


def _at_rest(world: World, stack: str, within: float, *, before: str = "") -> str:
    """The status of a stack that nothing changes, once it is another one than before."""

    def status() -> str:
        found = stock.described(world, stack)
        return str(found["StackStatus"]) if found else "DELETE_COMPLETE"

    return world.await_arrow(
        "stack -> rest", status, expected=f"{stack} to come to rest", within=within,
        until=lambda said: said != before and not said.endswith("_IN_PROGRESS"),
    )  # fmt: skip


def _kept(world: World, record: Record, tell: Callable[[str], None]) -> Iterator[Left]:
    """What stacks do not delete, of those that are gone."""
    stacks = {thing.name for thing in record.made if thing.kind == "stack"}
    for kind, delete in KINDS.items():
        # Buckets of which one receives the others' access logs were made after it.
        for thing in [one for one in record.made if one.kind == kind][::-1]:
            if thing.stack in stacks:
                yield Left(thing, "its stack is still there")
                continue
            try:
                note = delete(world, thing.name)
            except (BotoCoreError, ClientError) as error:
                if not (isinstance(error, ClientError) and absent(error)):
                    yield Left(thing, str(error))
                    continue
                note = "was not there"
            tell(f"{kind} {thing.name} {note or 'is deleted'}")
            record.forget(thing)
