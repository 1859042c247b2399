"""Who names the version that the slot names says which promise was broken."""

import re
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from rehearsal.arrows import StoryBroke
from rehearsal.asking import Answer
from rehearsal.serving import multi_model
from rehearsal.serving.multi_model import Readers, only

ONE, TWO = Answer(200, "1\n"), Answer(200, "2\n")


@dataclass
class Endpoint:
    """What is answered, and which archive each request named."""

    answers: list[Answer] = field(default_factory=list)
    named: list[str] = field(default_factory=list)

    def ask(self, bodies: list[str], *, target: str) -> list[Answer]:
        """As many answers as there are requests."""
        self.named.append(target)
        return self.answers[: len(bodies)]


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    made = Endpoint()
    monkeypatch.setattr(multi_model, "Asking", lambda *_: made)
    return made


def readers(slot: str = "group/1") -> Readers:
    model: Any = SimpleNamespace(
        world=None,
        endpoint="dev-x",
        slot=lambda: slot,
        number=lambda package: package.rpartition("/")[2],
    )
    return Readers(model)


def test_each_request_names_the_archive_of_what_the_slot_names(endpoint: Endpoint):
    endpoint.answers = [ONE] * 3
    found = readers()
    found.ask(2)
    assert endpoint.named == ["1.tar.gz"]
    assert found.answers == {"1": 2}


@pytest.mark.parametrize("answer", [TWO, Answer(424, "the model failed"), Answer(429, "1")])
def test_any_other_answer_breaks_the_promise(endpoint: Endpoint, answer: Answer):
    endpoint.answers = [ONE, answer]
    said = f"1 of 2 requests named 1 and had another answer: {answer.status} {answer.body}"
    with pytest.raises(StoryBroke, match=re.escape(said)):
        readers().ask(2)


def test_a_connection_that_breaks_is_a_lost_request(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
):
    def breaks(*_: Any, **__: Any) -> None:
        raise TimeoutError("no answer")

    monkeypatch.setattr(endpoint, "ask", breaks)
    with pytest.raises(StoryBroke, match="a request to dev-x was lost: TimeoutError"):
        readers().ask(1)


@pytest.mark.parametrize("seen", [["1"], ["1", "2", "3"]])
def test_every_version_that_may_serve_has_to_be_seen_and_no_other(seen: list[str]):
    found = readers()
    found.answers.update(seen)
    with pytest.raises(StoryBroke, match=r"where \['1', '2'\] may serve"):
        only(found, "group/1", "group/2")
