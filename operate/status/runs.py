"""The runs of a model's pipeline: the last one, and what the next one waits for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from operate.account import Account
from operate.deployed import Model, Stage
from operate.status.executions import Execution, holder, last_ended
from operate.status.schedules import next_time

IN_FLIGHT = ("Executing", "Stopping")
_FORGOTTEN = timedelta(days=30)
"""A request as old as that is none for Retraining."""


@dataclass(frozen=True)
class Run:
    """An execution of the pipeline.

    Attributes:
        arn: Its ARN.
        status: PipelineExecutionStatus.
        started: When.
        why: Its parameter Reason.
        failure: Why it failed, or empty.
    """

    arn: str
    status: str
    started: datetime
    why: str
    failure: str


@dataclass(frozen=True)
class Runs:
    """Last and next run.

    Attributes:
        last: The newest run; None if there is none.
        asked: The request that no run has served yet: what asks, and why. Empty if there is none.
        not_before: When the policy allows the next run; None if it allows one now.
        scheduled: When the schedule asks for a run; None if the policy has no `every_days`.
        recheck: When Retraining looks by itself next whether there is a need.
        retraining: Who holds the lock; None if nobody does.
        last_retraining: The newest retraining that has ended, whatever came of it.
    """

    last: Run | None
    asked: str
    not_before: datetime | None
    scheduled: datetime | None
    recheck: datetime | None
    retraining: Execution | None
    last_retraining: Execution | None

    @property
    def in_flight(self) -> bool:
        """Whether the newest run has not ended."""
        return self.last is not None and self.last.status in IN_FLIGHT


def read_runs(account: Account, stage: Stage, model: Model, now: datetime) -> Runs | None:
    """The runs of a model; None if it is not trained in this stage."""
    if model.training is None:
        return None
    told = model.retraining
    policy = told["policy"]
    listed = account.each(
        "sagemaker",
        "list_pipeline_executions",
        "PipelineExecutionSummaries",
        PipelineName=told["pipeline"],
        SortBy="CreationTime",
        SortOrder="Descending",
    )
    newest = list(islice(listed, int(policy["runsPerDay"])))
    times = _schedules(account, model.training.name, now)
    machine = stage.retraining_machine
    return Runs(
        last=_run(account, newest[0]) if newest else None,
        asked=_request(account, model, newest, now),
        not_before=_not_before(newest, policy, now),
        scheduled=times.get("schedule"),
        recheck=times.get("re-check"),
        retraining=holder(account, f"{model.parameters}/retraining/lock"),
        last_retraining=last_ended(account, machine, told["endpoint"]) if machine else None,
    )


def _run(account: Account, found: Mapping[str, Any]) -> Run:
    arn = found["PipelineExecutionArn"]
    parameters = account.each(
        "sagemaker",
        "list_pipeline_parameters_for_execution",
        "PipelineParameters",
        PipelineExecutionArn=arn,
    )
    values = {parameter["Name"]: parameter["Value"] for parameter in parameters}
    return Run(
        arn=arn,
        status=found["PipelineExecutionStatus"],
        started=found["StartTime"],
        why=values.get("Reason", ""),
        failure=found.get("PipelineExecutionFailureReason", ""),
    )


def _request(account: Account, model: Model, newest: list[dict[str, Any]], now: datetime) -> str:
    name = f"{model.parameters}/retraining/request"
    found = account.read("ssm", "get_parameters", Names=[name])["Parameters"]
    if not found:
        return ""
    at = found[0]["LastModifiedDate"]
    served = bool(newest) and newest[0]["StartTime"] >= at
    return "" if served or at < now - _FORGOTTEN else str(found[0]["Value"])


def _not_before(
    newest: list[dict[str, Any]], policy: Mapping[str, Any], now: datetime
) -> datetime | None:
    """The cool-down counts from the newest run, the cap from the oldest that fills it."""
    if not newest:
        return None
    free = [newest[0]["StartTime"] + timedelta(hours=float(policy["coolDownHours"]))]
    if len(newest) == int(policy["runsPerDay"]):
        free.append(newest[-1]["StartTime"] + timedelta(days=1))
    return max(free) if max(free) > now else None


def _schedules(account: Account, stack: str, now: datetime) -> Mapping[str, datetime | None]:
    """What a schedule of the training stack triggers, to when it fires next."""
    found: dict[str, datetime | None] = {}
    for resource in account.each(
        "cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=stack
    ):
        if resource["ResourceType"] == "AWS::Scheduler::Schedule":
            name = resource.get("PhysicalResourceId", "")
            schedule = account.read("scheduler", "get_schedule", Name=name)
            trigger = "schedule" if '"schedule"' in schedule["Target"].get("Input", "") else ""
            found[trigger or "re-check"] = next_time(schedule, now)
    return found
