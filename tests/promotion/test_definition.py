"""What the promotion machine's numbers and lists rest on."""

import re

from botocore.session import get_session

from mlops_constructs.promotion.observe import STUCK_STACK
from mlops_constructs.state_machines.served import STUCK_ENDPOINT
from tests.promotion.names import WATCHED
from tests.promotion.promote import DEFINITION, released, start
from tests.state_machines.anatomy import ALLOWED_EVENTS, history, operation


def statuses(service: str, shape: str) -> list[str]:
    model = get_session().get_service_model(service)
    return list(model.shape_for(shape).enum)


def test_every_status_of_a_stack_is_stuck_or_passing_or_accepts_an_update():
    accept = {
        status
        for status in statuses("cloudformation", "StackStatus")
        if status not in STUCK_STACK and "IN_PROGRESS" not in status
    }
    assert accept == {
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
    }
    assert set(STUCK_STACK) < set(statuses("cloudformation", "StackStatus"))


def test_every_status_of_an_endpoint_is_stuck_or_passing_or_in_service():
    passing = set(statuses("sagemaker", "EndpointStatus")) - {*STUCK_ENDPOINT, "InService"}
    assert passing == {"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"}


def test_an_update_of_970_minutes_and_its_rollback_fit_in_the_history():
    world = released(1)
    world.register(2)
    world.broken.add(2)
    settle = world._settle
    until = {"rest": 2 * 970 * 60.0}

    def slowly() -> None:
        until["rest"] -= world.slept[-1]
        if until["rest"] <= 0:
            settle()

    world._settle = slowly  # type: ignore[method-assign]
    execution = start(world).run()
    assert execution.output["outcome"] == "rolled back"
    assert history(DEFINITION, execution.visited) < ALLOWED_EVENTS


def test_each_update_of_an_execution_has_a_token_of_its_own():
    world = released(1)
    world.register(2)
    world.silent.add(2)
    start(world).run()
    tokens = [given["ClientRequestToken"] for name, given in world.calls if name == "updateStack"]
    assert len(set(tokens)) == len(tokens) == 2
    shape = operation("cloudformation", "updateStack").input_shape
    assert shape is not None
    token = shape.members["ClientRequestToken"].metadata
    assert all(re.fullmatch(token["pattern"], given) for given in tokens)
    assert all(len(given) <= token["max"] for given in tokens)


def test_looks_are_quick_again_after_a_long_deploy():
    world = released(1)
    world.register(2)
    world.deploy()
    settle = world._settle
    world._settle = lambda: settle() if len(world.slept) >= 6 else None  # type: ignore[method-assign]
    start(world).run()
    assert world.slept == [2, 3, 5, 8, 12, 18, 2]


def test_looks_are_quick_at_first_and_a_minute_apart_later():
    world = released(1)
    world.register(2)
    world._settle = lambda: None  # type: ignore[method-assign]

    def end() -> None:
        if len(world.slept) == 12:
            world.status = "UPDATE_ROLLBACK_FAILED"

    world.on_wait = end
    start(world).run()
    assert world.slept[:5] == [2, 3, 5, 8, 12]
    assert world.slept[-1] == 60


def test_monitoring_that_never_comes_to_rest_fits_in_the_history_beside_a_release():
    world = released(1)
    world.monitoring = {"status": "UPDATE_COMPLETE", "package": "", "update": "UPDATE_IN_PROGRESS"}
    execution = start(world, request=WATCHED).run()
    assert execution.status == "SUCCEEDED"
    assert history(DEFINITION, execution.visited) < 2_000
