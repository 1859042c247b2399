"""A model that scores batches, in an app that is not Perennial."""

import json
from typing import Any

import cdk_nag
import pytest
from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from pydantic import ValidationError

from mlops_constructs.network import Network
from mlops_constructs.problems import InvalidProps
from mlops_constructs.serving import Batch, BatchInference, BatchMetric
from mlops_constructs.training import PipelineMetric
from mlops_constructs.version_files import VersionFiles
from pipeline_definitions.validation import definition_problems
from tests.constructs_library.someones_app import (
    ACCOUNTS,
    actions,
    new_stack,
    of_type,
    own_storage,
    statements,
    synthesized,
    the,
)

PIPELINE, MODEL = "AWS::SageMaker::Pipeline", "AWS::SageMaker::Model"
SCHEDULE, ALARM = "AWS::Scheduler::Schedule", "AWS::CloudWatch::Alarm"
REPOSITORY = "arn:aws:ecr:us-east-1:683313688378:repository/sagemaker-xgboost"
HOSTING = Batch(instance_type="ml.m5.large", every_hours=6)
Template = dict[str, Any]


def batch_in(stack: Stack, **changed: Any) -> BatchInference:
    storage = own_storage(stack)
    given: dict[str, Any] = {
        "name": "churn",
        "slot_name": "/mine/churn/slot",
        "hosting": HOSTING,
        "storage": storage,
        "versions": VersionFiles(bucket=storage.artifacts, prefix="churn"),
        "image_repositories": [REPOSITORY],
        "image_accounts": ACCOUNTS,
        "topic": sns.Topic(stack, "Topic"),
    }
    return BatchInference(stack, "Batch", **(given | changed))


def template_of(**changed: Any) -> Template:
    stack = new_stack()
    batch_in(stack, **changed)
    return synthesized(stack)


@pytest.fixture(scope="module")
def template() -> Template:
    return template_of()


def body(template: Template) -> tuple[dict[str, Any], dict[str, Any]]:
    """The definition, and what is put for its placeholders."""
    found = the(template, PIPELINE)["Properties"]["PipelineDefinition"]["PipelineDefinitionBody"]
    text, values = found["Fn::Sub"]
    return json.loads(text), values


def steps(template: Template) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Gathering, choice, and scoring."""
    gather, choice = body(template)[0]["Steps"]
    [score] = choice["Arguments"]["IfSteps"]
    return gather, choice, score


def granted(template: Template, role: str) -> dict[str, str]:
    """Action to the resources that it is granted on, of the role whose name begins so."""
    found: list[dict[str, Any]] = []
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::IAM::Policy" and name.startswith(f"Batch{role}DefaultPolicy"):
            found += resource["Properties"]["PolicyDocument"]["Statement"]
        if resource["Type"] == "AWS::IAM::Role" and name.startswith(f"Batch{role}"):
            for policy in resource["Properties"].get("Policies", ()):
                found += policy["PolicyDocument"]["Statement"]
    return {a: json.dumps(s["Resource"]) for s in found for a in actions(s)}


def test_sagemaker_would_take_its_definition(template: Template):
    assert definition_problems(body(template)[0]) == []


def test_without_a_version_nothing_scores(template: Template):
    [condition] = template["Conditions"]
    for kind in (PIPELINE, MODEL, SCHEDULE):
        assert the(template, kind)["Condition"] == condition
    named = [a for a in of_type(template, ALARM) if "AlarmName" in a["Properties"]]
    assert [a["Condition"] for a in named] == [condition, condition]


def test_it_scores_with_the_version_that_the_slot_names(template: Template):
    [slot] = [name for name in template["Parameters"] if "Slot" in name]
    model = the(template, MODEL)
    assert model["Properties"]["Containers"] == [
        {"ModelPackageName": {"Fn::Select": [0, {"Ref": slot}]}}
    ]
    assert steps(template)[2]["Arguments"]["ModelName"] == "${ModelName}"
    [logical] = [n for n, r in template["Resources"].items() if r["Type"] == MODEL]
    assert body(template)[1]["ModelName"] == {"Fn::GetAtt": [logical, "ModelName"]}


def test_a_replaced_model_outlives_the_runs_that_use_it(template: Template):
    model = the(template, MODEL)
    assert "ModelName" not in model["Properties"]
    assert (model["UpdateReplacePolicy"], model["DeletionPolicy"]) == ("Retain", "Delete")
    assert model["Properties"]["Tags"] == [{"Key": "perennial:endpoint", "Value": "churn"}]


def test_a_run_gathers_the_hours_that_have_just_ended(template: Template):
    gather, *_ = steps(template)
    said = gather["Arguments"]["AppSpecification"]["ContainerArguments"]
    told = dict(zip(said[::2], said[1::2], strict=True))
    assert told["--requests"] == "s3://${DataBucketName}/churn-requests"
    assert told["--answers"] == "s3://${DataBucketName}/churn-answers"
    assert told["--window-end"] == {"Get": "Parameters.WindowEnd"}
    assert told["--hours"] == "6"
    schedule = the(template, SCHEDULE)["Properties"]
    assert schedule["ScheduleExpression"] == "cron(10 0/6 * * ? *)"
    start = json.loads(schedule["Target"]["Input"])
    assert start["PipelineParameters"] == [
        {"Name": "WindowEnd", "Value": "<aws.scheduler.scheduled-time>"}
    ]
    assert start["ClientRequestToken"] == "churn-batch-until-<aws.scheduler.scheduled-time>"


@pytest.mark.parametrize(("every_hours", "hours"), [(1, "*"), (12, "0/12"), (24, "0")])
def test_runs_begin_when_what_was_on_its_way_has_arrived(every_hours: int, hours: str):
    hosting = Batch(instance_type="ml.m5.large", every_hours=every_hours)  # type: ignore[arg-type]
    schedule = the(template_of(hosting=hosting), SCHEDULE)["Properties"]
    assert schedule["ScheduleExpression"] == f"cron(10 {hours} * * ? *)"


def test_a_run_with_nothing_to_score_is_no_failure(template: Template):
    gather, choice, _ = steps(template)
    [condition] = choice["Arguments"]["Conditions"]
    [file] = gather["PropertyFiles"]
    path = condition["LeftValue"]["Std:JsonGet"]
    assert (condition["Type"], condition["RightValue"], path["Path"]) == (
        "GreaterThan",
        0,
        "objects",
    )
    assert path["PropertyFile"] == {"Get": f"Steps.Gather.PropertyFiles.{file['PropertyFileName']}"}
    assert choice["Arguments"]["ElseSteps"] == []


def test_what_is_scored_is_what_that_run_gathered(template: Template):
    gather, _, score = steps(template)
    [output] = gather["Arguments"]["ProcessingOutputConfig"]["Outputs"]
    source = score["Arguments"]["TransformInput"]["DataSource"]["S3DataSource"]
    assert source == {
        "S3DataType": "ManifestFile",
        "S3Uri": {
            "Std:Join": {"On": "/", "Values": [output["S3Output"]["S3Uri"], "manifest.json"]}
        },
    }
    values = output["S3Output"]["S3Uri"]["Std:Join"]["Values"]
    assert values[-1] == {"Get": "Execution.PipelineExecutionId"}


def test_answers_have_the_names_of_their_requests_and_are_encrypted(template: Template):
    _, _, score = steps(template)
    target = score["Arguments"]["TransformOutput"]
    assert target["S3OutputPath"] == "s3://${DataBucketName}/churn-answers"
    assert target["KmsKeyId"] == "${KmsKeyArn}"
    assert score["Arguments"]["TransformResources"]["VolumeKmsKeyId"] == "${KmsKeyArn}"


def test_prefixes_can_be_given():
    hosting = Batch(instance_type="ml.m5.large", input_prefix="in/rows", output_prefix="out")
    gather, _, score = steps(template_of(hosting=hosting))
    assert (
        "s3://${DataBucketName}/in/rows"
        in gather["Arguments"]["AppSpecification"]["ContainerArguments"]
    )
    assert score["Arguments"]["TransformOutput"]["S3OutputPath"] == "s3://${DataBucketName}/out"


def test_what_was_asked_and_answered_is_captured_with_ids_for_labels(template: Template):
    capture = steps(template)[2]["Arguments"]["DataCaptureConfig"]
    assert capture == {
        "DestinationS3Uri": "s3://${CaptureBucketName}/churn",
        "KmsKeyId": "${KmsKeyArn}",
        "GenerateInferenceId": True,
    }


def test_without_capture_nothing_is_recorded():
    hosting = Batch(instance_type="ml.m5.large", capture_percent=0)
    assert "DataCaptureConfig" not in steps(template_of(hosting=hosting))[2]["Arguments"]


def test_the_model_reads_requests_and_writes_answers_and_capture_only(template: Template):
    found = granted(template, "Role")
    reads, writes = found["s3:GetObject"], found["s3:PutObject"]
    assert "/churn-requests/*" in reads and "/churn-answers" not in reads
    assert "/churn-answers/*" in writes and "/churn-requests" not in writes
    assert not {"sagemaker", "iam", "ssm"} & {action.partition(":")[0] for action in found}


def test_the_step_that_gathers_reads_no_request(template: Template):
    found = granted(template, "GatheringRole")
    assert "churn-requests" not in found["s3:GetObject"]
    assert "/batch/churn/*" in found["s3:PutObject"]
    [listed] = [
        s["Condition"]["StringLike"]["s3:prefix"]
        for s in statements(template)
        if "churn-answers/*" in json.dumps(s.get("Condition", {}))
    ]
    assert listed == ["churn-requests/*", "churn-answers/*"]


def test_the_pipeline_runs_two_kinds_of_job_and_hands_over_one_role(template: Template):
    found = granted(template, "PipelineRole")
    verbs = ("Create", "Describe", "Stop")
    assert set(found) == {
        "sagemaker:AddTags",
        *(f"sagemaker:{verb}{job}Job" for verb in verbs for job in ("Processing", "Transform")),
        "s3:GetObject",
        "kms:Decrypt",
        "iam:PassRole",
    }
    assert "GatheringRole" in found["iam:PassRole"]


def test_a_run_that_fails_rings_at_once(template: Template):
    [alarm] = [
        a["Properties"]
        for a in of_type(template, ALARM)
        if a["Properties"].get("AlarmName") == "churn-batch-failed"
    ]
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Dimensions"]) == (
        "AWS/Sagemaker/ModelBuildingPipeline",
        "ExecutionFailed",
        [{"Name": "PipelineName", "Value": "churn-batch"}],
    )
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (1, 1)
    assert alarm["TreatMissingData"] == "notBreaching"
    assert alarm["AlarmActions"]


def test_silence_for_two_runs_rings(template: Template):
    [alarm] = [
        a["Properties"]
        for a in of_type(template, ALARM)
        if a["Properties"].get("AlarmName") == "churn-batch-silent"
    ]
    assert alarm["MetricName"] == "ExecutionSucceeded"
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (
        3600,
        14,
        14,
    )
    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["AlarmActions"]


def test_whoever_is_granted_may_write_requests_and_read_answers():
    stack = new_stack()
    writer, reader = (
        iam.Role(stack, name, assumed_by=iam.AccountRootPrincipal())
        for name in ("Writer", "Reader")
    )
    batch = batch_in(stack)
    batch.grant_write_requests(writer)
    batch.grant_read_answers(reader)
    policies = {
        name: json.dumps(resource["Properties"]["PolicyDocument"])
        for name, resource in synthesized(stack)["Resources"].items()
        if resource["Type"] == "AWS::IAM::Policy"
    }
    [written] = [text for name, text in policies.items() if name.startswith("Writer")]
    [read] = [text for name, text in policies.items() if name.startswith("Reader")]
    assert "s3:PutObject" in written and "churn-requests/*" in written
    assert "churn-answers" not in written and "s3:GetObject" not in written
    assert "s3:GetObject" in read and "churn-answers/*" in read and "churn-requests" not in read


def test_its_metrics_are_its_own():
    stack = new_stack()
    batch = batch_in(stack)
    late = batch.metric(BatchMetric.LATE)
    assert (late.namespace, late.metric_name) == ("Perennial/Batch", "LateObjects")
    assert late.dimensions == {"Model": "churn"}
    assert batch.metric(PipelineMetric.FAILED).dimensions == {"PipelineName": "churn-batch"}


def test_it_runs_in_the_network_of_its_stage():
    network = Network(subnets=("subnet-00000001",), security_groups=("sg-00000001",))
    found = template_of(network=network)
    vpc = {"SecurityGroupIds": ["sg-00000001"], "Subnets": ["subnet-00000001"]}
    assert the(found, MODEL)["Properties"]["VpcConfig"] == vpc
    assert steps(found)[0]["Arguments"]["NetworkConfig"] == {"VpcConfig": vpc}
    assert "NetworkConfig" not in steps(found)[2]["Arguments"]


def test_cdk_nag_finds_nothing_of_it():
    stack = new_stack()
    report = cdk_nag.AwsSolutionsChecks().validate_scope(batch_in(stack))
    assert [violation.rule_name for violation in report.violations] == []


@pytest.mark.parametrize(
    ("asked", "answered"), [("rows", "rows"), ("rows", "rows/out"), ("rows/in", "rows")]
)
def test_answers_that_would_be_scored_again_are_refused(asked: str, answered: str):
    hosting = Batch(instance_type="ml.m5.large", input_prefix=asked, output_prefix=answered)
    with pytest.raises(InvalidProps) as refusal:
        template_of(hosting=hosting)
    assert str(refusal.value) == (
        f"the requests of 'churn' lie below {asked!r} and its answers below {answered!r}; "
        "neither may lie in the other, or answers would be scored again: set input_prefix= or "
        "output_prefix="
    )


def test_a_name_that_is_too_long_is_refused():
    with pytest.raises(InvalidProps, match="the name of a batch pipeline must be 1 to 63 letters"):
        template_of(name="a" * 58)


@pytest.mark.parametrize("prefix", ["/rows", "rows/", "", "a b"])
def test_a_prefix_that_is_none_is_refused(prefix: str):
    with pytest.raises(ValidationError, match="input_prefix"):
        Batch(instance_type="ml.m5.large", input_prefix=prefix)


def test_instances_whose_disk_takes_no_key_are_refused():
    with pytest.raises(ValidationError, match=r"'ml\.g5\.xlarge' has local storage"):
        Batch(instance_type="ml.g5.xlarge")


def test_hours_that_do_not_divide_a_day_are_refused():
    with pytest.raises(ValidationError, match="every_hours"):
        Batch(instance_type="ml.m5.large", every_hours=5)  # type: ignore[arg-type]
