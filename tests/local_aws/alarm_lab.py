"""Alarms in this process, on a clock that a test moves: no server, no waiting."""

import heapq
import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from local_aws.alarms.alarm import ALARMS
from local_aws.clock import clock
from local_aws.core import services, store
from local_aws.core.operations import dispatch
from local_aws.ministack import bus, metrics, topics
from local_aws.ministack.scope import scope

services.load()
ACCOUNT, REGION = "123456789012", "us-east-1"
ARN = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:"
MINUTE, HOUR, DAY = 60, 3600, 86400


class _Timer:
    def __init__(self, callback: Callable[[], object]) -> None:
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        self.callback = None


class Lab:
    """One account and region, and what its alarms told whom."""

    def __init__(self, start: str) -> None:
        self.time = seconds(start)
        self.events: list[dict[str, Any]] = []
        self.messages: list[tuple[str, str, dict[str, Any]]] = []
        self.fired = 0
        self._timers: list[tuple[float, int, _Timer]] = []
        self._order = itertools.count()
        self._points: dict[Any, list[Any]] = {}

    def after(self, wait: float, callback: Callable[[], object], **_: Any) -> _Timer:
        timer = _Timer(callback)
        heapq.heappush(self._timers, (self.time + wait, next(self._order), timer))
        return timer

    def pass_time(self, wait: float) -> None:
        """Let time pass, with all that happens meanwhile."""
        end = self.time + wait
        while self._timers and self._timers[0][0] <= end:
            self.time, _, timer = heapq.heappop(self._timers)
            if timer.callback:
                self.fired += 1
                timer.callback()
        self.time = end

    def until(self, moment: str) -> None:
        self.pass_time(seconds(moment) - self.time)

    def call(self, action: str, **members: Any) -> dict[str, Any]:
        return dispatch("cloudwatch", action, members)

    def alarm(self, name: str = "a", **members: Any) -> None:
        """An alarm on the sum of `Lab`'s metric `m` a minute, over 1 out of 1, unless told else."""
        single = {"Namespace": "Lab", "MetricName": "m", "Statistic": "Sum", "Period": MINUTE}
        given = {
            "AlarmName": name,
            "EvaluationPeriods": 1,
            "Threshold": 1.0,
            "ComparisonOperator": "GreaterThanThreshold",
            **({} if "Metrics" in members else single),
            **members,
        }
        self.call("PutMetricAlarm", **present(given))

    def put(self, value: float, name: str = "m", **members: Any) -> None:
        datum = present({"MetricName": name, "Value": value, **members})
        namespace = datum.pop("Namespace", "Lab")
        self.call("PutMetricData", Namespace=namespace, MetricData=[datum])

    def described(self, name: str = "a") -> dict[str, Any]:
        kinds = ["MetricAlarm", "CompositeAlarm"]
        found = self.call("DescribeAlarms", AlarmNames=[name], AlarmTypes=kinds)
        (alarm,) = [*found["MetricAlarms"], *found["CompositeAlarms"]]
        return dict(alarm)

    def state(self, name: str = "a") -> str:
        return str(self.described(name)["StateValue"])

    def force(self, name: str, value: str) -> None:
        self.call("SetAlarmState", AlarmName=name, StateValue=value, StateReason="by hand")

    def evaluations(self, name: str = "a") -> int:
        alarm = ALARMS.get(name)
        assert alarm
        return alarm.evaluations

    def transitions(self, name: str) -> list[str]:
        """The values of an alarm's state change events, each once."""
        told = [
            event["Detail"]["state"]["value"]
            for event in self.events
            if event["DetailType"].endswith("State Change") and event["Detail"]["alarmName"] == name
        ]
        return [value for value, _ in itertools.groupby(told)]

    def store(self, namespace: str, name: str, dimensions: Any, points: Any) -> None:
        key = (namespace, name, frozenset(dimensions.items()))
        self._points.setdefault(key, []).extend(points)

    def points(self, namespace: str, name: str, dimensions: Any) -> list[Any]:
        return self._points.get((namespace, name, frozenset(dimensions.items())), [])


@contextmanager
def lab(monkeypatch: pytest.MonkeyPatch, start: str = "2026-01-05 09:00:30") -> Iterator[Lab]:
    """A lab at a time of the test's choice."""
    made = Lab(start)

    def put(entry: dict[str, Any]) -> None:
        made.events.append({**entry, "Detail": json.loads(entry["Detail"])})

    def publish(topic: str, subject: str, message: str) -> None:
        made.messages.append((topic, subject, json.loads(message)))

    monkeypatch.setattr(clock, "now", lambda: made.time)
    monkeypatch.setattr(clock, "after", made.after)
    monkeypatch.setattr(bus, "put", put)
    monkeypatch.setattr(topics, "publish", publish)
    monkeypatch.setattr(metrics, "store", made.store)
    monkeypatch.setattr(metrics, "points", made.points)
    store.reset()
    with scope(ACCOUNT, REGION):
        yield made
    store.reset()


def present(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()
