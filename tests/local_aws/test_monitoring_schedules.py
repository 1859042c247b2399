"""Monitoring schedules as they run: executions, their jobs, their reports and metrics."""

import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.local_aws.later import Later
from tests.local_aws.model_archives import archive
from tests.local_aws.monitors import ANALYZER, CLARIFY, HOUR, KINDS, REGISTRY, Monitored
from tests.pipeline_definitions.maker import Maker

pytestmark = pytest.mark.local_aws
CONFIG = {
    "headers": ["income", "group", "approved"],
    "label": "approved",
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "group", "value_or_threshold": [1]}],
    "methods": {
        "pre_training_bias": {"methods": ["CI", "DPL"]},
        "post_training_bias": {"methods": ["DPPL"]},
    },
}
CONSTRAINTS = {
    "DataQuality": {
        "features": [
            {"name": name, "inferred_type": "Fractional", "completeness": 1.0}
            for name in ("label", "score", "income", "group")
        ]
        + [{"name": "age", "inferred_type": "Integral", "completeness": 1.0}],
    },
    "ModelQuality": {
        "binary_classification_constraints": {
            "accuracy": {"threshold": 0.9, "comparison_operator": "LessThanThreshold"}
        }
    },
    "ModelBias": {
        "post_training_bias_metrics": {
            "facets": {
                "group": [{"value_or_threshold": "1", "metrics": [{"name": "DPPL", "value": -0.6}]}]
            }
        }
    },
    "ModelExplainability": {
        "explanations": {
            "kernel_shap": {"label0": {"global_shap_values": {"income": 0.3, "group": 0.1}}}
        }
    },
}
APPLICATIONS = {
    "DataQuality": {"ImageUri": ANALYZER},
    "ModelQuality": {"ImageUri": ANALYZER, "ProblemType": "BinaryClassification"},
    "ModelBias": {"ImageUri": CLARIFY},
    "ModelExplainability": {"ImageUri": CLARIFY},
}
INPUTS = {
    "DataQuality": {},
    "ModelQuality": {"ProbabilityAttribute": "1", "ProbabilityThresholdAttribute": 0.5},
    "ModelBias": {"InferenceAttribute": "0"},
    "ModelExplainability": {"ProbabilityAttribute": "1"},
}
# One of three labels is not what the model answers.
ROWS = [("1,0", "1"), ("-1,0", "0"), ("0.2,1", "0")] * 4


@pytest.fixture(scope="module")
def monitored(later: Later) -> Iterator[Monitored]:
    """An endpoint, asked in one whole hour, and a schedule of each kind that has run for it."""
    made = Monitored(later)
    shap = {"baseline": [["0", "0"]], "num_samples": 10, "agg_method": "mean_abs"}
    predictor = {
        "model_name": made.model,
        "instance_type": "ml.m5.large",
        "initial_instance_count": 1,
    }
    attribution = {
        "headers": ["income", "group"],
        "methods": {"shap": shap},
        "predictor": predictor,
    }
    configs = {
        "ModelBias": made.put("bias/analysis_config.json", CONFIG),
        "ModelExplainability": made.put("attribution/analysis_config.json", attribution),
    }
    for kind in KINDS:
        baseline = made.put(f"baseline/{kind}/constraints.json", CONSTRAINTS[kind])
        config = {"ConfigUri": configs[kind]} if kind in configs else {}
        made.define(
            kind,
            f"{made.bucket}-{kind}",
            AppSpecification={**APPLICATIONS[kind], **config},
            BaselineConfig={"ConstraintsResource": {"S3Uri": baseline}},
            EndpointInput=INPUTS[kind],
            StoppingCondition={"MaxRuntimeInSeconds": 1800},
        )
    made.to_the_next_hour()
    for kind in KINDS:
        made.schedule(kind, f"{made.bucket}-{kind}", f"{made.bucket}-{kind}")
    made.ask(ROWS)
    for kind in KINDS:
        made.executed(f"{made.bucket}-{kind}")
        made.sagemaker.stop_monitoring_schedule(MonitoringScheduleName=f"{made.bucket}-{kind}")
    yield made
    made.stage.close()


def execution(monitored: Monitored, kind: str) -> Mapping[str, Any]:
    return monitored.executions(f"{monitored.bucket}-{kind}")[-1]


def when(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y/%m/%d/%H}"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("DataQuality", "CompletedWithViolations"),
        ("ModelQuality", "CompletedWithViolations"),
        ("ModelBias", "Completed"),
        ("ModelExplainability", "Completed"),
    ],
)
def test_a_schedule_of_each_kind_runs_at_its_hour(
    monitored: Monitored, kind: str, status: str
) -> None:
    found, name = execution(monitored, kind), f"{monitored.bucket}-{kind}"
    assert (found["MonitoringExecutionStatus"], found.get("FailureReason")) == (status, None)
    assert found["ScheduledTime"].timestamp() % HOUR == 0
    assert found["EndpointName"] == monitored.endpoint
    assert (found["MonitoringJobDefinitionName"], found["MonitoringType"]) == (name, kind)
    described = monitored.sagemaker.describe_monitoring_schedule(MonitoringScheduleName=name)
    assert described["LastMonitoringExecutionSummary"] == found
    job = monitored.job(found)
    assert job["ProcessingJobStatus"] == "Completed"
    assert job["MonitoringScheduleArn"] == described["MonitoringScheduleArn"]
    assert job["ExitMessage"] == (
        "Completed: Job completed successfully with no violations."
        if status == "Completed"
        else "CompletedWithViolations: Job completed successfully with 1 violations."
    )


def test_an_analysis_is_asked_for_as_in_the_job_that_was_published(monitored: Monitored) -> None:
    """Members as in the request of a model quality job that its author copied from its log."""
    job = monitored.job(execution(monitored, "ModelQuality"))
    name, endpoint = f"{monitored.bucket}-ModelQuality", monitored.endpoint
    at = execution(monitored, "ModelQuality")["ScheduledTime"]
    hour = when(datetime.fromtimestamp(at.timestamp() - HOUR, UTC))
    start = f"{datetime.fromtimestamp(at.timestamp() - HOUR, UTC):%Y-%m-%dT%H:%M:%SZ}"
    assert job["Environment"] == {
        "analysis_type": "MODEL_QUALITY",
        "baseline_constraints": "/opt/ml/processing/baseline/constraints/constraints.json",
        "dataset_format": '{"sagemakerMergeJson":{"captureIndexNames":["endpointOutput"]}}',
        "dataset_source": "/opt/ml/processing/input_data",
        "end_time": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "metric_time": start,
        "output_path": "/opt/ml/processing/output",
        "probability_attribute": "1",
        "probability_threshold_attribute": "0.5",
        "problem_type": "BinaryClassification",
        "publish_cloudwatch_metrics": "Enabled",
        "sagemaker_endpoint_name": endpoint,
        "sagemaker_monitoring_schedule_name": name,
        "start_time": start,
    }
    constraints, data = job["ProcessingInputs"]
    assert (constraints["InputName"], data["InputName"]) == ("constraints", "endpoint_input_1")
    assert constraints["S3Input"]["LocalPath"] == "/opt/ml/processing/baseline/constraints"
    place = f"{endpoint}/One/{hour}"
    assert data["S3Input"] == {
        "LocalPath": f"/opt/ml/processing/input_data/{place}",
        "S3Uri": monitored.uri(f"reports/merge/{place}"),
        "S3DataDistributionType": "FullyReplicated",
        "S3DataType": "S3Prefix",
        "S3InputMode": "File",
        "S3CompressionType": "None",
    }
    assert job["ProcessingOutputConfig"]["Outputs"] == [
        {
            "OutputName": "result",
            "AppManaged": False,
            "S3Output": {
                "LocalPath": "/opt/ml/processing/output",
                "S3Uri": monitored.uri(f"reports/{endpoint}/{name}/{when(at)}"),
                "S3UploadMode": "Continuous",
            },
        }
    ]
    assert job["StoppingCondition"] == {"MaxRuntimeInSeconds": 1800}
    assert job["AppSpecification"] == {"ImageUri": ANALYZER}


def test_a_merge_runs_before_an_analysis_with_labels(monitored: Monitored) -> None:
    """DescribeProcessingJob of a merge in model_quality_churn_sdk.ipynb at ecee0a652."""
    found = execution(monitored, "ModelQuality")
    analysis = found["ProcessingJobArn"].rsplit("/", 1)[-1]
    stamp = f"{found['ScheduledTime'].astimezone(UTC):%Y%m%d%H%M}"
    assert analysis.startswith(f"model-quality-monitoring-{stamp}-")
    suffix = analysis.removeprefix("model-quality-monitoring-")
    job = monitored.sagemaker.describe_processing_job(
        ProcessingJobName=f"groundtruth-merge-{suffix}"
    )
    labels, data = job["ProcessingInputs"]
    assert (labels["InputName"], data["InputName"]) == ("groundtruth_input_1", "endpoint_input_1")
    assert labels["S3Input"]["LocalPath"].startswith("/opt/ml/processing/groundtruth/2")
    assert data["S3Input"]["S3Uri"].startswith(monitored.uri(f"capture/{monitored.endpoint}/One/2"))
    assert job["AppSpecification"] == {
        "ImageUri": f"{REGISTRY}/sagemaker-model-monitor-groundtruth-merger"
    }
    assert job["Environment"] == {
        "dataset_source": "/opt/ml/processing/input_data",
        "ground_truth_source": "/opt/ml/processing/groundtruth",
        "output_path": "/opt/ml/processing/output",
    }
    (output,) = job["ProcessingOutputConfig"]["Outputs"]
    assert (output["OutputName"], output["S3Output"]["S3UploadMode"]) == ("result", "EndOfJob")
    assert output["S3Output"]["S3Uri"] == monitored.uri("reports/merge")
    assert "ExitMessage" not in job


@pytest.mark.parametrize(
    ("kind", "files"),
    [
        ("DataQuality", {"constraint_violations.json", "constraints.json", "statistics.json"}),
        ("ModelQuality", {"constraint_violations.json", "constraints.json", "statistics.json"}),
        ("ModelBias", {"analysis.json", "report.html"}),
        ("ModelExplainability", {"analysis.json", "report.html"}),
    ],
)
def test_reports_lie_in_the_folder_of_the_hour(
    monitored: Monitored, kind: str, files: set[str]
) -> None:
    at = execution(monitored, kind)["ScheduledTime"]
    prefix = f"reports/{monitored.endpoint}/{monitored.bucket}-{kind}/{when(at)}/"
    assert {key.removeprefix(prefix) for key in monitored.keys(prefix)} == files


@pytest.mark.parametrize(
    ("kind", "namespace", "metric"),
    [
        ("DataQuality", "data-metrics", "feature_non_null_income"),
        ("ModelQuality", "model-metrics", "accuracy"),
        ("ModelBias", "bias-metrics", "bias_metric_DPPL"),
        ("ModelExplainability", "explainability-metrics", "feature_income"),
    ],
)
def test_metrics_are_put_for_the_window(
    monitored: Monitored, kind: str, namespace: str, metric: str
) -> None:
    cloudwatch = monitored.later.client("cloudwatch")
    namespace = f"aws/sagemaker/Endpoints/{namespace}"
    name = f"{monitored.bucket}-{kind}"
    (listed,) = cloudwatch.list_metrics(
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[{"Name": "MonitoringSchedule", "Value": name}],
    )["Metrics"]
    assert {"Name": "Endpoint", "Value": monitored.endpoint} in listed["Dimensions"]
    at = execution(monitored, kind)["ScheduledTime"].timestamp()
    found = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName=metric,
        Dimensions=listed["Dimensions"],
        StartTime=at - HOUR,
        EndTime=at - HOUR + 60,
        Period=60,
        Statistics=["Average"],
    )["Datapoints"]
    assert len(found) == 1
    if metric == "accuracy":
        assert found[0]["Average"] == pytest.approx(2 / 3)


def test_attributions_are_those_of_the_model_asked_at_a_shadow_endpoint(
    monitored: Monitored,
) -> None:
    at = execution(monitored, "ModelExplainability")["ScheduledTime"]
    name = f"{monitored.bucket}-ModelExplainability"
    report = monitored.get(
        monitored.uri(f"reports/{monitored.endpoint}/{name}/{when(at)}/analysis.json")
    )
    label = report["explanations"]["kernel_shap"]["label0"]
    assert label["expected_value"] == pytest.approx(0.5)
    shown = label["global_shap_values"]
    assert shown["income"] > shown["group"] > 0
    for listed in (
        monitored.sagemaker.list_endpoints(NameContains="sm-clarify")["Endpoints"],
        monitored.sagemaker.list_endpoint_configs(NameContains="sm-clarify")["EndpointConfigs"],
    ):
        assert listed == []


def test_the_log_says_that_a_stand_in_ran(monitored: Monitored) -> None:
    name = execution(monitored, "DataQuality")["ProcessingJobArn"].rsplit("/", 1)[-1]
    events = monitored.later.client("logs").get_log_events(
        logGroupName="/aws/sagemaker/ProcessingJobs", logStreamName=f"{name}/algo-1-0"
    )["events"]
    assert events[0]["message"].startswith("This is not AWS's container but")


def test_executions_are_filtered_and_ordered(monitored: Monitored) -> None:
    listed = monitored.sagemaker.list_monitoring_executions
    mine = {"EndpointName": monitored.endpoint}
    found = listed(**mine, SortBy="Status", SortOrder="Ascending")["MonitoringExecutionSummaries"]
    statuses = [each["MonitoringExecutionStatus"] for each in found]
    assert statuses == sorted(statuses) and len(found) == 4
    at = found[0]["ScheduledTime"]

    def count(**asked: Any) -> int:
        return len(listed(**mine, **asked)["MonitoringExecutionSummaries"])

    assert count(MonitoringTypeEquals="ModelBias") == 1
    assert count(StatusEquals="Completed") == 2
    assert count(MonitoringJobDefinitionName=f"{monitored.bucket}-ModelBias") == 1
    assert count(ScheduledTimeAfter=at) == count(ScheduledTimeBefore=at) == 0
    assert count(ScheduledTimeAfter=at.timestamp() - 1) == 4


def test_a_stopped_schedule_starts_nothing_and_a_started_one_goes_on(
    monitored: Monitored,
) -> None:
    name = f"{monitored.bucket}-DataQuality"
    monitored.later.pass_time(2 * HOUR)
    assert len(monitored.executions(name)) == 1
    monitored.sagemaker.start_monitoring_schedule(MonitoringScheduleName=name)
    found = monitored.executed(name, times=2)
    monitored.sagemaker.stop_monitoring_schedule(MonitoringScheduleName=name)
    # Nobody asked the endpoint in that hour.
    assert found["MonitoringExecutionStatus"] == "Failed"
    assert found["FailureReason"] == "Job inputs had no data"
    assert "ProcessingJobArn" not in found


def now(monitored: Monitored, kind: str, name: str, **definition: Any) -> Mapping[str, Any]:
    """The execution of a schedule that runs now, over a day."""
    name = f"{monitored.bucket}-{name}"
    monitored.define(kind, name, **definition)
    window = {"DataAnalysisStartTime": "-P1D", "DataAnalysisEndTime": "-PT0H"}
    monitored.schedule(kind, name, name, ScheduleExpression="NOW", **window)
    return monitored.executed(name)


def test_offsets_look_back_and_now_runs_once_at_once(monitored: Monitored) -> None:
    """Offsets: model-monitor-model-quality-schedule.html"""
    began = monitored.later.aws.now()
    found = now(
        monitored,
        "DataQuality",
        "now",
        AppSpecification={
            "ImageUri": ANALYZER,
            "Environment": {"publish_cloudwatch_metrics": "Disabled"},
        },
        EndpointInput={"StartTimeOffset": "-P2D", "EndTimeOffset": "-PT0H"},
    )
    assert found["MonitoringExecutionStatus"] == "Completed"
    assert 0 <= found["ScheduledTime"].timestamp() - began < 60
    given = monitored.job(found)["Environment"]
    assert given["publish_cloudwatch_metrics"] == "Disabled"
    start, end = (datetime.fromisoformat(given[name]) for name in ("start_time", "end_time"))
    assert (end - start).total_seconds() == 48 * HOUR
    monitored.later.pass_time(2 * HOUR)
    assert len(monitored.executions(f"{monitored.bucket}-now")) == 1


def test_a_failed_job_fails_its_execution_with_its_reason(monitored: Monitored) -> None:
    found = now(
        monitored,
        "DataQuality",
        "failing",
        AppSpecification={"ImageUri": ANALYZER},
        EndpointInput={"InferenceAttribute": "7"},
    )
    assert found["MonitoringExecutionStatus"] == "Failed"
    assert "has no column '7'." in found["FailureReason"]
    assert monitored.job(found)["ProcessingJobStatus"] == "Failed"


def test_a_baseline_that_is_missing_fails_the_execution(monitored: Monitored) -> None:
    missing = {"ConstraintsResource": {"S3Uri": monitored.uri("nowhere/constraints.json")}}
    found = now(
        monitored,
        "DataQuality",
        "missing",
        AppSpecification={"ImageUri": ANALYZER},
        BaselineConfig=missing,
    )
    assert found["MonitoringExecutionStatus"] == "Failed"
    assert "No S3 objects found under S3 URL" in found["FailureReason"]


def test_a_container_of_ones_own_runs_by_the_documented_contract(monitored: Monitored) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-containers.html"""
    script = (
        "import os;p='output/metrics/cloudwatch/';os.makedirs(p);"
        """open(p+'a','w').write('{"MetricName":"rows","Value":3,"Dimensions":[]}');"""
        "open('output/message','w').write('CompletedWithViolations: '"
        "+os.environ['sagemaker_monitoring_schedule_name'])"
    )
    image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0"
    specification = {"ImageUri": image, "ContainerEntrypoint": ["python3", "-c", script]}
    found = now(monitored, "DataQuality", "own", AppSpecification=specification)
    assert found["MonitoringExecutionStatus"] == "CompletedWithViolations"
    assert monitored.job(found)["ExitMessage"].endswith(f": {monitored.bucket}-own")
    listed = monitored.later.client("cloudwatch").list_metrics(
        Namespace="aws/sagemaker/Endpoints/data-metrics", MetricName="rows"
    )["Metrics"]
    assert len(listed) == 1


def test_batch_transforms_are_analysed_from_what_they_captured(monitored: Monitored) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-batch.html"""
    hour = time.strftime("%Y/%m/%d/%H", time.gmtime(monitored.later.aws.now()))
    monitored.put("transforms/in/dummy_0.csv", "1.5\n2.5\n")
    manifest = [{"prefix": monitored.uri("transforms/in/")}, "dummy_0.csv"]
    monitored.put(f"batch/input/{hour}/manifest.json", manifest)
    name = f"{monitored.bucket}-batch"
    features = [{"name": "x", "inferred_type": "Fractional", "completeness": 1.0}]
    baseline = monitored.put("baseline/batch/constraints.json", {"features": features})
    source = {
        "DataCapturedDestinationS3Uri": monitored.uri("batch"),
        "DatasetFormat": {"Csv": {"Header": False}},
        "LocalPath": "/opt/ml/processing/input",
    }
    monitored.define(
        "DataQuality",
        name,
        AppSpecification={"ImageUri": ANALYZER},
        BaselineConfig={"ConstraintsResource": {"S3Uri": baseline}},
        JobInput={"BatchTransformInput": source},
    )
    window = {"DataAnalysisStartTime": "-PT1H", "DataAnalysisEndTime": "PT1H"}
    monitored.schedule("DataQuality", name, name, ScheduleExpression="NOW", **window)
    found = monitored.executed(name)
    assert (found["MonitoringExecutionStatus"], "EndpointName" in found) == ("Completed", False)
    job = monitored.job(found)
    assert job["Environment"]["dataset_format"] == '{"csv":{"header":false}}'
    assert "sagemaker_endpoint_name" not in job["Environment"]
    uri = job["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
    assert uri == monitored.uri(f"reports/{name}/{when(found['ScheduledTime'])}")
    assert monitored.get(f"{uri}/statistics.json")["dataset"] == {"item_count": 2}
    (listed,) = monitored.later.client("cloudwatch").list_metrics(
        Namespace="aws/sagemaker/ModelMonitoring/data-metrics", MetricName="feature_data_x"
    )["Metrics"]
    assert listed["Dimensions"] == [{"Name": "MonitoringSchedule", "Value": name}]


def test_awss_own_sdk_makes_a_schedule_and_reads_its_reports(
    monitored: Monitored, later: Later, maker: Maker
) -> None:
    done = maker.run(
        Path(__file__).with_name("sdk_monitor.py"), f"{monitored.bucket}-ModelQuality",
        monitored.endpoint, monitored.bucket, environment=later.aws.environment(),
    )  # fmt: skip
    assert done.code == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["violations"] == ["accuracy"]
    assert seen["executions"] == 1
    assert seen["made"] == ["Scheduled", "ModelQuality"]


def test_a_model_that_does_not_start_fails_the_execution_and_leaves_nothing(
    monitored: Monitored,
) -> None:
    broken = {"code/inference.py": "raise SystemExit('no')"}
    predictor = {
        "model_name": monitored.stage.model(archive(broken), name="broken"),
        "instance_type": "ml.m5.large",
        "initial_instance_count": 1,
    }
    config = monitored.put(
        "broken/analysis_config.json",
        {"methods": {"shap": {"baseline": [["0", "0"]]}}, "predictor": predictor},
    )
    found = now(
        monitored,
        "ModelExplainability",
        "broken",
        AppSpecification={"ImageUri": CLARIFY, "ConfigUri": config},
    )
    assert found["MonitoringExecutionStatus"] == "Failed"
    assert "The shadow endpoint failed: The primary container" in found["FailureReason"]
    assert monitored.sagemaker.list_endpoints(NameContains="sm-clarify")["Endpoints"] == []
