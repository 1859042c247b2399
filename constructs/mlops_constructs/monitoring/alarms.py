"""When people, and retrainings, hear of a monitor."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import CfnCondition, CfnResource
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from mlops_constructs.monitoring.metrics import MonitorMetric
from mlops_constructs.monitoring.monitored_endpoint import monitor_name
from mlops_constructs.monitoring.settings import MonitorSettings

SEVEN_DAYS: Final = 7 * 24
"""Hours that an alarm with a period of an hour or more may look back (API: PutMetricAlarm)."""


class MonitorAlarms(Construct):
    """Three alarms of one monitor: it found drift; it has not been heard of; its baseline is old.

    Drift rings on the first run that finds a violation, and stays until a run finds none; a run
    that could not judge its window changes nothing. Silence rings when two runs in a row did not
    come to an end. An old baseline rings until a version with a newer one serves.

    Args:
        settings: The monitor's kind and schedule.
        endpoint_name: What it monitors.
        asked: What nobody looks at while it is silent, in words.
        waits_hours: How long after the first request a run may come that has anything to judge.
        condition: The alarms exist only while it holds.
        topic: Hears them all.

    Attributes:
        drift: The alarm that retrainings listen to.
        names: The names of the three.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: MonitorSettings,
        endpoint_name: str,
        asked: str = "what its endpoint is asked",
        waits_hours: int,
        condition: CfnCondition,
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, construct_id)
        self._endpoint_name, self._kind = endpoint_name, settings.kind
        self._condition, self._topic = condition, topic
        monitor = monitor_name(endpoint_name, settings.kind)
        hours = quiet_hours(settings.every_hours, waits_hours)
        days = settings.stale_after_days
        self.names = tuple(f"{monitor}-{what}" for what in ("drift", "silent", "stale"))
        self.drift = self._alarm(
            "Drift",
            self.names[0],
            f"{monitor} found that {settings.finds}; its report says which, and by how much",
            MonitorMetric.VIOLATIONS,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            threshold=1,
        )
        self._alarm(
            "Silence",
            self.names[1],
            f"{monitor} has not been heard of for {hours} hours: nobody looks at {asked}",
            MonitorMetric.HEARTBEAT,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            threshold=1,
            periods=hours,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        )
        self._alarm(
            "Stale",
            self.names[2],
            f"The baseline of {monitor} is older than {days} days and says what the world was like "
            "then; train again",
            MonitorMetric.BASELINE_AGE,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            threshold=days,
        )

    def _alarm(
        self,
        construct_id: str,
        name: str,
        description: str,
        measured: MonitorMetric,
        *,
        comparison_operator: cloudwatch.ComparisonOperator,
        threshold: int,
        periods: int = 1,
        treat_missing_data: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.IGNORE,
    ) -> cloudwatch.Alarm:
        """It rings if each of so many hours is past the threshold."""
        alarm = cloudwatch.Alarm(
            self,
            construct_id,
            alarm_name=name,
            alarm_description=description,
            metric=measured.of(endpoint_name=self._endpoint_name, kind=self._kind),
            comparison_operator=comparison_operator,
            threshold=threshold,
            evaluation_periods=periods,
            datapoints_to_alarm=periods,
            treat_missing_data=treat_missing_data,
        )
        alarm.add_alarm_action(actions.SnsAction(self._topic))
        _only_while(self._condition, alarm)
        return alarm


class DegradedAlarm(Construct):
    """Rings while any monitor of a model has found drift: one state to ask for, or to show.

    It tells nobody, since each of the drift alarms does.

    Args:
        endpoint_name: What is monitored.
        drifts: The monitors' drift alarms, at least one.
        condition: It exists only while that holds, as they do.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint_name: str,
        drifts: Sequence[cloudwatch.IAlarm],
        condition: CfnCondition,
    ) -> None:
        super().__init__(scope, construct_id)
        self.alarm_name = degraded_alarm_name(endpoint_name)
        ringing = (
            cloudwatch.AlarmRule.from_alarm(drift, cloudwatch.AlarmState.ALARM) for drift in drifts
        )
        alarm = cloudwatch.CompositeAlarm(
            self,
            "Resource",
            composite_alarm_name=self.alarm_name,
            alarm_description=f"A monitor of {endpoint_name} has found drift",
            alarm_rule=cloudwatch.AlarmRule.any_of(*ringing),
        )
        _only_while(condition, alarm)


def drift_alarm_name(endpoint_name: str, kind: str) -> str:
    """The alarm that rings when a monitor finds drift, on every engine."""
    return f"{monitor_name(endpoint_name, kind)}-drift"


def degraded_alarm_name(endpoint_name: str) -> str:
    """The alarm that rings while any of an endpoint's monitors has found drift."""
    return f"{endpoint_name}-degraded"


def _only_while(condition: CfnCondition, alarm: cloudwatch.AlarmBase) -> None:
    resource = alarm.node.default_child
    assert isinstance(resource, CfnResource)
    resource.cfn_options.condition = condition


def quiet_hours(every_hours: int, waits_hours: int = 0) -> int:
    """How long a monitor may be quiet: two runs, an hour for the job and one for its start.

    Longer, where the first run that can judge anything waits for labels, but no longer than an
    alarm can look back.
    """
    return min(2 * every_hours + 2 + waits_hours, SEVEN_DAYS)
