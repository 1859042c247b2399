"""The construct."""

from collections.abc import Iterator, Sequence

from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from mlops_constructs.problems import refuse
from mlops_constructs.promotion.archives import Archives
from mlops_constructs.promotion.definition import definition
from mlops_constructs.promotion.permissions import PromotionRole
from mlops_constructs.state_machines import ReconcilingMachine, machine_problems


class Promotion(ReconcilingMachine):
    """Makes the newest approved version of a model the one that its endpoint serves.

    A state machine that reconciles: it looks at the registry, the slot, the stack and the endpoint,
    and changes what differs. Each execution does that for one model, and its input names it::

        {
          "model": "flight-delay",
          "stage": "dev",
          "group": "dev-flight-delay",
          "endpoint": "dev-flight-delay",
          "stack": "Dev-Serving-flight-delay",
          "slot": "/perennial/dev/flight-delay/slot",
          "monitoring": "Dev-Monitoring-flight-delay",
          "monitors": ["data-quality"],
          "next": "Prod",
          "approval": "registry",
          "hosting": "endpoint"
        }

    Nothing in it says which version: the event that started it may be late, doubled or lost. What
    else comes along, such as a `reason`, is for whoever reads the execution. The lock and the
    look-again note lie beside the slot, as `lock` and `look-again`; a freeze lies there as
    `frozen`, or below the stage's prefix for all its models (`/perennial/dev/frozen`).

    The approval is `registry` where the version's own says that it may serve, or the name of the
    stage that its life cycle has to name besides, as approved (`{"Stage": "Prod", "StageStatus":
    "Approved"}`). A version that has proved itself here is proposed for the stage `next`; that is
    empty where none follows.

    `hosting` says what serving is for this model; `endpoint` is one of whatever kind, with one
    version.

    Versions of a model are tried before they are released if the input says how::

        "trial": {"kind": "shadow", "hours": 24, "decides": "rule", "bucket": "my-artifacts"}

    Then the serving stack reads a second slot besides, `challenger` beside the first, whose version
    it puts next to the one that serves; while a trial lasts the machine starts itself once an hour.
    The comparison is a run of the pipeline `<endpoint>-comparison`, whose verdict it reads below
    `<endpoint>/comparisons/` in that bucket. A person's decision is the parameter `decision`, its
    value `promote` or `drop`, the config of the trial, and why.

    A model that scores batches is told with `"hosting": "batch"`. What serves it is what the
    definition of its pipeline `<endpoint>-batch` names, and its stack's output is `BatchModelName`.
    One whose first runs fail to score is taken back, and the version before scores their window
    again.

    A model whose requests name the archive that answers them is told with `"hosting":
    "multi-model"`. What serves it is the version that its slot names, and its stack's output
    `ArchiveUri` says below which URI the endpoint finds archives. Promoting copies the archive of
    the version there, has the function `<endpoint>-probe` ask it (`ArchiveProbe`), and puts the
    slot; no stack is updated. One that answers with an error three times, that is not one container
    with one archive, or whose archive has more than 5 GB is taken back before the slot names it.

    The stacks have to read the slot as an SSM-typed parameter. The serving stack has the output
    EndpointConfigName while it has an endpoint, the monitoring stack MonitoredPackage; the latter's
    name is empty for a model without monitors. Configs and models carry the tag
    `perennial:endpoint`, its value the endpoint's name.

    An execution succeeds with the outcome `already serving`, `released`, `unproven`, `rolled back`,
    `on trial`, `undecided`, `dropped`, `frozen` or `left to the holder of the lock`, and with
    `failed`, `error` and `cause` when a person is needed and has been told; it fails when nobody
    could be told. The topic hears of releases, rollbacks and failures, of a release that has
    answered no request, of a version that waits for the next stage's approval, of one that serves
    without approval, of one that serves unwatched, and of the beginning and the end of each trial.

    Args:
        state_machine_name: Its name; rules and people start it by that.
        slot_prefix: The parameters of all models of the stage lie below it: `/perennial/dev`.
        stack_prefix: The stacks it may update begin with it: `Dev-Serving-`.
        monitoring_stack_prefix: So do those that watch what serves: `Dev-Monitoring-`.
        name_prefix: Endpoints begin with it: `dev-`.
        group_prefix: So do the model package groups; in a stage that follows another, with that
            one's.
        next_stage: The stage that follows, for which it may propose versions; empty if none does.
        comparisons: Where the comparisons of trials lie, encrypted with ``key``; without it no
            version can be tried.
        batches: Whether there are models that score batches; without it none is promoted.
        archives: Where the archives of multi-model endpoints come from and go, the latter encrypted
            with ``key``; without it no version is promoted at such an endpoint.
        topic: Where people hear of releases, rollbacks and failures.
        key: Encrypts the topic and the log; CloudWatch Logs must be let to use it.

    Attributes:
        state_machine: The machine.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        state_machine_name: str,
        slot_prefix: str,
        stack_prefix: str,
        monitoring_stack_prefix: str,
        name_prefix: str,
        group_prefix: str,
        next_stage: str,
        comparisons: s3.IBucket | None = None,
        batches: bool = False,
        archives: Archives | None = None,
        topic: sns.ITopic,
        key: kms.IKey,
    ) -> None:
        stack_prefixes = (stack_prefix, monitoring_stack_prefix)
        refuse(
            _problems(state_machine_name, slot_prefix, stack_prefixes, name_prefix, group_prefix)
        )
        super().__init__(
            scope,
            construct_id,
            state_machine_name=state_machine_name,
            noun="promotion",
            definition=definition(),
            role=lambda machine: PromotionRole(
                machine,
                "Role",
                state_machine_name=state_machine_name,
                slot_prefix=slot_prefix,
                stack_prefix=stack_prefix,
                monitoring_stack_prefix=monitoring_stack_prefix,
                name_prefix=name_prefix,
                group_prefix=group_prefix,
                next_stage=next_stage,
                comparisons=comparisons,
                batches=batches,
                archives=archives,
                topic=topic,
                key=key,
            ),
            topic=topic,
            key=key,
        )


def _problems(
    state_machine_name: str,
    slot_prefix: str,
    stack_prefixes: Sequence[str],
    name_prefix: str,
    group_prefix: str,
) -> Iterator[str]:
    yield from machine_problems(state_machine_name, slot_prefix, name_prefix)
    if not all(stack_prefixes):
        yield (
            "stack_prefix and monitoring_stack_prefix must not be empty: they say which stacks may"
            " be updated"
        )
    if not group_prefix:
        yield "group_prefix must not be empty: it says which model package groups are read"
