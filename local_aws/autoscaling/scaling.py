"""What an alarm whose action is a policy does to its variant.

https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
"""

import uuid
from collections.abc import Mapping
from typing import Any

from local_aws.alarms.alarm import ALARMS, Alarm
from local_aws.alarms.changes import on_change
from local_aws.alarms.verdict import ALARM
from local_aws.autoscaling.activities import ACTIVITIES, last_of
from local_aws.autoscaling.scalable_targets import TARGETS, key_of
from local_aws.autoscaling.scaling_policies import Policy, policy_of_arn
from local_aws.clock import clock
from local_aws.core import background
from local_aws.core.errors import ApiError
from local_aws.core.operations import dispatch
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
    threshold = alarm.watch.rule.threshold
    present = _capacity(target["ResourceId"])
    wanted = policy.capacity(present, value, threshold)
    bounded = min(max(wanted, target["MinCapacity"]), target["MaxCapacity"])
    if bounded == present or _is_suspended(target, out=bounded > present):
        return
    last = last_of(target)
    if last and clock.now() < last["EndTime"] + policy.cooldown_seconds(out=bounded > present):
        return
    _change(alarm, described, bounded)


def _change(alarm: Alarm, described: Mapping[str, Any], capacity: int) -> None:
    """Set the variant's instance count, and remember that, and how it went."""
    endpoint, variant = _names(described["ResourceId"])
    began = clock.now()
    desired = {"VariantName": variant, "DesiredInstanceCount": capacity}
    status, message = "Successful", f"Successfully set desired instance count to {capacity}."
    try:
        dispatch(
            "sagemaker",
            "UpdateEndpointWeightsAndCapacities",
            {"EndpointName": endpoint, "DesiredWeightsAndCapacities": [desired]},
        )
    except ApiError as error:
        status, message = "Failed", f"Failed to set desired instance count: {error.message}"
    identifier = str(uuid.uuid4())
    activity = {
        "ActivityId": identifier,
        "ServiceNamespace": described["ServiceNamespace"],
        "ResourceId": described["ResourceId"],
        "ScalableDimension": described["ScalableDimension"],
        "Description": f"Setting desired instance count to {capacity}.",
        "Cause": f"monitor alarm {alarm.name} in state ALARM triggered policy "
        f"{described['PolicyName']}",
        "StartTime": began,
        "EndTime": clock.now(),
        "StatusCode": status,
        "StatusMessage": message,
    }
    ACTIVITIES.put(identifier, activity)


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


def _capacity(resource: str) -> int:
    endpoint, variant = _names(resource)
    described = dispatch("sagemaker", "DescribeEndpoint", {"EndpointName": endpoint})
    return next(
        int(each["DesiredInstanceCount"])
        for each in described["ProductionVariants"]
        if each["VariantName"] == variant
    )


def _names(resource: str) -> tuple[str, str]:
    _, endpoint, _, variant = resource.split("/")
    return endpoint, variant
