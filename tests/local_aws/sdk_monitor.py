"""What a user of the SageMaker SDK v3 does with Model Monitor, as a program of its own.

Prints what it saw as JSON. Arguments: a model quality schedule that has run, its endpoint, and a
bucket.
"""

import json
import sys

from sagemaker.core.helper.session_helper import Session
from sagemaker.core.model_monitor import CronExpressionGenerator, EndpointInput, ModelQualityMonitor


def main(schedule: str, endpoint: str, bucket: str) -> None:
    session = Session(default_bucket=bucket)
    ran = ModelQualityMonitor.attach(schedule, sagemaker_session=session)
    executions = ran.list_executions()
    violations = executions[-1].constraint_violations().body_dict["violations"]
    made = ModelQualityMonitor(
        role="arn:aws:iam::123456789012:role/monitoring",
        max_runtime_in_seconds=1800,
        sagemaker_session=session,
    )
    made.create_monitoring_schedule(
        endpoint_input=EndpointInput(
            endpoint_name=endpoint,
            destination="/opt/ml/processing/input_data",
            probability_attribute="1",
            probability_threshold_attribute=0.5,
        ),
        ground_truth_input=f"s3://{bucket}/labels",
        problem_type="BinaryClassification",
        output_s3_uri=f"s3://{bucket}/sdk",
        schedule_cron_expression=CronExpressionGenerator.daily(),
    )
    described = made.describe_schedule()
    made.delete_monitoring_schedule()
    seen = {
        "executions": len(executions),
        "violations": [each["metric_name"] for each in violations],
        "made": [described["MonitoringScheduleStatus"], described["MonitoringType"]],
    }
    print(json.dumps(seen))


main(*sys.argv[1:])
