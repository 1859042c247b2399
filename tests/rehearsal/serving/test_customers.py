"""Who asks while a release goes on says which promise was broken."""

import re
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from rehearsal.arrows import StoryBroke
from rehearsal.asking import Answer
from rehearsal.serving import customers
from rehearsal.serving.customers import Customers

OLD, NEW = Answer(200, "1\n"), Answer(200, "2\n")
FAILED, THROTTLED = Answer(424, "the model failed"), Answer(429, "too many")


@dataclass
class Endpoint:
    """What is described, and what is answered, one request after the other."""

    new_instances: int | None = 1
    answers: list[Answer] = field(default_factory=list)

    def described(self, *_: Any) -> dict[str, Any]:
        """Config 1 serves; config 2 comes with four instances, if it comes."""
        if self.new_instances is None:
            return {"EndpointConfigName": "config/1", "EndpointStatus": "InService"}
        variant = {"CurrentInstanceCount": self.new_instances, "DesiredInstanceCount": 4}
        pending = {"EndpointConfigName": "config/2", "ProductionVariants": [variant]}
        return {
            "EndpointConfigName": "config/1",
            "EndpointStatus": "Updating",
            "PendingDeploymentSummary": pending,
        }

    def ask(self, bodies: list[str]) -> list[Answer]:
        """As many answers as there are requests."""
        return self.answers[: len(bodies)]


class Clock:
    """Time that passes at once."""

    seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def let_pass(self, at_most: float) -> None:
        self.seconds += at_most


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    made = Endpoint()
    monkeypatch.setattr(customers, "described", made.described)
    monkeypatch.setattr(customers, "version_of", lambda _, config: config)
    monkeypatch.setattr(customers, "Asking", lambda *_: made)
    return made


def asking(**more: str) -> Customers:
    model: Any = SimpleNamespace(
        world=SimpleNamespace(time=Clock()),
        endpoint="dev-x",
        number=lambda package: package.rpartition("/")[2],
    )
    return Customers(model, **more)


def looks(count: int) -> Any:
    """Over after so many."""
    left = iter([False] * count)
    return lambda: next(left, True)


def test_a_share_as_the_policy_says_is_fine(endpoint: Endpoint):
    endpoint.answers = [OLD, OLD, NEW, OLD] * 100
    found = asking()
    found.ask_until(looks(1), least=400)
    assert found.parts() == {0.25: (400, 0.25)}


def test_more_than_its_share_is_said(endpoint: Endpoint):
    endpoint.answers = [OLD, NEW, OLD] * 100
    said = "the new version answered 33.3% of 300 requests while it had 25% of the traffic"
    with pytest.raises(StoryBroke, match=re.escape(said)):
        asking().ask_until(looks(1), least=300)


def test_one_answer_of_a_version_without_traffic_is_one_too_many(endpoint: Endpoint):
    endpoint.new_instances, endpoint.answers = 0, [NEW] + [OLD] * 99
    with pytest.raises(StoryBroke, match="while it had 0% of the traffic"):
        asking().ask_until(looks(1), least=100)


def test_a_version_that_may_not_serve_is_said(endpoint: Endpoint):
    endpoint.new_instances, endpoint.answers = None, [OLD, NEW]
    with pytest.raises(StoryBroke, match=r"answered by \['2'\] while \['1'\] might serve"):
        asking().ask(2)


@pytest.mark.parametrize("answer", [FAILED, THROTTLED])
def test_a_request_without_an_answer_is_lost(endpoint: Endpoint, answer: Answer):
    endpoint.answers = [OLD, answer]
    with pytest.raises(StoryBroke, match=f"was lost: {answer.status} {answer.body}"):
        asking().ask(2)


def test_errors_of_a_version_that_fails_are_its_answers(endpoint: Endpoint):
    endpoint.answers = [OLD, FAILED, OLD, OLD]
    assert asking(failing="2").ask(4) == {"1": 3, "2": 1}


def test_a_release_that_is_over_early_is_asked_the_rest_all_the_same(endpoint: Endpoint):
    endpoint.new_instances, endpoint.answers = None, [OLD] * 50
    found = asking()
    found.ask_until(looks(0), least=50)
    assert found.total == {"1": 50}
