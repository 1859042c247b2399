"""What a promotion sees of AWS where versions are tried before they are released."""

import json
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from tests.promotion.names import EMPTY, ENDPOINT, REQUEST, SLOT, STAMP, arn_of
from tests.promotion.promote import DEFINITION
from tests.promotion.world import World
from tests.state_machines.machine import AwsError, Execution

CHALLENGER, DECISION = (SLOT.replace("/slot", f"/{name}") for name in ("challenger", "decision"))
BUCKET = "perennial-dev-artifacts"
TRIAL = {"kind": "shadow", "hours": 24, "decides": "rule", "bucket": BUCKET}
TRIED = {**REQUEST, "trial": TRIAL}
"""The request of a model whose versions are tried for a day."""

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:dev-promotion"


def tried_by(**trial: Any) -> dict[str, Any]:
    """The request of a model whose versions are tried in another way."""
    return {**TRIED, "trial": TRIAL | trial}


@dataclass
class TrialWorld(World):
    """A world with a second slot, time, alarms, comparisons, and rounds that were started.

    Attributes:
        kind: `shadow` or `split`.
        verdict: What a comparison says, and why; None if it writes nothing.
        ends: How runs of the comparison end, one after the other; the last way goes on.
        ringing: Configs whose alarm rings.
        runs: Runs of the comparison, the newest first.
        rounds: Executions that were started and have not run yet: name to input.
        request: What executions are told that are told nothing else.
    """

    keys: tuple[str, ...] = ("Slot", "Challenger")
    resolved: str = f"{EMPTY};{EMPTY}"
    kind: str = "shadow"
    verdict: dict[str, str] | None = field(
        default_factory=lambda: {"verdict": "no worse", "why": "its errors are the same"}
    )
    ends: list[str] = field(default_factory=lambda: ["Succeeded"])
    ringing: set[str] = field(default_factory=set)
    runs: list[dict[str, Any]] = field(default_factory=list)
    rounds: dict[str, dict[str, Any]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    request: dict[str, Any] = field(default_factory=lambda: dict(TRIED))
    time: datetime = datetime(2026, 11, 24, 3, tzinfo=UTC)

    def __post_init__(self) -> None:
        self.parameters[CHALLENGER] = EMPTY

    def now(self) -> str:
        """As AWS writes times."""
        return f"{self.time:%Y-%m-%dT%H:%M:%S}.{self.time.microsecond // 1000:03}Z"

    def tries(self) -> int | None:
        """The version beside the one that serves."""
        model = self.configs[self.endpoint["config"]]["challenger"] if self.endpoint else None
        return int(self.models[model].rpartition("/")[2]) if model else None

    def sleep(self, seconds: float) -> None:
        """Time passes: comparisons end, too."""
        self.time += timedelta(seconds=seconds)
        for run in self.runs:
            if run["PipelineExecutionStatus"] == "Executing":
                ended = self.ends.pop(0) if len(self.ends) > 1 else self.ends[0]
                run["PipelineExecutionStatus"] = ended
        super().sleep(seconds)

    def promote(self, request: dict[str, Any] | None = None, name: str = "") -> Execution:
        """An execution from its start to its end."""
        execution = self.start(request, name).run()
        self.executions[execution.arn] = execution.status
        return execution

    def start(self, request: dict[str, Any] | None = None, name: str = "") -> Execution:
        """An execution that has not taken a step."""
        given = dict(self.request if request is None else request)
        arn = f"{MACHINE.replace('stateMachine', 'execution')}:{name or len(self.executions)}"
        self.executions[arn] = "RUNNING"
        return Execution(DEFINITION, self, arn, given, sleep=self.sleep, now=self.now)

    def play_a_round(self) -> Execution:
        """The round that was started first, at its time."""
        name = min(self.rounds, key=lambda each: str(self.rounds[each]["wake"]))
        return self.promote(self.rounds.pop(name), name)

    def play(self) -> Execution | None:
        """All rounds, one after the other; the last of them."""
        last = None
        while self.rounds:
            last = self.play_a_round()
        return last

    def decide(self, word: str) -> None:
        """What a person writes."""
        assert self.endpoint is not None
        self.parameters[DECISION] = f"{word} {self.endpoint['config']} (by ann, it looks fine)"

    # The stack

    def wanted(self) -> str:
        return f"{self.parameters[SLOT]};{self.parameters[CHALLENGER]}"

    def _settle(self) -> None:
        if self.resolving == self.resolved:
            self.status = "UPDATE_COMPLETE"
            return
        packages = [slot.partition(",")[0] for slot in self.resolving.split(";")]
        numbers = {0 if p == "NONE" else int(p.rpartition("/")[2]) for p in packages}
        arriving = numbers - {0, self.serves(), self.tries()}
        self.tried += sorted(arriving)
        # A fleet whose second version could start can be made of it alone, if it is not broken.
        if numbers & self.broken and (arriving or self.tries() in self.broken):
            self.status = "UPDATE_ROLLBACK_COMPLETE"
            return
        self.status, self.resolved = "UPDATE_COMPLETE", self.resolving
        self.stack_config = self.config(packages[0], challenger=packages[1])
        if not numbers & self.silent:
            self.endpoint = {"status": "InService", "config": self.stack_config}

    def config(
        self,
        package: str,
        *,
        endpoint: str = ENDPOINT,
        model: str | None = None,
        challenger: str = "NONE",
    ) -> str:
        name = super().config(package, endpoint=endpoint, model=model)
        second = None
        if challenger != "NONE":
            second = f"model-{self.made}-challenger"
            self.models[second] = challenger
        self.configs[name] |= {"challenger": second, "created": self.now()}
        self.time += timedelta(milliseconds=1)
        return name

    def _describeEndpointConfig(self, EndpointConfigName: str) -> Any:
        answer = super()._describeEndpointConfig(EndpointConfigName)
        if second := self.configs[EndpointConfigName]["challenger"]:
            where = "ShadowProductionVariants" if self.kind == "shadow" else "ProductionVariants"
            answer[where] = [*answer.get(where, []), {"ModelName": second}]
        return answer

    # Alarms, rounds and comparisons

    def _describeAlarms(self, AlarmNames: list[str]) -> Any:
        prefix = f"{ENDPOINT}-challenger-5xx-"
        known = {f"{prefix}{config}" for config in self.configs}
        return {
            "MetricAlarms": [
                {
                    "AlarmName": name,
                    "StateValue": "ALARM" if name.removeprefix(prefix) in self.ringing else "OK",
                }
                for name in AlarmNames
                if name in known
            ]
        }

    def _startExecution(self, StateMachineArn: str, Name: str, Input: str) -> Any:
        assert StateMachineArn == MACHINE and len(Name) <= 80
        if Name in self.names:
            raise AwsError(
                "Sfn.ExecutionAlreadyExistsException", f"Execution Already Exists {Name}"
            )
        self.names.add(Name)
        self.rounds[Name] = json.loads(Input)
        return {"ExecutionArn": f"arn:{Name}"}

    def _listPipelineExecutions(self, PipelineName: str, **narrowed: Any) -> Any:
        assert PipelineName == f"{ENDPOINT}-comparison"
        assert (narrowed["SortBy"], narrowed["SortOrder"]) == ("CreationTime", "Descending")
        found = [run for run in self.runs if run["begun"] >= narrowed["CreatedAfter"]]
        members = ("PipelineExecutionDisplayName", "PipelineExecutionStatus")
        return {"PipelineExecutionSummaries": [{m: run[m] for m in members} for run in found]}

    def _startPipelineExecution(
        self,
        PipelineName: str,
        PipelineExecutionDisplayName: str,
        PipelineParameters: list[dict[str, str]],
        ClientRequestToken: str,
    ) -> Any:
        assert PipelineName == f"{ENDPOINT}-comparison"
        if ClientRequestToken not in [run["token"] for run in self.runs]:
            run = {
                "PipelineExecutionDisplayName": PipelineExecutionDisplayName,
                "PipelineExecutionStatus": "Executing",
                "begun": self.now(),
                "token": ClientRequestToken,
                "parameters": {each["Name"]: each["Value"] for each in PipelineParameters},
            }
            self.runs.insert(0, run)
        return {"PipelineExecutionArn": "arn"}

    def _getObject(self, Bucket: str, Key: str) -> Any:
        assert Bucket == BUCKET and Key.startswith(f"{ENDPOINT}/comparisons/")
        assert Key.endswith("/comparison.json")
        if self.verdict is None:
            raise AwsError("S3.NoSuchKeyException", "The specified key does not exist.")
        return {"Body": json.dumps(self.verdict)}


def trying(**given: Any) -> TrialWorld:
    """Version 1 serves; version 2 is on trial beside it."""
    world = deepcopy(_trying())
    for name, value in given.items():
        setattr(world, name, value)
    return world


def serving() -> TrialWorld:
    """Version 1 serves."""
    return deepcopy(_serving())


@cache
def _serving() -> TrialWorld:
    world = TrialWorld()
    world.register(1)
    assert world.promote().output["outcome"] == "released"
    return quiet(world)


@cache
def _trying() -> TrialWorld:
    world = serving()
    world.register(2)
    assert world.promote().output["outcome"] == "on trial"
    assert world.stamps[2][STAMP] == f"on trial {world.stack_config}"
    assert world.parameters[CHALLENGER] == f"{arn_of(2)},NONE"
    return quiet(world)


def quiet(world: TrialWorld) -> TrialWorld:
    """As if nothing had been seen of it yet."""
    for seen in (world.calls, world.messages, world.slept, world.served, world.tried):
        seen.clear()
    return world
