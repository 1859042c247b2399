"""From the end of a batch run to a promotion, which judges it."""

from collections.abc import Mapping

from aws_cdk import aws_events as events
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from mlops_constructs.state_machines.events import start_on


class RunRule(Construct):
    """Starts a promotion whenever a run of a model's batch pipeline has succeeded or failed.

    A version that scored its first batch has proved itself; one that could not is taken back. The
    promotion looks for itself and bears an event that comes twice; one that is lost is made up for
    by the daily re-check.
    https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html#eventbridge-pipeline

    Args:
        pipeline_arn: The pipeline whose runs count.
        promotion: The state machine to start.
        promotion_input: Its input; a `reason` that names the run is added to it.
        topic: Hears when an event could not be delivered.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        pipeline_arn: str,
        promotion: sfn.IStateMachine,
        promotion_input: Mapping[str, object],
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, construct_id)
        run = events.EventField.from_path("$.detail.pipelineExecutionArn")
        status = events.EventField.from_path("$.detail.currentPipelineExecutionStatus")
        self.undelivered = start_on(
            self,
            events.EventPattern(
                source=["aws.sagemaker"],
                detail_type=["SageMaker Model Building Pipeline Execution Status Change"],
                detail={
                    "pipelineArn": [pipeline_arn],
                    "currentPipelineExecutionStatus": ["Succeeded", "Failed"],
                },
            ),
            machine=promotion,
            told={**promotion_input, "reason": f"{run} is {status}"},
            topic=topic,
            meaning="The end of a batch run started no promotion; the queue has its event",
        )
