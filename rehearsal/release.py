"""A person approves; the platform releases, and watches what it released."""

from collections.abc import Callable
from typing import Any, Protocol

from rehearsal.arrows import StoryBroke
from rehearsal.executions import HOUR, await_execution, await_success, executions, none_runs
from rehearsal.mailbox import Mailbox
from rehearsal.names import StageNames
from rehearsal.timeline import Timeline
from rehearsal.world import World

DAY = 86400.0


class Customers(Protocol):
    """Whoever asks an endpoint while a release goes on."""

    def ask(
        self, world: World, timeline: Timeline, *, package: str, over: Callable[[], bool]
    ) -> None:
        """Ask until the release of a version is over."""
        ...


def release(
    world: World,
    timeline: Timeline,
    names: StageNames,
    mailbox: Mailbox,
    *,
    package: str,
    because: str,
    customers: Customers | None = None,
) -> dict[str, Any]:
    """Approve a version, follow it until it serves, and return the endpoint.

    Args:
        world, timeline, names, mailbox: where, and whose.
        package: the version.
        because: why it is approved.
        customers: who asks meanwhile.
    """
    before = set(executions(world, names.promotion))
    approve(world, timeline, package=package, because=because)
    started = promoted(world, timeline, names, package=package, before=before)
    if customers:
        customers.ask(
            world, timeline, package=package, over=lambda: none_runs(world, names.promotion)
        )
    return followed(world, timeline, names, mailbox, package=package, started=started)


def promoted(
    world: World, timeline: Timeline, names: StageNames, *, package: str, before: set[str]
) -> list[str]:
    """Wait until a version's approval has started a promotion; the daily re-check starts others."""
    started = await_execution(
        world, "approval rule -> Promotion", machine=names.promotion, before=before,
        stack=names.serving, reason=f"{package} is Approved",
    )  # fmt: skip
    timeline.record("platform", "promotion started", execution=started[0])
    return started


def followed(
    world: World, timeline: Timeline, names: StageNames, mailbox: Mailbox, *, package: str,
    started: list[str],
) -> dict[str, Any]:  # fmt: skip
    """Follow a promotion until its version serves, is watched, and people know of it."""
    slot = world.await_arrow(
        "Promotion -> slot", lambda: slot_of(world, names.slot),
        expected=f"the slot to name {package}", until=lambda value: value[0] == package,
        within=HOUR,
    )  # fmt: skip
    timeline.record("platform", "slot written", package=slot[0], baseline=slot[1])
    endpoint = world.await_arrow(
        "Promotion -> UpdateStack -> endpoint", lambda: described(world, names.endpoint),
        expected=f"endpoint {names.endpoint} InService with {package}", within=DAY,
        until=lambda found: found.get("EndpointStatus") == "InService"
        and served(world, found) == package,
    )  # fmt: skip
    timeline.record(
        "platform", "release done", stage=names.stage, endpoint=endpoint["EndpointName"],
        config=endpoint["EndpointConfigName"], package=package,
    )  # fmt: skip
    _is_watched(world, timeline, names, package)
    for execution in started:
        await_success(world, "Promotion -> its end", execution, within=DAY)
    mailbox.await_message("Promotion -> topic", f"Released: {names.endpoint}")
    return endpoint


def approve(world: World, timeline: Timeline, *, package: str, because: str) -> None:
    """Do what an approver does in the registry, and nothing else."""
    world.client("sagemaker").update_model_package(
        ModelPackageArn=package, ModelApprovalStatus="Approved", ApprovalDescription=because
    )
    timeline.record("approver", "version approved", package=package, because=because)


def served(world: World, endpoint: dict[str, Any]) -> str:
    """The package that an endpoint's own config leads to."""
    return version_of(world, endpoint["EndpointConfigName"])


def version_of(world: World, config_name: str) -> str:
    """The package that a config leads to."""
    sagemaker = world.client("sagemaker")
    config = sagemaker.describe_endpoint_config(EndpointConfigName=config_name)
    model = sagemaker.describe_model(ModelName=config["ProductionVariants"][0]["ModelName"])
    [container] = model.get("Containers") or [model["PrimaryContainer"]]
    return str(container.get("ModelPackageName"))


def slot_of(world: World, name: str) -> list[str]:
    """Package and baseline that a slot names."""
    value: str = world.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    return value.split(",")


def described(world: World, name: str) -> dict[str, Any]:
    """The endpoint's description; empty while there is none."""
    sagemaker = world.client("sagemaker")
    listed = sagemaker.list_endpoints(NameContains=name)["Endpoints"]
    if name not in [found["EndpointName"] for found in listed]:
        return {}
    found: dict[str, Any] = sagemaker.describe_endpoint(EndpointName=name)
    return found


def _is_watched(world: World, timeline: Timeline, names: StageNames, package: str) -> None:
    """The monitoring stack watches the version that serves."""
    watched = world.await_arrow(
        "Promotion -> UpdateStack -> monitors",
        lambda: world.outputs(names.monitoring).get("MonitoredPackage"),
        expected=f"{names.monitoring} to watch {package}", until=lambda found: found == package,
        within=3 * HOUR,
    )  # fmt: skip
    timeline.record("platform", "monitors set", package=watched)


def nothing_is_served(world: World, timeline: Timeline, names: StageNames) -> None:
    """After the first deploy a stage's slot is empty, and its endpoint is not there.

    Raises:
        StoryBroke: there is something, though nobody approved anything.
    """
    slot = ",".join(slot_of(world, names.slot))
    endpoint = described(world, names.endpoint)
    if slot != "NONE,NONE" or endpoint:
        raise StoryBroke(f"the registry is empty, yet the slot says {slot}, endpoint {endpoint}")
    timeline.record("platform", f"nothing is served in {names.stage} yet", slot=slot, endpoints=0)
