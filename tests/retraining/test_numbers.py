"""What the machine's numbers and lists rest on."""

import re

from botocore.session import get_session

from mlops_constructs.retraining.need import IN_FLIGHT
from mlops_constructs.retraining.pace import LOOKS
from tests.retraining.names import DAY, HOUR
from tests.retraining.world import World, machine
from tests.state_machines.anatomy import ALLOWED_EVENTS, history, operation


def test_a_run_of_two_days_is_waited_out_with_less_than_a_quarter_of_the_history():
    world = World()
    world.train(lasts=2 * DAY)
    started = world.ask("person", policy={"coolDownHours": 1, "runsPerDay": 2})
    world.at(HOUR, lambda: world.ask("person", policy={"coolDownHours": 1, "runsPerDay": 2}))
    world.play()
    assert world.runs[-1].by_the_machine
    assert history(machine(), started.execution.visited) < ALLOWED_EVENTS / 4


def test_who_has_looked_often_enough_leaves_it_to_the_next_re_check():
    world = World()
    world.train(lasts=9 * DAY)
    started = world.ask("person", policy={"coolDownHours": 1, "runsPerDay": 2})
    world.play()
    assert started.execution.output["outcome"] == "left to the re-check"
    assert started.execution.visited.count("Look at the run") == LOOKS
    assert history(machine(), started.execution.visited) < ALLOWED_EVENTS / 3


def test_who_waits_for_ever_new_runs_outside_leaves_it_to_the_next_re_check():
    world = World()
    world.rings()
    world.train(lasts=HOUR)
    for number in range(1, 60):
        world.at(number * 20 * HOUR, lambda: world.train(lasts=HOUR))
    started = world.ask("drift")
    world.play()
    assert started.execution.output["outcome"] == "left to the re-check"
    assert 16 * DAY < started.wakes < 18 * DAY


def test_every_status_of_a_run_is_in_flight_or_an_end():
    model = get_session().get_service_model("sagemaker")
    statuses = set(model.shape_for("PipelineExecutionStatus").enum)
    assert statuses - set(IN_FLIGHT) == {"Succeeded", "Failed", "Stopped"}


def test_a_token_is_as_long_as_the_api_wants_it():
    world = World()
    world.ask("person")
    world.play()
    [token] = world.tokens
    shape = operation("sagemaker", "startPipelineExecution").input_shape
    assert shape is not None
    limits = shape.members["ClientRequestToken"].metadata
    assert limits["min"] <= len(token) <= limits["max"]
    assert re.fullmatch(r"[0-9a-f]{64}", token)


def test_each_run_has_a_token_of_its_own():
    world = World()
    for day in range(3):
        world.at(day * 2 * DAY, lambda: world.ask("person"))
    world.play()
    assert len(world.tokens) == len(world.runs) == 3
