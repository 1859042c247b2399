"""What was chosen for a model, and how a clash within it is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from mlops_constructs.network import Network
from mlops_constructs.serving.endpoint_metric import EndpointMetric
from mlops_constructs.serving.hosting import Hosting
from mlops_constructs.serving.release import AllAtOnce, Release
from mlops_constructs.serving.rollback_alarm import RollbackAlarm
from mlops_constructs.serving.serverless import Serverless
from mlops_constructs.serving.trial import Shadow, Split

_NOT_MEASURED_OF_ASYNC: Final = frozenset(
    {
        EndpointMetric.INVOCATIONS,
        EndpointMetric.INVOCATIONS_PER_INSTANCE,
        EndpointMetric.OVERHEAD_LATENCY,
    }
)
"""https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html"""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """All that was chosen for one model in one stage.

    Attributes:
        name: Of its endpoint, or of what scores it.
        hosting: How it is served.
        release: How a new version takes over.
        monitors: The kinds of its monitors.
        network: Where its containers run; None for SageMaker's own.
        bought: Members of its pipeline's definition by which it takes what AWS Marketplace sells.
    """

    name: str
    hosting: Hosting
    release: Release
    monitors: tuple[str, ...] = ()
    network: Network | None = None
    bought: tuple[str, ...] = ()

    @property
    def guarded(self) -> bool:
        """Whether it asks for alarms, steps or a wait that AWS's deployment guardrails give."""
        if isinstance(self.release, AllAtOnce):
            return self.release.alarms is not None or self.release.termination_wait_seconds > 0
        return not isinstance(self.release, Shadow | Split)

    @property
    def instance_type(self) -> str:
        """Empty where there are no instances to choose."""
        return "" if isinstance(self.hosting, Serverless) else self.hosting.instance_type

    @property
    def alarms(self) -> tuple[RollbackAlarm, ...]:
        """All that would roll a release back."""
        if isinstance(self.release, Shadow | Split) or self.release.alarms is None:
            return ()
        return self.release.alarms.all

    @property
    def unmeasured(self) -> tuple[RollbackAlarm, ...]:
        """Those that look at what AWS does not measure of asynchronous endpoints."""
        return tuple(alarm for alarm in self.alarms if alarm.metric in _NOT_MEASURED_OF_ASYNC)

    @property
    def impatient(self) -> bool:
        """Whether it rings at a latency that nobody chose."""
        alarms = None if isinstance(self.release, Shadow | Split) else self.release.alarms
        if alarms is None or alarms.latency_ms is None:
            return False
        return "latency_ms" not in alarms.model_fields_set

    @property
    def words(self) -> dict[str, str]:
        """What sentences are filled with."""
        return {
            "endpoint": repr(self.name),
            "hosting": type(self.hosting).__name__,
            "release": type(self.release).__name__,
            "instance_type": repr(self.instance_type),
            "monitors": ", ".join(map(repr, self.monitors)),
            "bought": ", ".join(self.bought),
            "unmeasured": ", ".join(repr(alarm.kind) for alarm in self.unmeasured),
        }


class Told(Protocol):
    """Something chosen that sentences can be filled with."""

    @property
    def words(self) -> Mapping[str, str]:
        """Placeholders of sentences, and what stands for them."""
        ...


Chosen = TypeVar("Chosen", bound=Told)


@dataclass(frozen=True, kw_only=True)
class Clash(Generic[Chosen]):
    """One row: what can't go together.

    Attributes:
        name: For people who read the table, and for its tests.
        applies: Whether a choice is one.
        what: What can't be, as the beginning of a sentence.
        why: The reason, after a colon.
        instead: What to do instead, after a semicolon.
        source: The page that says so.
    """

    name: str
    applies: Callable[[Chosen], bool]
    what: str
    why: str
    instead: str
    source: str

    def sentence(self, choice: Chosen) -> str:
        """What is told of a choice to which it applies."""
        told = f"{self.what}: {self.why}; {self.instead} ({self.source})"
        return told.format_map(choice.words)
