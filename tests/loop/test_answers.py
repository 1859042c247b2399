"""What the endpoint answers and records, and what a second approval of the same version does."""

import csv
import io
import json
from typing import Any

import pytest

from rehearsal.arrows import ArrowDidNotFire
from tests.loop.conftest import Played

pytestmark = pytest.mark.local_aws

WRITES = {"putParameter", "updateStack"}


def held_out(played: Played) -> list[dict[str, str]]:
    """The flights that preprocessing kept from the training, as its job says where they are."""
    sagemaker = played.world.client("sagemaker")
    run = next(
        summary["PipelineExecutionArn"]
        for summary in sagemaker.list_pipeline_executions(PipelineName="dev-flight-delay")[
            "PipelineExecutionSummaries"
        ]
        if summary["PipelineExecutionStatus"] == "Succeeded"
    )
    steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=run)
    [arn] = [
        step["Metadata"]["ProcessingJob"]["Arn"]
        for step in steps["PipelineExecutionSteps"]
        if step["StepName"] == "Preprocess"
    ]
    job = sagemaker.describe_processing_job(ProcessingJobName=arn.rpartition("/")[2])
    [uri] = [
        output["S3Output"]["S3Uri"]
        for output in job["ProcessingOutputConfig"]["Outputs"]
        if output["OutputName"] == "test"
    ]
    return list(csv.DictReader(io.StringIO(played.world.read_bytes(f"{uri}/test.csv").decode())))


def test_held_out_flights_get_the_scores_that_the_evaluation_saved(played: Played):
    package = played.world.client("sagemaker").describe_model_package(
        ModelPackageName=played.served.package
    )
    report = package["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
    saved = played.world.read_bytes(report.rpartition("/")[0] + "/predictions.csv").decode()
    scores = {
        row["flight_id"]: float(row["challenger_score"])
        for row in csv.DictReader(io.StringIO(saved))
    }
    constraints = package["DriftCheckBaselines"]["ModelDataQuality"]["Constraints"]["S3Uri"]
    order = [feature["name"] for feature in played.world.read_json(constraints)["features"]]
    flights = held_out(played)[:200]
    answer = played.world.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=played.served.endpoint,
        ContentType="text/csv",
        Body="".join(",".join(row[name] for name in order) + "\n" for row in flights),
    )
    answered = [float(line) for line in answer["Body"].read().split()]
    assert len(scores) > 1000
    assert answered == pytest.approx([scores[row["flight_id"]] for row in flights], abs=1e-7)


def captured(played: Played) -> list[dict[str, Any]]:
    s3, bucket = played.world.client("s3"), "perennial-dev-capture-123456789012-us-east-1"
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"{played.served.endpoint}/AllTraffic/")
    return [
        json.loads(line)
        for entry in listed["Contents"]
        for line in played.world.read_bytes(f"s3://{bucket}/{entry['Key']}").splitlines()
    ]


def test_captures_can_be_read_as_they_are(played: Played):
    for record in captured(played):
        asked, answered = (record["captureData"][k] for k in ("endpointInput", "endpointOutput"))
        assert (asked["observedContentType"], asked["encoding"]) == ("text/csv", "CSV")
        assert answered["observedContentType"].partition(";")[0] == "text/csv"
        assert answered["encoding"] == "CSV"
        assert len(asked["data"].split()) == len(answered["data"].split())


def approvals_heard(played: Played) -> list[str]:
    machine = played.world.outputs("Dev-Operations")["PromotionStateMachineArn"]
    listed = played.world.client("stepfunctions").list_executions(stateMachineArn=machine)
    return [execution["executionArn"] for execution in listed["executions"]]


def approve_again(played: Played) -> None:
    played.world.client("sagemaker").update_model_package(
        ModelPackageArn=played.served.package, ModelApprovalStatus="Approved"
    )


def test_approving_what_serves_starts_an_execution_that_writes_nothing(played: Played):
    states = played.world.client("stepfunctions")
    before = set(approvals_heard(played))
    approve_again(played)
    new = played.world.await_arrow(
        "approval rule -> Promotion",
        lambda: set(approvals_heard(played)) - before,
        expected="an execution",
    )
    for execution in new:
        ended = played.world.await_arrow(
            "Promotion -> its end",
            lambda arn=execution: states.describe_execution(executionArn=arn),
            expected="the execution to end",
            until=lambda found: found["status"] != "RUNNING",
        )
        assert ended["status"] == "SUCCEEDED"
        history = states.get_execution_history(executionArn=execution, maxResults=1000)["events"]
        called = {
            event["taskScheduledEventDetails"]["resource"].rpartition(":")[2]
            for event in history
            if "taskScheduledEventDetails" in event
        }
        assert called and not called & WRITES


def test_a_rule_that_is_switched_off_is_named_as_the_arrow_that_did_not_fire(played: Played):
    events = played.world.client("events")
    stack = played.world.client("cloudformation").describe_stack_resources(
        StackName=played.served.names.serving
    )
    [rule] = [
        found["PhysicalResourceId"]
        for found in stack["StackResources"]
        if found["LogicalResourceId"].startswith("ApprovalRule")
        and found["ResourceType"] == "AWS::Events::Rule"
    ]
    before = set(approvals_heard(played))
    events.disable_rule(Name=rule)
    try:
        approve_again(played)
        with pytest.raises(ArrowDidNotFire, match="'approval rule -> Promotion' did not fire"):
            played.world.await_arrow(
                "approval rule -> Promotion",
                lambda: set(approvals_heard(played)) - before,
                expected="an execution",
            )
    finally:
        events.enable_rule(Name=rule)
