"""From Dev to Prod: a release that answers is proposed, a person approves, a rule hears of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from local_aws.launch import LocalAws
from tests.promotion.stage import IN_PROD, Stage, eventually, operations_template

pytestmark = pytest.mark.local_aws

ENDPOINT, SLOT, STAMP = IN_PROD["endpoint"], IN_PROD["slot"], "perennial:prod"


@dataclass
class Story:
    """What was to be seen after each step."""

    stage: Stage
    proposals: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)
    slots: list[str] = field(default_factory=list)
    endpoints_before: int = 0

    def say(self, package: str, status: str, word: str) -> None:
        """A person's verdict for Prod, and what both stages answer once Prod has followed it."""
        self.stage.client("sagemaker").update_model_package(
            ModelPackageArn=package, ModelLifeCycle={"Stage": "Prod", "StageStatus": status}
        )
        eventually(
            lambda: self._serves(word) if self._is_named(word) else None,
            f"Prod answering {word!r}",
            wait=self.stage.let_time_pass,
        )
        self.answers.append((self.stage.answer(), self.stage.answer(ENDPOINT)))
        self.slots.append(self.stage.slot(SLOT))

    def _is_named(self, word: str) -> bool:
        package = self.stage.packages[["one", "two"].index(word)]
        return self.stage.slot(SLOT).startswith(f"{package},")

    def _serves(self, word: str) -> bool | None:
        listed = self.stage.client("sagemaker").list_endpoints(NameContains=ENDPOINT)["Endpoints"]
        ready = [found["EndpointStatus"] for found in listed] == ["InService"]
        return (ready and self.stage.answer(ENDPOINT) == word) or None


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with LocalAws.start(tmp_path_factory.mktemp("prod")) as aws:
        story = Story(Stage(aws))
        story.stage.deploy(operations_template())
        for word in ("one", "two"):
            package = story.stage.word(word)
            story.stage.promote()
            story.proposals.append(story.stage.version(package)["ModelLifeCycle"])
            if word == "one":
                listed = story.stage.client("sagemaker").list_endpoints()["Endpoints"]
                story.endpoints_before = len(listed)
            story.say(package, "Approved", word)
        story.say(story.stage.packages[1], "Rejected", "one")
        yield story


def test_what_answered_in_dev_is_proposed_for_prod_and_served_there_by_nobody_yet(story: Story):
    for proposal in story.proposals:
        assert (proposal["Stage"], proposal["StageStatus"]) == ("Prod", "PendingApproval")
        assert "has answered" in proposal["StageDescription"]
    assert story.endpoints_before == 1
    assert story.stage.packages[0] in story.stage.told("has proved itself")


def test_prod_serves_what_a_person_approved_for_it(story: Story):
    assert story.answers[:2] == [("one", "one"), ("two", "two")]
    assert [slot.partition(",")[0] for slot in story.slots[:2]] == story.stage.packages


def test_rejecting_it_for_prod_brings_back_the_one_before_there_and_not_in_dev(story: Story):
    assert story.answers[2] == ("two", "one")
    assert story.slots[2].startswith(story.stage.packages[0])


def test_each_stage_has_its_own_stamp_on_a_version(story: Story):
    for package in story.stage.packages:
        assert story.stage.stamp(package).startswith("released 20")
        assert story.stage.stamp(package, STAMP).startswith("released 20")
