"""What a stage and its models are called, found by the names of its stacks and their outputs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from operate.account import Account
from operate.refused import Refused

_OPERATIONS = "-Operations"
_OF_A_MODEL = ("Serving", "Training", "Monitoring")
_LIVING = (
    "CREATE_IN_PROGRESS", "CREATE_FAILED", "CREATE_COMPLETE", "ROLLBACK_IN_PROGRESS",
    "ROLLBACK_FAILED", "ROLLBACK_COMPLETE", "DELETE_IN_PROGRESS", "DELETE_FAILED",
    "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE", "UPDATE_FAILED",
    "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE",
    "REVIEW_IN_PROGRESS", "IMPORT_IN_PROGRESS", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_IN_PROGRESS",
    "IMPORT_ROLLBACK_FAILED", "IMPORT_ROLLBACK_COMPLETE",
)  # fmt: skip
"""All of botocore's StackStatus but DELETE_COMPLETE, in which ListStacks keeps them for 90 days."""


@dataclass(frozen=True)
class Stack:
    """A deployed stack.

    Attributes:
        name: Such as `Dev-Serving-flight-delay`.
        status: CloudFormation's StackStatus.
        reason: Why it is so, if CloudFormation says it.
        outputs: Name to value.
    """

    name: str
    status: str
    reason: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)

    def output(self, name: str) -> str:
        """An output that has to be there.

        Raises:
            Refused: It is not; the stack was deployed by an older Perennial, or not to its end.
        """
        if name not in self.outputs:
            stage, _, rest = self.name.partition("-")
            raise Refused(
                f"stack {self.name} ({self.status}) has no output {name}; deploy it once more with"
                f" `cdk deploy '{stage}/{rest}'`"
            )
        return self.outputs[name]


@dataclass(frozen=True)
class Model:
    """A model in a stage.

    Attributes:
        stage: The stage's name: `Dev`.
        name: The model's: `flight-delay`.
        serving: Its endpoint's stack; a model that is only trained here has none.
        training: Its pipeline's stack; a stage that follows another has none.
        monitoring: Its monitors' stack; a model without monitors has none.
    """

    stage: str
    name: str
    serving: Stack | None = None
    training: Stack | None = None
    monitoring: Stack | None = None

    @property
    def stacks(self) -> tuple[Stack, ...]:
        """All there are."""
        found = (self.training, self.serving, self.monitoring)
        return tuple(stack for stack in found if stack)

    @property
    def promotion(self) -> dict[str, Any]:
        """What a promotion of the model is told; empty if it is not served here."""
        if self.serving is None:
            return {}
        told: dict[str, Any] = json.loads(self.serving.output("PromotionInput"))
        return told

    @property
    def retraining(self) -> dict[str, Any]:
        """What a retraining of the model is told; empty if it is not trained here."""
        if self.training is None:
            return {}
        told: dict[str, Any] = json.loads(self.training.output("RetrainingInput"))
        return told

    @property
    def parameters(self) -> str:
        """The SSM parameters of the model lie below it: `/perennial/dev/flight-delay`."""
        slot: str = (self.promotion or self.retraining)["slot"]
        return slot.rpartition("/")[0]


@dataclass(frozen=True)
class Stage:
    """A deployed stage.

    Attributes:
        name: `Dev`.
        operations: The stack of its state machines.
        models: By name, sorted.
    """

    name: str
    operations: Stack
    models: Mapping[str, Model]

    @property
    def promotion_machine(self) -> str:
        """ARN of the machine that promotes versions."""
        return self.operations.output("PromotionStateMachineArn")

    @property
    def retraining_machine(self) -> str:
        """ARN of the machine that trains again; empty in a stage that does not train."""
        return self.operations.outputs.get("RetrainingStateMachineArn", "")

    def model(self, name: str) -> Model:
        """One of its models.

        Raises:
            Refused: It has none of that name.
        """
        if name not in self.models:
            raise Refused(
                f"stage {self.name} has no model {name!r}; it has"
                f" {', '.join(self.models) or 'none'} (give --model)"
            )
        return self.models[name]


def find_stage(account: Account, name: str) -> Stage:
    """The stage ``name`` with all its models.

    Raises:
        Refused: No such stage is deployed here.
    """
    names = [
        stack["StackName"]
        for stack in account.each(
            "cloudformation", "list_stacks", "StackSummaries", StackStatusFilter=list(_LIVING)
        )
    ]
    if f"{name}{_OPERATIONS}" not in names:
        stages = sorted(n.removesuffix(_OPERATIONS) for n in names if n.endswith(_OPERATIONS))
        raise Refused(
            f"there is no stage {name!r} in account {account.identifier}, {account.region}: no"
            f" stack is called {name}{_OPERATIONS}; stages here are"
            f" {', '.join(stages) or 'none'} (give --stage, or another --profile or --region)"
        )
    models: dict[str, dict[str, Stack]] = {}
    for kind in _OF_A_MODEL:
        prefix = f"{name}-{kind}-"
        for stack in sorted(n for n in names if n.startswith(prefix)):
            model = models.setdefault(stack.removeprefix(prefix), {})
            model[kind.lower()] = find_stack(account, stack)
    return Stage(
        name=name,
        operations=find_stack(account, f"{name}{_OPERATIONS}"),
        models={model: Model(name, model, **models[model]) for model in sorted(models)},
    )


def find_stack(account: Account, name: str) -> Stack:
    """A stack as it is now."""
    [found] = account.read("cloudformation", "describe_stacks", StackName=name)["Stacks"]
    return Stack(
        name=name,
        status=found["StackStatus"],
        reason=found.get("StackStatusReason", ""),
        outputs={o["OutputKey"]: o["OutputValue"] for o in found.get("Outputs", [])},
    )
