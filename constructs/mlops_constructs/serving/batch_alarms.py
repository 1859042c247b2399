"""When people hear of a model that scores batches."""

from aws_cdk import CfnCondition, CfnResource
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from mlops_constructs.training.training_pipeline import PipelineMetric


class BatchAlarms(Construct):
    """Two alarms: a run failed; none has succeeded for two runs' time.

    Args:
        pipeline_name: Of the pipeline whose runs they are.
        every_hours: How often there is one.
        condition: The alarms exist only while it holds.
        topic: Hears them.

    Attributes:
        names: The names of the two.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        pipeline_name: str,
        every_hours: int,
        condition: CfnCondition,
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, construct_id)
        # Two runs, an hour for the job, and one for its start.
        hours = 2 * every_hours + 2
        alarms = (
            cloudwatch.Alarm(
                self,
                "Failed",
                alarm_name=f"{pipeline_name}-failed",
                alarm_description=f"A run of {pipeline_name} failed. The next one makes up for it "
                "within a day; see A batch run that failed in docs/runbook.md",
                metric=PipelineMetric.FAILED.of(pipeline_name),
                threshold=1,
                evaluation_periods=1,
                comparison_operator=(
                    cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
                ),
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            ),
            cloudwatch.Alarm(
                self,
                "Silent",
                alarm_name=f"{pipeline_name}-silent",
                alarm_description=f"No run of {pipeline_name} has succeeded for {hours} hours: "
                "nothing that arrives is scored; see A batch run that failed in docs/runbook.md",
                metric=PipelineMetric.SUCCEEDED.of(pipeline_name),
                threshold=1,
                evaluation_periods=hours,
                datapoints_to_alarm=hours,
                comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
                treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
            ),
        )
        self.names = tuple(f"{pipeline_name}-{what}" for what in ("failed", "silent"))
        for alarm in alarms:
            alarm.add_alarm_action(actions.SnsAction(topic))
            resource = alarm.node.default_child
            assert isinstance(resource, CfnResource)
            resource.cfn_options.condition = condition
