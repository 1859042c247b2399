"""What a review finds, as values; `Review` holds all of it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias

from review.differences import Difference
from review.readings import Reading
from review.resources import Resource

Fate: TypeAlias = Literal[
    "refused",
    "changed for good",
    "replaced",
    "may be replaced",
    "removed",
    "may be removed",
    "left behind",
    "moves away",
]


@dataclass(frozen=True)
class Thing:
    """What a finding is about.

    Attributes:
        stack: The name of its stack.
        logical_id: Its name in the template; empty for a whole stack.
        type: CloudFormation's type; empty for a whole stack.
        noun: The word for it in a sentence and in `--fail-on`.
        name: Its own name, or the path of its construct.
    """

    stack: str
    logical_id: str
    type: str
    noun: str
    name: str

    @property
    def words(self) -> str:
        """The noun in a sentence: `endpoint config`."""
        return self.noun.replace("-", " ")

    @classmethod
    def of(cls, resource: Resource) -> "Thing":
        """The resource itself."""
        return cls(
            stack=resource.stack,
            logical_id=resource.logical_id,
            type=resource.type,
            noun=resource.noun,
            name=resource.name,
        )

    @classmethod
    def whole(cls, stack: str) -> "Thing":
        """A stack with all that is in it."""
        return cls(stack=stack, logical_id="", type="", noun="stack", name=stack)


@dataclass(frozen=True)
class Cause:
    """Why something is replaced.

    Attributes:
        property: What changes; dotted.
        before: None if it was not set.
        after: None if it is no longer set.
        why: What makes that a replacement.
    """

    property: str
    before: str | None
    after: str | None
    why: str


@dataclass(frozen=True)
class Stopped:
    """Something that stops, or that another takes the place of, or that can't change so.

    Attributes:
        fate: What becomes of it; `refused` if it can't be done, and the deployment fails.
        causes: The properties that do it; none where it is removed.
        follows: The logical id of what is replaced and takes this along; empty if nothing does.
        notes: What else a reviewer should know.
    """

    thing: Thing
    fate: Fate
    causes: tuple[Cause, ...] = ()
    follows: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Guard:
    """Something that protects, and does so less.

    Attributes:
        kind: What it guards with: `gate`, `alarm`, `bake`, `capture`, `monitor`, `retention`, ….
        told: What became of it, as the end of a sentence about the thing.
        before: As it was; None if it was not set.
        after: As it will be.
    """

    kind: str
    thing: Thing
    told: str
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True)
class Permission:
    """Actions that someone may take, or was kept from.

    Attributes:
        change: `gained` or `lost`.
        effect: `Allow` or `Deny`.
        who: The principal, or the role whose policy it is.
        actions: Sorted.
        resources: What it is allowed on; sorted, and empty text for the thing itself.
        condition: In words; empty if there is none.
        wider: Whether more is allowed now: an Allow gained or a Deny lost.
        everything: Whether it is about all actions of a service, or all resources, or anyone.
    """

    change: Literal["gained", "lost"]
    thing: Thing
    effect: str
    who: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: str
    wider: bool
    everything: bool


@dataclass(frozen=True)
class NetworkChange:
    """A way in or out, gained or lost."""

    change: Literal["gained", "lost", "changed"]
    thing: Thing
    told: str


@dataclass(frozen=True)
class Setting:
    """A value of an alarm, a schedule, a capacity, a release policy or the like."""

    group: str
    thing: Thing
    setting: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class StepChange:
    """One step of a pipeline, or state of a state machine.

    Attributes:
        change: `added`, `removed` or `changed`.
        name: The step's.
        kind: Its type.
        details: Place, before and after, of what changed within it.
    """

    change: Literal["added", "removed", "changed"]
    name: str
    kind: str
    details: tuple[tuple[str, str | None, str | None], ...] = ()


@dataclass(frozen=True)
class PipelineChange:
    """What changed in a pipeline definition.

    Attributes:
        parameters: Name, and default before and after.
        gates: Step, and its conditions before and after in words.
        steps: Those added, removed and changed.
        order: Edges `A → B` that came (`+`) and went (`-`).
        filled: What the template fills in otherwise: the name in the definition, the asset that
            it is, if it is one, and the steps that use it.
    """

    thing: Thing
    parameters: tuple[tuple[str, str | None, str | None], ...] = ()
    gates: tuple[tuple[str, str | None, str | None], ...] = ()
    steps: tuple[StepChange, ...] = ()
    order: tuple[str, ...] = ()
    filled: tuple[tuple[str, str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class FileChange:
    """One file within an asset.

    Attributes:
        asset: What CDK calls the asset.
        file: Its path in there; empty if the asset is that one file.
        change: `added`, `removed` or `changed`.
        diff: Unified; empty if it is not text.
        added: Lines.
        removed: Lines.
    """

    asset: str
    file: str
    change: Literal["added", "removed", "changed"]
    diff: str
    added: int
    removed: int


@dataclass(frozen=True)
class Hours:
    """What runs, in hours a month of 730 hours.

    Attributes:
        kind: `always-on` or `scheduled`.
        thing: Whose instances.
        instance_type: Such as `ml.m5.large`.
        before: Hours; for a scheduled job at most, as its time limit says.
        after: The same.
    """

    kind: Literal["always-on", "scheduled"]
    thing: Thing
    instance_type: str
    before: float
    after: float


@dataclass(frozen=True)
class StackDifferences:
    """Every difference of a stack's template and of how it is deployed.

    Attributes:
        change: Whether the stack is `added`, `removed` or `changed`.
        differences: Of the template, in the order in which they make head of base.
        deployed_with: The same of account, region, tags, roles and protection.
        readings: Both as a person reads them.
    """

    stack: str
    change: Literal["added", "removed", "changed"]
    differences: tuple[Difference, ...]
    deployed_with: tuple[Difference, ...] = ()
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True)
class Review:
    """All that differs between two assemblies.

    Attributes:
        base: What the page calls the one side.
        head: And the other.
        notes: What a reader should know of how the sides were made.
        names: Logical id to the path of its construct, for texts that refer to it.
    """

    base: str
    head: str
    notes: tuple[str, ...] = ()
    stopped: tuple[Stopped, ...] = ()
    guards: tuple[Guard, ...] = ()
    permissions: tuple[Permission, ...] = ()
    network: tuple[NetworkChange, ...] = ()
    settings: tuple[Setting, ...] = ()
    pipelines: tuple[PipelineChange, ...] = ()
    files: tuple[FileChange, ...] = ()
    hours: tuple[Hours, ...] = ()
    stacks: tuple[StackDifferences, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def nothing_changed(self) -> bool:
        """Whether both sides would deploy the same."""
        return not self.stacks and not self.files

    def to_json(self) -> str:
        """All of it, sorted: two reviews of the same sides are the same text."""
        return json.dumps(_plain(self), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _plain(review: Review) -> Mapping[str, Any]:
    told = asdict(review)
    told["stacks"] = list(_plain_stacks(review))
    return told


def _plain_stacks(review: Review) -> Iterator[Mapping[str, Any]]:
    for one in review.stacks:
        yield {
            "stack": one.stack,
            "change": one.change,
            "differences": [difference.as_operation() for difference in one.differences],
            "deployed_with": [difference.as_operation() for difference in one.deployed_with],
        }
