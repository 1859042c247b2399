"""The machine that measures what a run of Model Monitor reported.

It starts from the end of a processing job, and what it needs to know of the job it asks AWS: the
documented event names neither the schedule nor the exit message.
https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
"""

from mlops_constructs.monitoring.baseline_age import baseline_age, metric_data
from mlops_constructs.monitoring.job_kinds import job_kind
from mlops_constructs.monitoring.metrics import MonitorMetric
from mlops_constructs.monitoring.monitor_images import repository
from mlops_constructs.monitoring.monitored_endpoint import monitor_name
from mlops_constructs.monitoring.settings import MonitorSettings
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

MEASURED = (MonitorMetric.VIOLATIONS, MonitorMetric.HEARTBEAT, MonitorMetric.BASELINE_AGE)
"""What a run of Model Monitor gives."""

TIMEOUT_SECONDS = 15 * 60


def report_definition(*, endpoint_name: str, settings: MonitorSettings) -> State:
    """The state machine of one monitor, with `${TopicArn}` for the topic.

    Its input names the processing job that ended, as `job`, and the S3 URI of the constraints that
    the monitor holds runs against, as `constraints`.
    """
    monitor = monitor_name(endpoint_name, settings.kind)
    return {
        "Comment": f"Measures what {monitor} reported",
        "QueryLanguage": "JSONata",
        "StartAt": "Read the job",
        "TimeoutSeconds": TIMEOUT_SECONDS,
        "States": _job(monitor, repository(job_kind(settings).image))
        | _report()
        | _measure(endpoint_name, settings.kind)
        | baseline_age(endpoint_name, settings.kind, then="Done")
        | _end(monitor),
    }


def _job(monitor: str, analyses: str) -> dict[str, State]:
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
                    "image": jsonata(or_else(f"{result}.AppSpecification.ImageUri", "''")),
                },
                "constraints": jsonata("$states.input.constraints"),
            },
            then="Is it a run of this monitor?",
        ),
        # SageMaker writes names in ARNs in lower case.
        "Is it a run of this monitor?": choose(
            when(f"$lowercase($job.schedule) != '{monitor.lower()}'", "Leave it alone"),
            when("$job.status != 'Completed'", "Tell that the run failed"),
            # Labels are merged by a job of its own, which has no report; the run comes after it.
            when(f"$not($contains($job.image, '/{analyses}'))", "Leave it alone"),
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
    put = {MonitorMetric.VIOLATIONS: jsonata("$violations"), MonitorMetric.HEARTBEAT: 1}
    return {
        "Put the metrics": call(
            "cloudwatch",
            "putMetricData",
            metric_data(endpoint_name, kind, put, unit="Count"),
            then="Look at the baseline",
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
