"""A pipeline from a definition and a folder of scripts, in an app that is not Perennial."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_iam as iam

from mlops_constructs.archive import archive
from mlops_constructs.problems import InvalidProps
from mlops_constructs.training import ModelPackageGroup, PipelineMetric, TrainingPipeline
from mlops_constructs.training.definition import PLACEHOLDERS
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

IMAGE = "${XgboostAccount}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/sagemaker-xgboost:3.2-0"
DEFINITION = json.dumps(
    {
        "Version": "2020-12-01",
        "Parameters": [
            {"Name": name, "Type": "String", "DefaultValue": f"${{{placeholder}}}"}
            for name, placeholder in {
                "Code": "CodeUri",
                "Digest": "CodeDigest",
                "Champion": "NoChampionUri",
                "Monitors": "MonitorCodeUri",
                "Input": "DataBucketName",
            }.items()
        ],
        "Steps": [
            {
                "Name": "Train",
                "Type": "Training",
                "Arguments": {"AlgorithmSpecification": {"TrainingImage": IMAGE}},
            }
        ],
    }
)


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("steps")
    (folder / "train.py").write_text("print('trains')")
    return folder


def pipeline_in(stack: Stack, scripts: Path, **changed: Any) -> TrainingPipeline:
    given: dict[str, Any] = {
        "pipeline_name": "churn",
        "definition": DEFINITION,
        "code": [scripts],
        "data_prefix": "customers",
        "image_accounts": ACCOUNTS,
        "model_package_group": ModelPackageGroup(stack, "Group", group_name="churn"),
        "storage": own_storage(stack),
    }
    return TrainingPipeline(stack, "Pipeline", **(given | changed))


@pytest.fixture(scope="module")
def stack(scripts: Path) -> Stack:
    stack = new_stack()
    pipeline_in(stack, scripts)
    return stack


@pytest.fixture(scope="module")
def template(stack: Stack) -> dict[str, Any]:
    return synthesized(stack)


@pytest.fixture(scope="module")
def filled(template: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The definition in the template, and what is put for its placeholders."""
    resource = the(template, "AWS::SageMaker::Pipeline")
    body, values = resource["Properties"]["PipelineDefinition"]["PipelineDefinitionBody"]["Fn::Sub"]
    return body, values


def policy_of(template: dict[str, Any], role: str) -> list[dict[str, Any]]:
    return [
        statement
        for policy in of_type(template, "AWS::IAM::Policy")
        if policy["Properties"]["Roles"] == [{"Ref": role_id(template, role)}]
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


def role_id(template: dict[str, Any], role: str) -> str:
    [found] = [
        name
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Role" and name.startswith(f"Pipeline{role}")
    ]
    return found


def test_the_reviewed_definition_reaches_the_template_unchanged(filled: tuple[str, dict[str, Any]]):
    body, _ = filled
    assert body == DEFINITION


def test_only_what_the_definition_names_is_filled_in(filled: tuple[str, dict[str, Any]]):
    _, values = filled
    assert values.keys() == {
        "CodeUri",
        "CodeDigest",
        "NoChampionUri",
        "MonitorCodeUri",
        "DataBucketName",
        "XgboostAccount",
    }


def test_the_digest_is_the_sha_256_of_the_archive_that_goes_up(
    filled: tuple[str, dict[str, Any]], stack: Stack, scripts: Path
):
    root = stack.node.root
    assert isinstance(root, App)
    written = {
        hashlib.sha256(path.read_bytes()).hexdigest() for path in Path(root.outdir).glob("*.tar.gz")
    }
    assert filled[1]["CodeDigest"] in written
    assert filled[1]["CodeDigest"] == archive(scripts).digest


def test_code_monitors_and_the_missing_champion_go_up_as_archives(
    filled: tuple[str, dict[str, Any]],
):
    for uri in (filled[1][name] for name in ("CodeUri", "MonitorCodeUri", "NoChampionUri")):
        assert uri["Fn::Sub"].startswith("s3://cdk-")
        assert uri["Fn::Sub"].endswith(".gz")


def test_image_accounts_are_looked_up_by_region_in_regions_that_have_the_image(
    template: dict[str, Any], filled: tuple[str, dict[str, Any]]
):
    [mapping] = template["Mappings"].values()
    assert mapping == {
        "eu-west-1": {"XgboostAccount": "141502667606"},
        "us-east-1": {"XgboostAccount": "683313688378"},
    }
    assert filled[1]["XgboostAccount"]["Fn::FindInMap"][1:] == [
        {"Ref": "AWS::Region"},
        "XgboostAccount",
    ]


def test_jobs_read_their_own_data_and_write_their_own_artifacts_only(template: dict[str, Any]):
    objects = {
        action: json.dumps(statement["Resource"])
        for statement in policy_of(template, "JobRole")
        for action in actions(statement)
        if action.startswith("s3:")
    }
    assert objects.keys() == {"s3:GetObject", "s3:PutObject", "s3:ListBucket"}
    assert "/customers/*" in objects["s3:GetObject"]
    assert "/churn/*" in objects["s3:GetObject"]
    assert objects["s3:GetObject"].count(".gz") == 3
    assert "/churn/*" in objects["s3:PutObject"]
    assert "customers" not in objects["s3:PutObject"]


def test_jobs_list_what_they_download_and_no_more(template: dict[str, Any]):
    prefixes = [
        prefix
        for statement in policy_of(template, "JobRole")
        if actions(statement) == ["s3:ListBucket"]
        for prefix in statement["Condition"]["StringLike"]["s3:prefix"]
    ]
    archives = [prefix for prefix in prefixes if prefix.endswith(".gz")]
    assert len(archives) == 3
    assert sorted(set(prefixes) - set(archives)) == ["churn", "churn/*", "customers", "customers/*"]


def test_jobs_put_metrics_in_sagemakers_namespaces_only(template: dict[str, Any]):
    [statement] = [
        s for s in policy_of(template, "JobRole") if "cloudwatch:PutMetricData" in actions(s)
    ]
    assert statement["Condition"]["StringEquals"]["cloudwatch:namespace"] == [
        "/aws/sagemaker/ProcessingJobs",
        "/aws/sagemaker/TrainingJobs",
    ]


def test_jobs_pull_the_definitions_images_only(template: dict[str, Any]):
    [statement] = [s for s in policy_of(template, "JobRole") if "ecr:BatchGetImage" in actions(s)]
    assert statement["Resource"]["Fn::Join"][1][-1] == ":repository/sagemaker-xgboost"


def test_the_pipeline_hands_its_job_role_to_sagemaker_and_to_nothing_else(
    template: dict[str, Any],
):
    [statement] = [s for s in policy_of(template, "Role") if "iam:PassRole" in actions(s)]
    assert statement["Resource"] == {"Fn::GetAtt": [role_id(template, "JobRole"), "Arn"]}
    assert statement["Condition"] == {
        "StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}
    }


def test_the_pipeline_runs_jobs_and_registers_versions_and_does_no_more(template: dict[str, Any]):
    granted = {action for s in policy_of(template, "Role") for action in actions(s)}
    assert granted == {
        *(f"sagemaker:{verb}ProcessingJob" for verb in ("Create", "Describe", "Stop")),
        *(f"sagemaker:{verb}TrainingJob" for verb in ("Create", "Describe", "Stop")),
        "sagemaker:AddTags",
        "sagemaker:CreateModelPackage",
        "sagemaker:DescribeModelPackageGroup",
        "s3:GetObject",
        "kms:Decrypt",
        "iam:PassRole",
    }


def test_whoever_is_granted_may_start_this_pipeline(scripts: Path):
    stack = new_stack()
    role = iam.Role(stack, "Starter", assumed_by=iam.AccountRootPrincipal())
    pipeline_in(stack, scripts).grant_start(role)
    [granted] = [
        s
        for s in statements(synthesized(stack))
        if actions(s) == ["sagemaker:StartPipelineExecution"]
    ]
    assert granted["Resource"]["Fn::Join"][1][-1] == ":pipeline/churn"


def test_durations_are_averaged_and_failures_are_counted(scripts: Path):
    pipeline = pipeline_in(new_stack(), scripts)
    failed = pipeline.metric(PipelineMetric.FAILED)
    assert (failed.metric_name, failed.statistic) == ("ExecutionFailed", "Sum")
    assert failed.dimensions == {"PipelineName": "churn"}
    assert pipeline.metric(PipelineMetric.DURATION).statistic == "Average"


def test_every_unknown_placeholder_is_named_with_what_is_known(scripts: Path):
    with pytest.raises(InvalidProps) as refused:
        pipeline_in(new_stack(), scripts, definition='{"A": "${Bucket} ${CodeURI} ${CodeUri}"}')
    first, second = refused.value.problems
    assert first.startswith(
        "the definition of pipeline 'churn' has the placeholder ${Bucket}, which nothing fills; "
        "known are AWS::AccountId, AWS::Partition, AWS::Region, AWS::URLSuffix, ArtifactBucketName"
    )
    assert "${CodeURI}" in second


def test_every_known_placeholder_is_filled(scripts: Path):
    body = json.dumps([f"${{{name}}}" for name in sorted(PLACEHOLDERS)])
    stack = new_stack()
    pipeline_in(stack, scripts, definition=body)
    resource = the(synthesized(stack), "AWS::SageMaker::Pipeline")
    _, values = resource["Properties"]["PipelineDefinition"]["PipelineDefinitionBody"]["Fn::Sub"]
    assert values.keys() == PLACEHOLDERS


def test_a_region_without_the_images_is_refused(scripts: Path):
    stack = new_stack(env=Environment(region="mars-north-1"))
    with pytest.raises(InvalidProps) as refused:
        pipeline_in(stack, scripts)
    assert str(refused.value) == (
        "no registry is known for XgboostAccount in region 'mars-north-1'; known are eu-west-1, "
        "us-east-1 (`make definitions` renews the list)"
    )


def test_a_registry_that_no_region_has_is_refused(scripts: Path):
    unknown = DEFINITION.replace("XgboostAccount", "PytorchAccount")
    with pytest.raises(InvalidProps, match="no registry is known for PytorchAccount"):
        pipeline_in(new_stack(), scripts, definition=unknown)


def test_a_definition_without_images_needs_no_mapping_and_no_registry(scripts: Path):
    stack = new_stack()
    pipeline_in(stack, scripts, definition='{"Version": "2020-12-01", "Steps": []}')
    template = synthesized(stack)
    assert "Mappings" not in template
    assert not [s for s in statements(template) if "ecr:" in str(s)]


def test_a_pipeline_name_with_an_underscore_is_refused(scripts: Path):
    with pytest.raises(InvalidProps, match=r"the name of a pipeline must be .* got 'late_flights'"):
        pipeline_in(new_stack(), scripts, pipeline_name="late_flights")
