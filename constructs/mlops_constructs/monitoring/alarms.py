"""When people, and retrainings, hear of a monitor."""

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
    """Two alarms of one monitor: it found drift; it has not been heard of.

    Drift rings on the first run that finds a violation, and stays until a run finds none; a run
    that could not judge its window changes nothing. Silence rings when two runs in a row did not
    come to an end.

    Args:
        settings: The monitor's kind and schedule.
        endpoint_name: What it monitors.
        condition: The alarms exist only while it holds.
        topic: Hears both.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: MonitorSettings,
        endpoint_name: str,
        condition: CfnCondition,
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, construct_id)
        monitor = monitor_name(endpoint_name, settings.kind)
        metric = {
            measured: measured.of(endpoint_name=endpoint_name, kind=settings.kind)
            for measured in (MonitorMetric.VIOLATIONS, MonitorMetric.HEARTBEAT)
        }
        self.drift_name = drift_alarm_name(endpoint_name, settings.kind)
        self.silence_name = f"{monitor}-silent"
        hours = quiet_hours(settings.every_hours)
        drift = cloudwatch.Alarm(
            self,
            "Drift",
            alarm_name=self.drift_name,
            alarm_description=f"{monitor} found that requests differ from those of training; its "
            "report says which, and by how much",
            metric=metric[MonitorMetric.VIOLATIONS],
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            threshold=1,
            evaluation_periods=1,
            datapoints_to_alarm=1,
            treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
        )
        silence = cloudwatch.Alarm(
            self,
            "Silence",
            alarm_name=self.silence_name,
            alarm_description=f"{monitor} has not been heard of for {hours} hours: nobody looks "
            "at what its endpoint is asked",
            metric=metric[MonitorMetric.HEARTBEAT],
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            threshold=1,
            evaluation_periods=hours,
            datapoints_to_alarm=hours,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        )
        for alarm in (drift, silence):
            alarm.add_alarm_action(actions.SnsAction(topic))
            resource = alarm.node.default_child
            assert isinstance(resource, CfnResource)
            resource.cfn_options.condition = condition

    @property
    def names(self) -> tuple[str, str]:
        """The names of both alarms."""
        return self.drift_name, self.silence_name


def drift_alarm_name(endpoint_name: str, kind: str) -> str:
    """The alarm that rings when a monitor finds drift, on every engine."""
    return f"{monitor_name(endpoint_name, kind)}-drift"


def quiet_hours(every_hours: int) -> int:
    """How long a monitor may be quiet: two runs, an hour for the job and one for its start."""
    return 2 * every_hours + 2
