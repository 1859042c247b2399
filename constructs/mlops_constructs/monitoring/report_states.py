"""The machine that measures what a run of Model Monitor reported.

It starts from the end of a processing job, and what it needs to know of the job it asks AWS: the
documented event names neither the schedule nor the exit message.
https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
"""

from collections.abc import Mapping

from mlops_constructs.monitoring.metrics import NAMESPACE, MonitorMetric
from mlops_constructs.monitoring.monitored_endpoint import monitor_name
from mlops_constructs.state_machines.failures import TOLD, ends, failure
from mlops_constructs.state_machines.notices import notice
from mlops_constructs.state_machines.states import (
    ON_FAILURE,
    RETRIES,
    State,
    call,
    catch,
    choose,
    finish,
    jsonata,
    or_else,
    remember,
    when,
)

VIOLATIONS_FILE = "constraint_violations.json"
"""In the output of each run.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-violations.html
"""

SAYS_NONE = "no violations"
"""In the exit message of a run that found none; whether it then writes the file is UNVERIFIED."""

NO_SUCH_KEY = ["S3.NoSuchKeyException"]

MEASURED: Mapping[MonitorMetric, object] = {
    MonitorMetric.VIOLATIONS: jsonata("$violations"),
    MonitorMetric.HEARTBEAT: 1,
}
"""What a report of Model Monitor gives, with its value."""

TIMEOUT_SECONDS = 15 * 60


def report_definition(*, endpoint_name: str, kind: str) -> State:
    """The state machine of one monitor, with `${TopicArn}` for the topic.

    Its input names the processing job that ended, as `job`.
    """
    monitor = monitor_name(endpoint_name, kind)
    return {
        "Comment": f"Measures what {monitor} reported",
        "QueryLanguage": "JSONata",
        "StartAt": "Read the job",
        "TimeoutSeconds": TIMEOUT_SECONDS,
        "States": _job(monitor) | _report() | _measure(endpoint_name, kind) | _end(monitor),
    }


def _job(monitor: str) -> dict[str, State]:
    result = "$states.result"
    schedule = f"$substringAfter({result}.MonitoringScheduleArn, 'monitoring-schedule/')"
    output = f"{result}.ProcessingOutputConfig.Outputs[0].S3Output.S3Uri"
    return {
        "Read the job": call(
            "sagemaker",
            "describeProcessingJob",
            {"ProcessingJobName": jsonata("$states.input.job")},
            assign={
                "job": {
                    "name": jsonata(f"{result}.ProcessingJobName"),
                    "status": jsonata(f"{result}.ProcessingJobStatus"),
                    "schedule": jsonata(or_else(schedule, "''")),
                    "output": jsonata(or_else(output, "''")),
                    "told": jsonata(or_else(f"{result}.ExitMessage", "''")),
                    "reason": jsonata(or_else(f"{result}.FailureReason", "''")),
                }
            },
            then="Is it a run of this monitor?",
        ),
        # SageMaker writes names in ARNs in lower case.
        "Is it a run of this monitor?": choose(
            when(f"$lowercase($job.schedule) != '{monitor.lower()}'", "Leave it alone"),
            when("$job.status != 'Completed'", "Tell that the run failed"),
            otherwise="Read the violations",
        ),
        "Leave it alone": finish({"outcome": "not a run of this monitor"}),
    }


def _report() -> dict[str, State]:
    path = "$substringAfter($job.output, 's3://')"
    return {
        "Read the violations": call(
            "s3",
            "getObject",
            {
                "Bucket": jsonata(f"$substringBefore({path}, '/')"),
                "Key": jsonata(f"$substringAfter({path}, '/') & '/{VIOLATIONS_FILE}'"),
            },
            assign={"report": jsonata("$parse($states.result.Body)")},
            retries=[{"ErrorEquals": NO_SUCH_KEY, "MaxAttempts": 0}, *RETRIES],
            expected=[
                catch(NO_SUCH_KEY, then="Did it say that there are none?"),
            ],
            then="Is it a report?",
        ),
        # One violation alone may have lost the array around it: JSONata does that to results.
        "Is it a report?": choose(
            failure(
                "$not($type($report.violations) in ['array', 'object'])",
                "Monitor.BadReport",
                f"'{VIOLATIONS_FILE} below ' & $job.output & ' has no list of violations'",
            ),
            otherwise="Count them",
        ),
        "Count them": remember(
            {"violations": jsonata("$count($report.violations)")}, then="Put the metrics"
        ),
        "Did it say that there are none?": choose(
            failure(
                f"$not($contains($lowercase($job.told), '{SAYS_NONE}'))",
                "Monitor.NoReport",
                f"'there is no {VIOLATIONS_FILE} below ' & $job.output & '; the run said: ' &"
                " $job.told",
            ),
            otherwise="Count none",
        ),
        "Count none": remember({"violations": 0}, then="Put the metrics"),
    }


def _measure(endpoint_name: str, kind: str) -> dict[str, State]:
    dimensions = [{"Name": "Endpoint", "Value": endpoint_name}, {"Name": "Monitor", "Value": kind}]
    return {
        "Put the metrics": call(
            "cloudwatch",
            "putMetricData",
            {
                "Namespace": NAMESPACE,
                "MetricData": [
                    {
                        "MetricName": metric.metric_name,
                        "Dimensions": dimensions,
                        "Unit": "Count",
                        "Value": value,
                    }
                    for metric, value in MEASURED.items()
                ],
            },
            then="Done",
        ),
        "Done": finish({"outcome": "measured", "violations": jsonata("$violations")}),
    }


def _end(monitor: str) -> dict[str, State]:
    """How a run ends that gives no figures; without a heartbeat, silence rings in time."""
    return {
        "Tell that the run failed": notice(
            f"'Monitor did not run: {monitor}'",
            "$job.name & ' ended as ' & $job.status & ': ' & $job.reason & ' ' & $job.told",
            "'The next run looks at what came since then; docs/how-to/monitor.md'",
            then="End without metrics",
        ),
        "End without metrics": finish({"outcome": "the run failed"}),
        ON_FAILURE: notice(
            f"'Report of a monitor can not be read: {monitor}'",
            "$failure.Error & ': ' & $failure.Cause",
            "'Its figures are missing for this run; docs/how-to/monitor.md'",
            then=TOLD,
            on_failure=catch(["States.ALL"], then="Fail"),
        ),
        **ends("Fail"),
    }
