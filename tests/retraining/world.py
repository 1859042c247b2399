"""What retrainings see of AWS, with time that passes only when all of them wait.

Requests are checked against botocore's models. Whatever happens, it is asserted here: there are
never two runs in flight, and never more in a day than the policy allows.
"""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from mlops_constructs.retraining.definition import definition
from tests.retraining.names import (
    DAY,
    DRIFT,
    ENDPOINT,
    GROUP,
    HOUR,
    LOCK,
    PIPELINE,
    SLOT,
    asked,
    package,
)
from tests.state_machines.anatomy import mistakes
from tests.state_machines.machine import AwsError, Execution

BEGINNING = datetime(2026, 11, 24, 3, tzinfo=UTC).timestamp()
MACHINE = "arn:aws:states:us-east-1:123456789012:execution:dev-retraining"


@cache
def machine() -> dict[str, Any]:
    """The definition."""
    return definition()


@dataclass
class Run:
    """An execution of the pipeline; `lasts` is when it ends by itself."""

    arn: str
    start: float
    lasts: float
    parameters: dict[str, str]
    by_the_machine: bool = True
    ended: float | None = None


@dataclass
class Started:
    """An execution of the machine and when it goes on."""

    execution: Execution
    turns: Iterator[str]
    wakes: float = 0.0
    killed: bool = False

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self.execution.status == "RUNNING"


@dataclass
class World:
    """Parameter Store, alarms, one pipeline, the registry, an endpoint and a topic.

    Attributes:
        lasts: How long a run takes, in seconds.
        allowed: The most runs in any 24 hours.
        used_tokens: What comes of a used token with other parameters: its run, or a refusal.
        chance: Who of those that can go on goes on.
    """

    lasts: float = 2 * HOUR
    allowed: int = 2
    used_tokens: str = "refused"
    chance: random.Random = field(default_factory=lambda: random.Random(0))
    now: float = 0.0
    parameters: dict[str, tuple[str, float]] = field(
        default_factory=lambda: {SLOT: ("NONE,NONE", -DAY)}
    )
    alarms: dict[str, tuple[str, float]] = field(default_factory=lambda: {DRIFT: ("OK", -DAY)})
    runs: list[Run] = field(default_factory=list)
    tokens: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    versions: list[tuple[str, float]] = field(default_factory=list)
    approved: float | None = None
    stamp: str = ""
    why: str = "Unchecked: Initial alarm creation"
    serves: int | None = None
    status: str = "InService"
    started: dict[str, Started] = field(default_factory=dict)
    messages: list[dict[str, str]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    refusals: dict[str, list[AwsError]] = field(default_factory=dict)
    later: list[tuple[float, Callable[[], object]]] = field(default_factory=list)

    # The outside world

    def rings(self, reason: str = "Threshold Crossed: 1 datapoint [3.0] (threshold 1.0)") -> None:
        """The drift alarm goes into ALARM."""
        self.alarms[DRIFT] = ("ALARM", self.now)
        self.why = reason

    def falls_silent(self) -> None:
        """The drift alarm goes back to OK."""
        self.alarms[DRIFT] = ("OK", self.now)

    def train(self, *, started: float | None = None, lasts: float | None = None) -> Run:
        """A person starts the pipeline without asking the machine."""
        run = self._run({}, by_the_machine=False)
        run.start = self.now if started is None else started
        run.lasts = run.start + (self.lasts if lasts is None else lasts)
        return run

    def register(self, status: str = "PendingManualApproval") -> None:
        """A version of the group."""
        self.versions.append((status, self.now))

    def approve(self, stamp: str = "") -> None:
        """A person approves the newest version; what its promotion then writes on it."""
        self.versions[-1] = ("Approved", self.versions[-1][1])
        self.approved = self.now
        self.stamp = f"{stamp} {self.time()}" if stamp else ""

    def serve(self, version: int) -> None:
        """A version is registered, released and named by the slot."""
        self.versions = [("Approved", -DAY)] * version
        self.serves = version
        self.parameters[SLOT] = (f"{package(version)},s3://artifacts/baseline", -DAY)

    def at(self, seconds: float, happens: Callable[[], object]) -> None:
        """Lets something happen at a time."""
        self.later.append((seconds, happens))

    # Executions

    def ask(self, trigger: str, reason: str = "because", **changed: Any) -> Started:
        """An event, a schedule or a person starts an execution."""
        arn = f"{MACHINE}:{len(self.started)}"

        def sleep(seconds: float) -> None:
            assert isinstance(seconds, int) and seconds > 0, seconds
            self.started[arn].wakes = self.now + seconds

        execution = Execution(
            machine(), self, arn, asked(trigger, reason, **changed), sleep=sleep, now=self.time
        )
        self.started[arn] = Started(execution, execution.steps())
        return self.started[arn]

    def kill(self, started: Started) -> None:
        """A person stops an execution, whatever it does."""
        if started.runs:
            started.execution.status = "ABORTED"
            started.killed = True

    def step(self, started: Started) -> None:
        """Runs one state; of an execution that was stopped, none."""
        if started.killed:
            return
        next(started.turns, None)

    def play(self, until: float | None = None, deaths: float = 0.0) -> None:
        """Runs all executions in random turns until they have ended, or to a time.

        Before each step an execution is stopped with a probability of ``deaths``.
        """
        while True:
            running = [s for s in self.started.values() if s.runs]
            ready = [s for s in running if s.wakes <= self.now]
            if ready:
                going_on = self.chance.choice(ready)
                if self.chance.random() < deaths:
                    self.kill(going_on)
                self.step(going_on)
                continue
            moments = [s.wakes for s in running] + [when for when, _ in self.later]
            if until is not None:
                moments.append(until)
            if not moments or (until is not None and self.now >= until):
                return
            self._pass(min(moments))

    def _pass(self, moment: float) -> None:
        self.now = max(self.now, moment)
        for run in self.runs:
            if run.ended is None and run.lasts <= self.now:
                run.ended = run.lasts
        due = sorted((row for row in self.later if row[0] <= self.now), key=lambda row: row[0])
        self.later = [row for row in self.later if row[0] > self.now]
        for _, happens in due:
            happens()

    def time(self, seconds: float | None = None) -> str:
        """A moment as Step Functions writes it; without one, now."""
        moment = BEGINNING + (self.now if seconds is None else seconds)
        text = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
        return text.replace("+00:00", "Z")

    # What must always hold

    def in_flight(self) -> list[Run]:
        """Runs that have not ended."""
        return [run for run in self.runs if run.ended is None]

    def _run(self, parameters: dict[str, str], *, by_the_machine: bool = True) -> Run:
        if by_the_machine:
            assert not self.in_flight(), "two runs in flight"
            recent = [run for run in self.runs if run.start > self.now - DAY]
            assert len(recent) < self.allowed, "more runs in a day than the policy allows"
        arn = f"arn:aws:sagemaker:us-east-1:123456789012:pipeline/{PIPELINE}/execution/"
        run = Run(
            f"{arn}{len(self.runs):012}",
            self.now,
            self.now + self.lasts,
            parameters,
            by_the_machine,
        )
        self.runs.append(run)
        return run

    # AWS

    def __call__(self, service: str, action: str, arguments: dict[str, Any]) -> Any:
        """An SDK integration. A millisecond passes, so that nothing happens at one time."""
        assert not (found := mistakes(service, action, json.dumps(arguments))), found
        self.calls.append(action)
        self.now += 0.001
        if self.refusals.get(action):
            raise self.refusals[action].pop(0)
        return getattr(self, f"_{action}")(**arguments)

    def _getParameters(self, Names: list[str]) -> Any:
        return {
            "Parameters": [
                {
                    "Name": name,
                    "Value": self.parameters[name][0],
                    "LastModifiedDate": self.time(self.parameters[name][1]),
                }
                for name in sorted(Names)
                if name in self.parameters
            ],
            "InvalidParameters": [name for name in Names if name not in self.parameters],
        }

    def _putParameter(self, Name: str, Value: str, Type: str, Overwrite: bool = False) -> Any:
        assert Value and len(Value) <= 4096 and Type == "String"
        if Name in self.parameters and not Overwrite:
            raise AwsError("Ssm.ParameterAlreadyExistsException", "The parameter already exists.")
        self.parameters[Name] = (Value, self.now)
        return {"Version": 1, "Tier": "Standard"}

    def _deleteParameters(self, Names: list[str]) -> Any:
        assert Names == [LOCK]
        self.parameters.pop(LOCK, None)
        return {"DeletedParameters": Names}

    def _describeExecution(self, ExecutionArn: str) -> Any:
        if ExecutionArn not in self.started:
            raise AwsError("Sfn.ExecutionDoesNotExistException", "Execution Does Not Exist")
        return {"Status": self.started[ExecutionArn].execution.status}

    def _describeAlarms(self, AlarmNames: list[str], AlarmTypes: list[str]) -> Any:
        assert AlarmNames and AlarmTypes == ["MetricAlarm"]
        return {
            "MetricAlarms": [
                {
                    "AlarmName": name,
                    "StateValue": self.alarms[name][0],
                    "StateReason": self.why,
                    "StateTransitionedTimestamp": self.time(self.alarms[name][1]),
                    "StateUpdatedTimestamp": self.time(),
                }
                for name in AlarmNames
                if name in self.alarms
            ],
            "CompositeAlarms": [],
        }

    def _listPipelineExecutions(self, PipelineName: str, MaxResults: int, **order: str) -> Any:
        assert PipelineName == PIPELINE
        assert order == {"SortBy": "CreationTime", "SortOrder": "Descending"}
        newest = sorted(self.runs, key=lambda run: run.start, reverse=True)[:MaxResults]
        return {
            "PipelineExecutionSummaries": [
                {
                    "PipelineExecutionArn": run.arn,
                    "StartTime": self.time(run.start),
                    "PipelineExecutionStatus": "Executing" if run.ended is None else "Failed",
                }
                for run in newest
            ]
        }

    def _describePipelineExecution(self, PipelineExecutionArn: str) -> Any:
        [run] = [run for run in self.runs if run.arn == PipelineExecutionArn]
        return {"PipelineExecutionStatus": "Executing" if run.ended is None else "Succeeded"}

    def _startPipelineExecution(
        self, PipelineName: str, ClientRequestToken: str, PipelineParameters: list[dict[str, str]]
    ) -> Any:
        assert PipelineName == PIPELINE
        given = {parameter["Name"]: parameter["Value"] for parameter in PipelineParameters}
        if ClientRequestToken in self.tokens:
            arn, before = self.tokens[ClientRequestToken]
            if before != given and self.used_tokens == "refused":
                raise AwsError("SageMaker.SageMakerException", "the token was used (assumed)")
            return {"PipelineExecutionArn": arn}
        run = self._run(given)
        self.tokens[ClientRequestToken] = (run.arn, given)
        return {"PipelineExecutionArn": run.arn}

    def _listModelPackages(self, ModelPackageGroupName: str, **order: Any) -> Any:
        assert ModelPackageGroupName == GROUP
        assert order == {"SortBy": "CreationTime", "SortOrder": "Descending", "MaxResults": 1}
        return {
            "ModelPackageSummaryList": [
                {
                    "ModelPackageArn": package(len(self.versions)),
                    "ModelApprovalStatus": status,
                    "CreationTime": self.time(moment),
                }
                for status, moment in self.versions[-1:]
            ]
        }

    def _describeModelPackage(self, ModelPackageName: str) -> Any:
        uri = f"s3://artifacts/{ModelPackageName.rpartition('/')[2]}/model.tar.gz"
        number = int(ModelPackageName.rpartition("/")[2])
        described = {
            "InferenceSpecification": {"Containers": [{"ModelDataUrl": uri}]},
            "CreationTime": self.time(self.versions[number - 1][1]),
        }
        if self.approved is not None and number == len(self.versions):
            described["LastModifiedTime"] = self.time(self.approved)
            if self.stamp:
                described["CustomerMetadataProperties"] = {"perennial:dev": self.stamp}
        return described

    def _listEndpoints(self, NameContains: str, MaxResults: int) -> Any:
        names = [f"{ENDPOINT}-shadow"] + ([ENDPOINT] if self.serves else [])
        return {"Endpoints": [{"EndpointName": name} for name in names]}

    def _describeEndpoint(self, EndpointName: str) -> Any:
        assert self.serves is not None
        return {"EndpointStatus": self.status, "EndpointConfigName": f"config-{self.serves}"}

    def _describeEndpointConfig(self, EndpointConfigName: str) -> Any:
        model = EndpointConfigName.replace("config", "model")
        return {"ProductionVariants": [{"ModelName": model}], "CreationTime": self.time()}

    def _describeModel(self, ModelName: str) -> Any:
        return {"Containers": [{"ModelPackageName": package(int(ModelName.split("-")[1]))}]}

    def _publish(self, TopicArn: str, Subject: str, Message: str) -> Any:
        assert len(Subject) <= 100
        self.messages.append({"Subject": Subject, "Message": Message})
        return {"MessageId": "1"}
