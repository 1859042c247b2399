"""A person approves; the platform releases; the endpoint answers."""

import json
from typing import Any

from rehearsal.arrows import StoryBroke
from rehearsal.timeline import Timeline
from rehearsal.world import World


def approve(world: World, timeline: Timeline, *, package: str, because: str) -> None:
    """Do what an approver does in the registry, and nothing else."""
    world.client("sagemaker").update_model_package(
        ModelPackageArn=package, ModelApprovalStatus="Approved", ApprovalDescription=because
    )
    timeline.record("approver", "version approved", package=package, because=because)


def await_release(
    world: World, timeline: Timeline, *, package: str, machine: str, stack: str
) -> dict[str, Any]:
    """Follow the arrows from the approval to the served version, and return the endpoint."""
    execution = _promotion(world, machine, stack)
    timeline.record("platform", "promotion started", execution=execution)
    outputs = world.outputs(stack)
    slot = world.await_arrow(
        "Promotion -> slot", lambda: _slot(world, outputs["SlotName"]),
        expected=f"the slot to name {package}", until=lambda value: value[0] == package,
    )  # fmt: skip
    timeline.record("platform", "slot written", package=slot[0], baseline=slot[1])
    endpoint = world.await_arrow(
        "Promotion -> UpdateStack -> endpoint", lambda: _endpoint(world, outputs["EndpointName"]),
        expected=f"endpoint {outputs['EndpointName']} InService", within=120.0,
        until=lambda found: found.get("EndpointStatus") == "InService",
    )  # fmt: skip
    _ended_well(world, execution)
    _is_served(world, endpoint, package)
    timeline.record(
        "platform", "release done", endpoint=endpoint["EndpointName"],
        config=endpoint["EndpointConfigName"], package=package,
    )  # fmt: skip
    return endpoint


def _promotion(world: World, machine: str, stack: str) -> str:
    """The newest execution of Promotion for this model."""
    states = world.client("stepfunctions")

    def newest() -> str:
        for found in states.list_executions(stateMachineArn=machine)["executions"]:
            described = states.describe_execution(executionArn=found["executionArn"])
            if json.loads(described["input"]).get("stack") == stack:
                return str(found["executionArn"])
        return ""

    return world.await_arrow(
        "approval rule -> Promotion", newest, expected=f"an execution of {machine} for {stack}"
    )


def _slot(world: World, name: str) -> list[str]:
    value: str = world.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    return value.split(",")


def _endpoint(world: World, name: str) -> dict[str, Any]:
    """The endpoint's description; empty while there is none."""
    sagemaker = world.client("sagemaker")
    listed = sagemaker.list_endpoints(NameContains=name)["Endpoints"]
    if name not in [found["EndpointName"] for found in listed]:
        return {}
    described: dict[str, Any] = sagemaker.describe_endpoint(EndpointName=name)
    return described


def _ended_well(world: World, execution: str) -> None:
    states = world.client("stepfunctions")
    end = world.await_arrow(
        "Promotion -> its end", lambda: states.describe_execution(executionArn=execution),
        expected="the execution to end", until=lambda found: found["status"] != "RUNNING",
    )  # fmt: skip
    if end["status"] != "SUCCEEDED":
        raise StoryBroke(f"Promotion ended {end['status']}: {end.get('error')} {end.get('cause')}")


def _is_served(world: World, endpoint: dict[str, Any], package: str) -> None:
    """The endpoint's own config leads to the approved package."""
    sagemaker = world.client("sagemaker")
    config = sagemaker.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
    model = sagemaker.describe_model(ModelName=config["ProductionVariants"][0]["ModelName"])
    containers = model.get("Containers") or [model["PrimaryContainer"]]
    if [container.get("ModelPackageName") for container in containers] != [package]:
        raise StoryBroke(f"{endpoint['EndpointName']} serves {containers}, not {package}")
