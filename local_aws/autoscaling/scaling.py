"""What an alarm whose action is a policy does to its variant.

https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html and
https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
"""

from collections.abc import Mapping
from typing import Any

from local_aws.alarms.alarm import ALARMS, Alarm
from local_aws.alarms.changes import on_change
from local_aws.alarms.verdict import ALARM
from local_aws.autoscaling.activities import Activity, last_of, remember
from local_aws.autoscaling.dimensions import DIMENSIONS, capacity_of
from local_aws.autoscaling.scalable_targets import TARGETS, key_of
from local_aws.autoscaling.scaling_policies import Policy, policy_of_arn, tracking_policies
from local_aws.autoscaling.tracking import LOW, TrackingPolicy
from local_aws.clock import clock
from local_aws.core import background
from local_aws.core.errors import ApiError
from local_aws.ministack import metrics

# "If an alarm action is an Auto Scaling action, the alarm continues to invoke the action once per
# minute" (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html).
_AGAIN_SECONDS = 60


@on_change
def alarm_changed(alarm: Alarm) -> None:
    """Have the policies performed that are actions of an alarm that rings now."""
    if alarm.state.value == ALARM and _policies(alarm):
        background.run(_perform, alarm, alarm.state.transitioned)


def _policies(alarm: Alarm) -> list[tuple[Mapping[str, Any], Policy]]:
    found = (policy_of_arn(action) for action in alarm.actions())
    return [policy for policy in found if policy]


def _perform(alarm: Alarm, since: float) -> None:
    """Perform the alarm's policies, now and every minute for as long as it rings.

    Args:
        alarm: It rings.
        since: When it began to; if it rings anew, somebody else performs them.
    """
    state = alarm.state
    if ALARMS.get(alarm.name) is not alarm or (state.value, state.transitioned) != (ALARM, since):
        return
    for described, policy in _policies(alarm):
        _scale(alarm, described, policy)
    background.after(_AGAIN_SECONDS, _perform, alarm, since, quiet=True)


def _scale(alarm: Alarm, described: Mapping[str, Any], policy: Policy) -> None:
    target, value = TARGETS.get(key_of(described)), _metric(alarm)
    if target is None or value is None or alarm.watch is None:
        return
    threshold, present = alarm.watch.rule.threshold, capacity_of(target)
    if present is None:
        return
    wanted = _bounded(policy.capacity(present, value, threshold), target)
    if wanted < present and isinstance(policy, TrackingPolicy):
        wanted = _bounded(_agreed(target, present), target)
    out = wanted > present
    if wanted == present or _is_suspended(target, out=out):
        return
    last, before = last_of(target), present
    if last and _cools_down(last, policy, out=out):
        # "the capacity added by the initiating scale-out activity is calculated as part of the
        # desired capacity for the next" one
        before = last.before
        wanted = _bounded(policy.capacity(before, value, threshold), target)
        if not out or wanted <= present:
            return
    _change(alarm, described, before, wanted)


def _agreed(target: Mapping[str, Any], present: int) -> int:
    """The largest capacity that a target tracking policy which scales in wants now.

    "will scale in only if all of the target tracking policies (with the scale-in portion enabled)
    are ready to scale in"
    """
    wanted = [
        _wanted_at(low, policy, present)
        for described, policy in tracking_policies(target)
        if (low := _low_alarm(described))
    ]
    return max(wanted, default=present)


def _wanted_at(alarm: Alarm, policy: Policy, present: int) -> int:
    value = _metric(alarm) if alarm.state.value == ALARM else None
    if value is None or alarm.watch is None:
        return present
    return policy.capacity(present, value, alarm.watch.rule.threshold)


def _low_alarm(described: Mapping[str, Any]) -> Alarm | None:
    found = (ALARMS.get(each["AlarmName"]) for each in described["Alarms"])
    return next(
        (each for each in found if each and each.watch and each.watch.rule.comparison == LOW), None
    )


def _bounded(wanted: int, target: Mapping[str, Any]) -> int:
    return int(min(max(wanted, target["MinCapacity"]), target["MaxCapacity"]))


def _cools_down(last: Activity, policy: Policy, *, out: bool) -> bool:
    """Whether the last activity went the same way, so short a while ago."""
    went_out = last.after > last.before
    return went_out == out and clock.now() < last.ended + policy.cooldown_seconds(out=out)


def _change(alarm: Alarm, described: Mapping[str, Any], before: int, capacity: int) -> None:
    """Set the variant's capacity, and remember that, and how it went."""
    dimension = DIMENSIONS[described["ScalableDimension"]]
    began, what = clock.now(), f"desired {dimension.wording}"
    status, message = (
        "Successful",
        (f"Successfully set {what} to {capacity}. Change successfully fulfilled by sagemaker."),
    )
    try:
        dimension.change(described["ResourceId"], capacity)
    except ApiError as error:
        status, message = "Failed", f"Failed to set {what} to {capacity}. Reason: {error.message}"
    activity = {
        "ServiceNamespace": described["ServiceNamespace"],
        "ResourceId": described["ResourceId"],
        "ScalableDimension": described["ScalableDimension"],
        "Description": f"Setting {what} to {capacity}.",
        "Cause": f"monitor alarm {alarm.name} in state ALARM triggered policy "
        f"{described['PolicyName']}",
        "StartTime": began,
        "EndTime": clock.now(),
        "StatusCode": status,
        "StatusMessage": message,
    }
    remember(activity, before=before, after=capacity)


def _metric(alarm: Alarm) -> float | None:
    """The newest value of what the alarm watches; None if there is none in its periods."""
    if alarm.watch is None:
        return None
    tick = alarm.watch.tick_after(clock.now()) - alarm.watch.interval
    judged = alarm.watch.evaluate(
        lambda query: metrics.points(query.namespace, query.name, query.dimensions), tick
    ).judged
    return judged[-1].value if judged else None


def _is_suspended(target: Mapping[str, Any], *, out: bool) -> bool:
    member = "DynamicScalingOutSuspended" if out else "DynamicScalingInSuspended"
    return bool(target.get("SuspendedState", {}).get(member, False))
