"""Hears what SageMaker answers to the story itself, so that nothing is asked twice.

A deployment shows its states while it goes on, and is over when somebody looks afterwards.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from rehearsal.asking import ANSWERED, HEARD, MODEL_ERROR
from rehearsal.world import World

ENDPOINT = re.compile(r"/endpoints/([^/?]+)/invocations")

IN_A_ROW = 50
"""Answers after which a version that fails gets no traffic any more: of a tenth of the traffic, one
in fifty would have failed but for one time in two hundred."""


@dataclass(frozen=True)
class Look:
    """DescribeEndpoint's answer at a moment, in seconds since the epoch."""

    when: float
    said: dict[str, Any]


@dataclass
class Witness:
    """What was answered so far.

    Attributes:
        looks: At endpoints.
        answered: By endpoint, how many requests had an answer of the model.
        failed: By endpoint, how many had an error of the model.
        last_failure: By endpoint, when the last of those was, in seconds since the epoch.
        recovered: By endpoint, when `IN_A_ROW` answers had followed it.
    """

    world: World
    looks: list[Look] = field(default_factory=list)
    answered: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    last_failure: dict[str, float] = field(default_factory=dict)
    recovered: dict[str, float] = field(default_factory=dict)
    _in_a_row: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, world: World) -> "Witness":
        """One that hears all clients which the world makes from now on."""
        witness = cls(world)
        events = world.session.events
        events.register("after-call.sagemaker.DescribeEndpoint", witness._described)
        events.register("after-call.sagemaker-runtime.InvokeEndpoint", witness._invoked)
        events.register(HEARD, witness._heard)
        return witness

    def looks_at(self, endpoint: str) -> list[Look]:
        """Looks at one endpoint, in their order."""
        return [look for look in self.looks if look.said["EndpointName"] == endpoint]

    def _described(self, parsed: dict[str, Any], **_: Any) -> None:
        if "EndpointName" in parsed:
            self.looks.append(Look(self.world.time.now(), parsed))

    def _invoked(self, http_response: Any, parsed: dict[str, Any], **_: Any) -> None:
        found = ENDPOINT.search(http_response.url)
        if not found:
            return
        code = parsed.get("Error", {}).get("Code")
        self._heard(found[1], {None: ANSWERED, "ModelError": MODEL_ERROR}.get(code, 0))

    def _heard(self, endpoint: str, status: int, **_: Any) -> None:
        if status == ANSWERED:
            self.answered[endpoint] += 1
            self._in_a_row[endpoint] += 1
            if self._in_a_row[endpoint] == IN_A_ROW and endpoint in self.last_failure:
                self.recovered[endpoint] = self.world.time.now()
        elif status == MODEL_ERROR:
            self.failed[endpoint] += 1
            self.last_failure[endpoint] = self.world.time.now()
            self.recovered.pop(endpoint, None)
            self._in_a_row[endpoint] = 0
