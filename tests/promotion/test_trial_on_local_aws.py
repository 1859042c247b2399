"""A trial by weight, on endpoints that answer: promoted when no worse, dropped when bad."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from local_aws.launch import LocalAws
from mlops_constructs.serving import Split
from tests.local_aws.model_archives import ECHO, echo
from tests.promotion.names import EMPTY
from tests.promotion.trial_stage import TrialStage, request_of
from tests.promotion.trial_world import CHALLENGER

pytestmark = [pytest.mark.local_aws, pytest.mark.nightly]

TRIAL = Split(hours=1, weight_percent=20)
FAILS = f"""{ECHO}
def predict_fn(data, model):
    raise RuntimeError("this model fails")
"""


@dataclass(frozen=True)
class Story:
    """What was seen of two trials, one after the other."""

    stage: TrialStage
    packages: tuple[str, str, str]
    begun: str
    beside: dict[str, str]
    shared: Counter[str]
    after: Counter[str]
    slot_meanwhile: str
    slot_after: str
    bad: dict[str, str]
    end: Counter[str]
    messages: list[str]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with LocalAws.start(tmp_path_factory.mktemp("trial")) as aws:
        yield play(TrialStage(aws))


def play(stage: TrialStage) -> Story:
    request = request_of(TRIAL)
    stage.deploy_for(TRIAL)
    one = stage.word("one")
    assert stage.end(stage.start(request)).output["outcome"] == "released"
    two = stage.word("two")
    begun = stage.end(stage.start(request)).output["outcome"]
    beside, meanwhile = stage.variants(), stage.slot()
    shared = stage.asked(500)
    stage.found(two, "no worse")
    stage.until("the release of the second version", two, "released")
    after, slot = stage.asked(100), stage.slot()
    three = stage.register(echo("three", FAILS))
    # The execution that released still proves the release, and is left a note.
    stage.end(stage.start(request))
    bad = stage.both("the trial of the third version")
    stage.under_traffic = True
    stage.until("the end of the bad version", three, "rolled back")
    stage.under_traffic = False
    return Story(
        stage=stage,
        packages=(one, two, three),
        begun=begun,
        beside=beside,
        shared=shared,
        after=after,
        slot_meanwhile=meanwhile,
        slot_after=slot,
        bad=bad,
        end=stage.asked(100),
        messages=stage.read(),
    )


def test_the_second_version_is_tried_beside_the_first(story: Story):
    one, two, _ = story.packages
    assert story.begun == "on trial"
    assert story.beside == {"AllTraffic": one, "Challenger": two}
    assert story.slot_meanwhile.startswith(one)


def test_it_answers_its_share_and_no_request_is_lost(story: Story):
    assert sum(story.shared.values()) == 500
    assert abs(story.shared["two"] / 500 - 0.2) <= 0.03


def test_after_its_hour_it_serves_alone_by_what_the_platform_does_itself(story: Story):
    _, two, _ = story.packages
    assert story.after == {"two": 100}
    assert story.slot_after.startswith(two)


def test_a_version_that_fails_is_dropped_by_its_alarm_before_its_hour_is_over(story: Story):
    _, two, three = story.packages
    assert story.bad == {"AllTraffic": two, "Challenger": three}
    assert story.end == {"two": 100}
    assert story.stage.stamp(three).startswith("rolled back")
    assert story.stage.variants() == {"AllTraffic": two}
    assert story.stage.slot(CHALLENGER) == EMPTY
    [dropped] = [text for text in story.messages if "leaves" in text]
    assert "the alarm rings" in dropped


def test_people_hear_of_each_trial_and_of_its_end(story: Story):
    told = [text.partition("\n")[0] for text in story.messages]
    assert [" ".join(text.split()[1:3]) for text in told] == [
        "now serves",
        "is tried",
        "now serves",
        "is tried",
        "leaves dev-flight-delay,",
    ]
