"""A model that would be served in another way is told before a deployment fails for it."""

import json
from pathlib import Path
from typing import Any

import pytest

from review.assembly import Assembly
from review.compare import compare
from review.failing import demands, found
from review.findings import Review, Stopped
from review.moving import moved
from review.page.dangers import stopped_lines
from review.page.headline import headline
from review.resources import StackPair
from review.ways import MOVES, Way
from tests.review.handmade import pair, template, write
from tests.ways import GONE, INSTANCES, REFUSED, SERVED, UNSCORED, scored, served


def promoted(told: dict[str, Any]) -> dict[str, Any]:
    return told | {"Outputs": {"PromotionInput": {"Value": "{}"}}}


def reviewed(folder: Path, *sides: dict[str, Any]) -> Review:
    """What comparing two assemblies comes to, CDK's own engine included."""
    before, after = (
        Assembly(write(folder / str(number), stacks), str(number))
        for number, stacks in enumerate(sides)
    )
    return compare(before, after)


def change(before: str, after: str) -> list[StackPair]:
    return [pair(promoted(SERVED[before]), promoted(SERVED[after]))]


@pytest.mark.parametrize(("before", "after", "why", "means"), REFUSED)
def test_what_can_t_be_done_in_place_is_refused_with_what_it_means(
    before: str, after: str, why: str, means: str
):
    [one] = moved(change(before, after))
    name = "Pipeline" if before == "batch" else "Endpoint"
    assert (one.fate, one.thing.logical_id) == ("refused", name)
    [cause] = one.causes
    assert why in cause.why
    assert means in ". ".join(one.notes)
    assert "docs/how-to/serve.md" in one.notes[-1]


def test_the_one_move_that_aws_does_in_place_is_told_as_one_that_is_for_good():
    [one] = moved(change("serverless", "instances"))
    assert (one.fate, one.thing.name) == ("changed for good", "dev-churn")
    assert "never takes them back" in one.causes[0].why
    assert "notices nothing" in one.notes[0]
    review = Review(base="a", head="b", stopped=(one,))
    assert headline(review) == "### Review: 1 changed for good (endpoint)"
    assert "**is changed for good**" in stopped_lines(review)[0]
    assert found(review, demands(["replacement:endpoint"]))
    assert not found(review, demands(["removal", "refusal"]))


def test_the_table_has_every_move_and_no_other():
    assert set(MOVES) == {(a, b) for a in Way for b in Way if a is not b}
    assert len(MOVES) == len(REFUSED) + 1
    assert [pair for pair, move in MOVES.items() if move.in_place] == [
        (Way.SERVERLESS, Way.INSTANCES)
    ]


@pytest.mark.parametrize("way", SERVED)
def test_a_model_that_is_served_as_before_is_not_told(way: str):
    other = json.loads(json.dumps(SERVED[way]).replace("Config", "OtherConfig", 1))
    assert not list(moved(change(way, way)))
    assert not list(moved([pair(promoted(SERVED[way]), promoted(other))]))


def test_an_endpoint_whose_config_is_not_in_the_template_is_left_alone():
    named = {"EndpointName": "dev-churn", "EndpointConfigName": "made-elsewhere"}
    other = template(Endpoint=("AWS::SageMaker::Endpoint", named))
    assert not list(moved([pair(served(INSTANCES), other)]))


def test_an_endpoint_beside_which_a_pipeline_trains_does_not_move():
    trains = scored("Training")
    assert not list(moved([pair(served(INSTANCES), trains)]))
    both = {"Resources": SERVED["instances"]["Resources"] | SERVED["batch"]["Resources"]}
    assert not list(moved([pair(served(INSTANCES), both)]))
    assert not list(moved([pair(both, scored())]))


def test_what_moves_is_told_once_and_without_promotions_as_what_goes(tmp_path: Path):
    instances, batch = SERVED["instances"], SERVED["batch"]
    review = reviewed(
        tmp_path,
        {"Promoted": promoted(instances), "Asked": instances, "Scored": batch},
        {"Promoted": promoted(batch), "Asked": batch, "Scored": instances},
    )
    told = {(one.thing.stack, one.thing.logical_id): one for one in review.stopped}
    assert len(told) == len(review.stopped)
    assert told["Promoted", "Endpoint"].fate == "refused"
    for place, means in ((("Asked", "Endpoint"), GONE), (("Scored", "Pipeline"), UNSCORED)):
        assert (told[place].fate, told[place].causes) == ("removed", ())
        assert means in told[place].notes[0]
        assert not any("docs/how-to" in note for note in told[place].notes)
    assert told["Promoted", "Config"].fate == told["Promoted", "Model"].fate == "removed"


def test_the_page_begins_with_it_and_a_check_can_fail_for_it():
    told: tuple[Stopped, ...] = tuple(moved(change("instances", "serverless")))
    review = Review(base="a", head="b", stopped=told)
    assert headline(review) == "### Review: 1 refused (endpoint)"
    [line] = stopped_lines(review)
    assert line.startswith("- Endpoint `dev-churn` in Stack **is refused**")
    assert "`on instances` → `serverless`" in line
    assert found(review, demands(["refusal:endpoint"])) == ["--fail-on refusal:endpoint: 1 found"]
    assert not found(review, demands(["removal", "replacement"]))
