"""How the rehearsal of the monitors asks, and what it takes for right."""

import json
import random

import pytest

from rehearsal.applications import applications, decided
from rehearsal.arrows import StoryBroke
from rehearsal.monitors import retrained
from rehearsal.monitors.asked import contradicting, requests, swapped
from rehearsal.monitors.disturbed import EXCHANGED, MINORITY, shift
from rehearsal.monitors.expected import Outcomes, Ringing, both
from rehearsal.monitors.verdicts import DRIFT, NO_DATA, QUIET, ModelMonitor, Open, failed

COLUMNS = ["obrat", "unver", "race"]
SOME = applications()[:100]


def sent(**changed):
    return requests(SOME, COLUMNS, name="quiet", chance=random.Random(1), **changed)


def test_every_application_is_asked_about_once_in_requests_of_one_to_forty_rows():
    made = sent()
    assert [one for request in made for one in request.asked] == list(SOME)
    assert {len(request.asked) for request in made} <= set(range(1, 41))
    assert len({request.name for request in made}) == len(made) > 1
    assert all(len(r.body.splitlines()) == len(r.asked) for r in made)
    assert made == sent()


def test_exchanged_columns_hold_each_others_values_and_others_their_own():
    [one] = requests(SOME[:1], COLUMNS, name="x", chance=random.Random(1),
                     body=swapped([("obrat", "unver")]))  # fmt: skip
    said = SOME[0].features
    assert one.body == f"{said['unver']},{said['obrat']},{said['race']}\n"


def test_no_column_is_exchanged_twice():
    names = [name for pair in EXCHANGED for name in pair]
    assert len(set(names)) == len(names)


def test_contradicting_decisions_are_the_opposite_of_the_answers_and_not_of_the_truth():
    [request, *_] = sent()
    answers = [0.75 if number % 2 else 0.74 for number in range(len(request.asked))]
    [told] = contradicting([request], [answers])
    line = json.loads(decided(told.name, told.asked))
    labels = ["0" if answer >= 0.75 else "1" for answer in answers]
    assert line["groundTruthData"]["data"].splitlines() == labels
    assert line["eventMetadata"]["eventId"] == request.name


def test_a_shifted_minority_is_as_large_as_it_was_and_refused_by_all():
    population = applications()
    answers = [0.7 if number % 3 else 0.8 for number in range(len(population))]
    refused = {
        one.number for one, a in zip(population, answers, strict=True) if a < 0.75
        and not one.approved and one.features["race"] in MINORITY
    }  # fmt: skip
    moved = shift(population, answers)
    minority = [one for one in moved if one.features["race"] in MINORITY]
    assert {one.number for one in minority} == refused
    usual = sum(one.features["race"] in MINORITY for one in population) / len(population)
    assert len(minority) / len(moved) == pytest.approx(usual, abs=0.05)


def test_a_minority_that_nobody_refuses_makes_no_story():
    with pytest.raises(StoryBroke, match="agree on refusing nobody of a minority"):
        shift(SOME, [0.9] * len(SOME))


FOUND = {"a-drift": "OK", "b-drift": "ALARM", "c-silent": "INSUFFICIENT_DATA"}


@pytest.mark.parametrize(
    ("rings", "wrong"),
    [
        (Ringing(["b-drift"]), []),
        (Ringing(may=["b-drift"]), []),
        (Ringing(), ["b-drift rings, and should not"]),
        (Ringing(["a-drift", "b-drift"]), ["a-drift should ring, and is OK"]),
        (Ringing(["b-drift", "d"]), ["there is no alarm d"]),
    ],
)
def test_an_alarm_that_is_not_as_expected_is_told(rings: Ringing, wrong: list[str]):
    assert rings.wrong(FOUND) == wrong


def test_what_may_be_said_differs_by_engine():
    said = Outcomes((QUIET,), (NO_DATA, DRIFT))
    assert (said.of(Open()), said.of(ModelMonitor())) == ((QUIET,), (NO_DATA, DRIFT))
    assert both(QUIET).of(Open()) == both(QUIET).of(ModelMonitor()) == (QUIET,)


def test_only_a_run_without_data_counts_as_one():
    assert failed({"FailureReason": "Job inputs had no data"}) == NO_DATA
    assert failed({"FailureReason": "AlgorithmError"}) == "failed: AlgorithmError"


@pytest.mark.parametrize(
    ("asked", "runs", "breaks"),
    [
        ({}, ["r1"], False),
        ({"x": ("drift", "dev-loan-approval")}, ["r1"], True),
        ({"x": ("drift", "dev-flight-delay")}, ["r1"], False),
        ({"x": ("re-check", "dev-loan-approval")}, ["r1"], False),
        ({"x": ("re-check", "dev-loan-approval")}, ["r1", "r2"], True),
    ],
)
def test_a_training_that_nobody_should_ask_for_is_noticed(asked, runs, breaks):
    requests = {
        arn: {"trigger": trigger, "endpoint": endpoint, "reason": "why"}
        for arn, (trigger, endpoint) in asked.items()
    }
    before = retrained.Trainings(frozenset(["old"]), frozenset(["r1"]))
    assert bool(before.more("dev-loan-approval", requests, runs)) is breaks
