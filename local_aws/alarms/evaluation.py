"""When metric alarms are evaluated, on the virtual clock.

AWS evaluates each alarm every minute (or hour, or ten seconds). Here an alarm is evaluated at
the first such moment after it was made or changed or one of its metrics got a point, and then
again only at the moment at which its outcome changes if no further point comes, which is known
beforehand. An alarm that will stay as it is has no timer.
"""

from collections.abc import Sequence

from local_aws.alarms import changes
from local_aws.alarms.alarm import ALARMS, Alarm, State
from local_aws.alarms.reasons import reason, reason_data
from local_aws.alarms.series import Points, Query
from local_aws.alarms.verdict import Verdict
from local_aws.alarms.watching import Watch
from local_aws.clock import clock
from local_aws.core import background
from local_aws.ministack import metrics
from local_aws.ministack.metrics import Dimensions, Point

# Looking further ahead would take longer than looking again.
_MOMENTS_LOOKED_AHEAD = 100


def metric_put(namespace: str, name: str, dimensions: Dimensions) -> None:
    """Have the alarms on a metric evaluated at their next moment."""
    with ALARMS.lock:
        for alarm in ALARMS.values():
            if alarm.watch and any(
                (query.namespace, query.name) == (namespace, name)
                and dict(query.dimensions) == dict(dimensions)
                for query in alarm.watch.queries.values()
            ):
                evaluate_soon(alarm)


def evaluate_soon(alarm: Alarm) -> None:
    """Have a metric alarm evaluated at its next moment."""
    if alarm.watch:
        _evaluate_at(alarm, alarm.watch.tick_after(clock.now()))


def cancel(alarm: Alarm) -> None:
    """Never evaluate the alarm again, as it is no more."""
    with ALARMS.lock:
        if alarm.timer:
            alarm.timer.cancel()
        alarm.timer = None


def _evaluate_at(alarm: Alarm, moment: float) -> None:
    with ALARMS.lock:
        if alarm.timer and alarm.due <= moment:
            return
        cancel(alarm)
        alarm.due = moment
        wait = max(moment - clock.now(), 0.0)
        alarm.timer = background.after(wait, _evaluate, alarm, moment)


def _evaluate(alarm: Alarm, moment: float) -> None:
    with ALARMS.lock:
        watch, before = alarm.watch, alarm.state.value
        if alarm.due != moment or ALARMS.get(alarm.name) is not alarm or watch is None:
            return
        alarm.timer = None
        alarm.evaluations += 1
    verdict = watch.evaluate(_points, moment)
    if later := next_change(watch, _points, moment, verdict.state or before):
        _evaluate_at(alarm, later)
    if verdict.state not in (None, alarm.state.value):
        changes.change(alarm, _state(alarm, watch, verdict, verdict.state))


def next_change(watch: Watch, points: Points, moment: float, state: str) -> float | None:
    """When an alarm's state changes after a moment, if no more points come; None if it does not.

    Where that is far off, it may also be a moment at which to look again.
    """
    moments = watch.moments(points, moment, _MOMENTS_LOOKED_AHEAD + 1)
    for later in moments[:_MOMENTS_LOOKED_AHEAD]:
        if watch.evaluate(points, later).state not in (None, state):
            return later
    return moments[_MOMENTS_LOOKED_AHEAD] if len(moments) > _MOMENTS_LOOKED_AHEAD else None


def _points(query: Query) -> Sequence[Point]:
    return metrics.points(query.namespace, query.name, query.dimensions)


def _state(alarm: Alarm, watch: Watch, verdict: Verdict, value: str) -> State:
    """The state that a verdict puts the alarm in, with reasons."""
    now = clock.now()
    query, given = watch.queries.get(watch.watched), alarm.configuration
    data = reason_data(
        verdict,
        watch.rule,
        now=now,
        period=watch.period,
        statistic=given.get("Statistic") or given.get("ExtendedStatistic"),
        unit=query.unit if query else None,
    )
    return State(
        value=value,
        reason=reason(verdict, watch.rule),
        data=data,
        updated=now,
        transitioned=now,
    )
