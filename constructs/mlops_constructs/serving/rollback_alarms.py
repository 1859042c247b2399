"""The alarms that guard a release, one set for each endpoint config."""

from aws_cdk import CfnCondition, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from mlops_constructs.serving.rollback_alarm import RollbackAlarm, RollbackAlarms


class ReleaseAlarms(Construct):
    """Alarms on one endpoint config, named after it: a new config brings new alarms.

    An alarm that was updated in place would keep the state that an older version left it in. They
    act on nobody: SageMaker asks for their state while a release bakes, and the promotion tells how
    it ended.

    Args:
        alarms: What is measured, and from when on it is too much.
        endpoint_name: The endpoint that is released.
        config_name: The config it is released with.
        condition: The alarms exist only while it holds; None for always.

    Attributes:
        names: Of all alarms, in the order of ``alarms.all``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        alarms: RollbackAlarms,
        endpoint_name: str,
        config_name: str,
        condition: CfnCondition | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._endpoint_name = endpoint_name
        self._config_name = config_name
        self._condition = condition
        self.names = tuple(self._made(alarm).alarm_name for alarm in alarms.all)

    def _made(self, alarm: RollbackAlarm) -> cloudwatch.Alarm:
        made = cloudwatch.Alarm(
            self,
            alarm.kind,
            alarm_name=alarm.name(endpoint_name=self._endpoint_name, config_name=self._config_name),
            alarm_description=f"While it rings, releases of {self._endpoint_name} are rolled back",
            metric=alarm.metric.of(
                self._endpoint_name,
                config_name=self._config_name,
                statistic=alarm.statistic,
                period=Duration.seconds(alarm.period_seconds),
            ),
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            threshold=alarm.above,
            evaluation_periods=alarm.evaluation_periods,
            datapoints_to_alarm=alarm.evaluation_periods,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        resource = made.node.default_child
        assert isinstance(resource, cloudwatch.CfnAlarm)
        resource.cfn_options.condition = self._condition
        return made
