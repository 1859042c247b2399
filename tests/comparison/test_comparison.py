"""The construct in a template: pipeline, roles, grants."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import cdk_nag
import pytest
from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from botocore.session import get_session

from mlops_constructs.arguments import LONGEST
from mlops_constructs.comparison import Comparison, result_key
from mlops_constructs.network import Network
from mlops_constructs.problems import InvalidProps
from mlops_constructs.serving import Shadow, Split
from pipeline_definitions.validation import definition_problems
from tests.comparison.trials import script
from tests.constructs_library.someones_app import (
    ACCOUNTS,
    actions,
    new_stack,
    own_storage,
    synthesized,
    the,
)
from tests.linted import findings

Template = dict[str, Any]
PIPELINE = "AWS::SageMaker::Pipeline"
NETWORK = Network(subnets=("subnet-0123456789abcdef0",), security_groups=("sg-0123456789abcdef0",))
RELEASES = pytest.mark.parametrize("release", [Shadow(), Split()], ids=["shadow", "split"])


def comparison_in(stack: Stack, **changed: Any) -> Comparison:
    given: dict[str, Any] = {
        "endpoint_name": "churn",
        "release": Shadow(),
        "storage": own_storage(stack),
        "image_accounts": ACCOUNTS,
    }
    return Comparison(stack, "Compare", **(given | changed))


@cache
def template_of(**changed: Any) -> Template:
    stack = new_stack()
    comparison_in(stack, **changed)
    return synthesized(stack)


def definition(template: Template) -> dict[str, Any]:
    body = the(template, PIPELINE)["Properties"]["PipelineDefinition"]["PipelineDefinitionBody"]
    found: dict[str, Any] = json.loads(body["Fn::Sub"][0])
    return found


def job(template: Template) -> dict[str, Any]:
    [step] = definition(template)["Steps"]
    arguments: dict[str, Any] = step["Arguments"]
    return arguments


def told(template: Template) -> list[str]:
    """The options, as the script gets them when the pipeline was started with such parameters."""
    values = {"Since": "2026-02-02T00:00:00Z", "Until": "2026-02-03T00:00:00Z",
              "Champion": "arn:x/churn/7", "Challenger": "arn:x/churn/8"}  # fmt: skip
    said = job(template)["AppSpecification"]["ContainerArguments"]
    pieces = [
        values[part["Get"].removeprefix("Parameters.")] if isinstance(part, dict) else part
        for part in said
    ]
    assert max(map(len, pieces)) <= LONGEST
    joined: list[str] = script("joined").joined(pieces)
    return joined


def granted(template: Template, role: str) -> Iterator[dict[str, Any]]:
    """The statements of the one policy whose name begins so."""
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::IAM::Policy" and name.startswith(f"{role}DefaultPolicy"):
            yield from resource["Properties"]["PolicyDocument"]["Statement"]


@RELEASES
def test_sagemaker_would_take_its_definition(release: Shadow | Split):
    assert definition_problems(definition(template_of(release=release))) == []


@RELEASES
def test_cdk_nag_finds_nothing_of_it(release: Shadow | Split):
    comparison = comparison_in(new_stack(), release=release, network=NETWORK)
    report = cdk_nag.AwsSolutionsChecks().validate_scope(comparison)
    assert [violation.rule_name for violation in report.violations] == []


def test_cfn_lint_finds_nothing_of_it(tmp_path: Path):
    path = tmp_path / "compare.template.json"
    path.write_text(json.dumps(template_of(release=Shadow())))
    assert findings(path) == []


@RELEASES
def test_the_script_takes_what_it_is_told(release: Shadow | Split):
    options = script("compare")._options(told(template_of(release=release)))
    assert (options.endpoint, options.capture) == ("churn", "s3://${CaptureBucketName}/churn")
    assert (options.champion_variant, options.challenger_variant) == ("AllTraffic", "Challenger")
    assert (options.champion, options.challenger) == ("arn:x/churn/7", "arn:x/churn/8")
    assert options.until == "2026-02-03T00:00:00Z"
    assert type(release).model_validate_json(options.settings) == release
    read = script("trial_settings").read_settings(options.release, options.settings)
    assert (read.shadow, read.latency_percent) == (isinstance(release, Shadow), 20)


def test_its_parameters_are_two_moments_and_two_versions():
    parameters = definition(template_of(release=Shadow()))["Parameters"]
    assert {p["Name"] for p in parameters} == {"Since", "Until", "Champion", "Challenger"}
    assert not [p for p in parameters if "DefaultValue" in p]  # forgetting one is refused


def test_what_it_finds_lies_where_it_is_looked_for():
    [output] = job(template_of(release=Shadow()))["ProcessingOutputConfig"]["Outputs"]
    uri = f"{output['S3Output']['S3Uri']}/8/comparison.json"
    assert uri == f"s3://${{ArtifactBucketName}}/{result_key('churn', '8')}"
    assert result_key("churn", "8") == "churn/comparisons/8/comparison.json"


def test_a_shadows_job_reads_the_capture_of_both_variants_and_nothing_else_of_it():
    statements = list(granted(template_of(release=Shadow()), "CompareJobRole"))
    [reads] = [s for s in statements if actions(s) == ["s3:GetObject"]]
    code, *ends = sorted((r["Fn::Join"][1][-1] for r in reads["Resource"]), key=len)[::-1]
    assert code.endswith(".gz")
    assert sorted(ends) == ["/churn/AllTraffic/*", "/churn/Challenger/*"]
    listed = [
        prefix
        for s in statements
        if actions(s) == ["s3:ListBucket"]
        for prefix in s["Condition"]["StringLike"]["s3:prefix"]
    ]
    assert [p for p in listed if "churn" in p] == ["churn/AllTraffic/*", "churn/Challenger/*"]


def test_a_splits_job_reads_no_capture():
    assert "/churn/AllTraffic" not in json.dumps(template_of(release=Split())["Resources"])


@RELEASES
def test_its_job_writes_comparisons_reads_metrics_and_does_no_more(release: Shadow | Split):
    statements = list(granted(template_of(release=release), "CompareJobRole"))
    [writes] = [s for s in statements if actions(s) == ["s3:PutObject"]]
    assert writes["Resource"]["Fn::Join"][1][-1] == "/churn/comparisons/*"
    done = {action for s in statements for action in actions(s)}
    assert "cloudwatch:GetMetricData" in done
    assert not {"cloudwatch:PutMetricData", "iam:PassRole"} & done
    assert not [action for action in done if action.startswith("sagemaker:")]


def test_its_pipeline_runs_that_job_and_does_no_more():
    done = {a for s in granted(template_of(release=Shadow()), "CompareRole") for a in actions(s)}
    assert done == {
        "sagemaker:AddTags",
        "iam:PassRole",
        *(f"sagemaker:{verb}ProcessingJob" for verb in ("Create", "Describe", "Stop")),
    }


def test_disk_and_reports_are_encrypted_with_the_key():
    found = job(template_of(release=Shadow()))
    assert found["ProcessingResources"]["ClusterConfig"]["VolumeKmsKeyId"] == "${KmsKeyArn}"
    assert found["ProcessingOutputConfig"]["KmsKeyId"] == "${KmsKeyArn}"


def test_it_runs_in_the_network_that_it_is_given():
    stack = new_stack()
    comparison_in(stack, network=NETWORK)
    assert job(synthesized(stack))["NetworkConfig"]["VpcConfig"] == NETWORK.vpc_config


def test_who_is_granted_may_start_it_see_its_end_and_read_what_it_found():
    stack = new_stack()
    someone = iam.Role(stack, "Someone", assumed_by=iam.AccountRootPrincipal())
    comparison = comparison_in(stack)
    comparison.grant_start(someone)
    comparison.grant_read_result(someone)
    found = {a: s["Resource"] for s in granted(synthesized(stack), "Someone") for a in actions(s)}
    assert set(found) == {
        "sagemaker:StartPipelineExecution",
        "sagemaker:DescribePipelineExecution",
        "s3:GetObject",
        "kms:Decrypt",
    }
    ends = {action: str(where["Fn::Join"][1][-1]) for action, where in found.items()
            if "Fn::Join" in where}  # fmt: skip
    assert ends["sagemaker:StartPipelineExecution"] == ":pipeline/churn-comparison"
    assert ends["sagemaker:DescribePipelineExecution"] == ":pipeline/churn-comparison/execution/*"
    assert ends["s3:GetObject"] == "/churn/comparisons/*/comparison.json"


def test_its_name_is_one_that_sagemaker_takes():
    shape = get_session().get_service_model("sagemaker").shape_for("PipelineName")
    with pytest.raises(InvalidProps) as refusal:
        comparison_in(new_stack(), endpoint_name="a" * 53)
    assert str(refusal.value).startswith(
        "the name of the comparison must be 1 to 63 letters, digits and inner hyphens, got 'aaa"
    )
    assert shape.metadata["max"] >= 63


def test_instances_with_local_storage_are_refused():
    with pytest.raises(InvalidProps) as refusal:
        comparison_in(new_stack(), instance_type="ml.m5d.large")
    assert str(refusal.value) == (
        "instance_type 'ml.m5d.large' has local storage, which takes no key; choose a type "
        "without, such as 'ml.m5.large'"
    )
