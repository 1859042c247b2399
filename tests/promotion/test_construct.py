"""The construct in a template: the machine, its role, its log, and the rule for failures."""

import json
import re

import aws_cdk as cdk
import cdk_nag
import pytest
from aws_cdk import assertions
from aws_cdk import aws_iam as iam

from mlops_constructs.problems import InvalidProps
from tests.promotion.promote import DEFINITION
from tests.promotion.told import archives_in, new_stack, promotion, where_versions_are_tried
from tests.state_machines.anatomy import called
from tests.state_machines.templates import (
    ENCRYPTED_TOPIC,
    OF_THE_SERVICE,
    as_list,
    granted,
    only,
    open_to_all,
    resources_of,
    statements,
)

OF_BATCHES = {
    "sagemaker:DescribePipeline",
    "sagemaker:ListModels",
    "sagemaker:ListPipelineExecutionSteps",
    "sagemaker:ListPipelineExecutions",
    "sagemaker:ListPipelineParametersForExecution",
    "sagemaker:ListPipelines",
    "sagemaker:StartPipelineExecution",
}
OF_ARCHIVES = {
    "lambda:InvokeFunction",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObject",
}
OF_TRIALS = {
    "sagemaker:ListPipelineExecutions",
    "sagemaker:StartPipelineExecution",
    "s3:GetObject",
    "cloudwatch:DescribeAlarms",
    "states:StartExecution",
}


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    stack = new_stack()
    where_versions_are_tried(stack, batches=True, archives=archives_in(stack))
    return stack


@pytest.fixture(scope="module")
def template(stack: cdk.Stack) -> assertions.Template:
    return assertions.Template.from_stack(stack)


def test_the_role_may_do_what_the_machine_calls_and_nothing_else(template: assertions.Template):
    assert granted(template) == called(DEFINITION) | OF_THE_SERVICE | ENCRYPTED_TOPIC


def test_where_no_version_is_tried_it_may_not_do_what_trials_take():
    stack = new_stack()
    promotion(stack)
    template = assertions.Template.from_stack(stack)
    others = OF_TRIALS | OF_BATCHES | OF_ARCHIVES
    assert called(DEFINITION) > others
    assert granted(template) == (called(DEFINITION) - others) | OF_THE_SERVICE | ENCRYPTED_TOPIC
    assert "challenger" not in json.dumps(statements(template))


def test_where_no_batch_is_scored_it_may_not_do_what_batches_take():
    stack = new_stack()
    where_versions_are_tried(stack, archives=archives_in(stack))
    template = assertions.Template.from_stack(stack)
    others = OF_BATCHES - OF_TRIALS
    assert granted(template) == (called(DEFINITION) - others) | OF_THE_SERVICE | ENCRYPTED_TOPIC
    assert "-batch" not in json.dumps(statements(template))


def test_where_no_request_names_a_version_it_may_not_do_what_archives_take():
    stack = new_stack()
    where_versions_are_tried(stack, batches=True)
    template = assertions.Template.from_stack(stack)
    others = OF_ARCHIVES - OF_TRIALS
    assert granted(template) == (called(DEFINITION) - others) | OF_THE_SERVICE | ENCRYPTED_TOPIC
    assert "multi-model" not in json.dumps(statements(template))


@pytest.mark.parametrize(
    ("action", "resources"),
    [
        (
            "cloudformation:UpdateStack",
            [
                "arn:*:cloudformation:*:*:stack/Dev-Serving-*/*",
                "arn:*:cloudformation:*:*:stack/Dev-Monitoring-*/*",
            ],
        ),
        (
            "cloudformation:SetStackPolicy",
            ["arn:*:cloudformation:*:*:stack/Dev-Serving-*/*"],
        ),
        ("sagemaker:DescribeEndpoint", ["arn:*:sagemaker:*:*:endpoint/dev-*"]),
        ("sagemaker:UpdateModelPackage", ["arn:*:sagemaker:*:*:model-package/dev-*"] * 2),
        ("sagemaker:DescribeModelPackage", ["arn:*:sagemaker:*:*:model-package/dev-*"]),
        ("ssm:DeleteParameters", ["arn:*:ssm:*:*:parameter/perennial/dev/*/lock"]),
        ("states:DescribeExecution", ["arn:*:states:*:*:execution:dev-promotion:*"]),
        ("states:StartExecution", ["arn:*:states:*:*:stateMachine:dev-promotion"]),
        (
            "s3:GetObject",
            [
                "arn:*:s3:::versions/dev-*/*",
                "arn:*:s3:::perennial-dev-artifacts/dev-*/comparisons/*",
            ],
        ),
        ("s3:PutObject", ["arn:*:s3:::perennial-dev-artifacts/multi-model/dev-*"]),
        ("s3:ListBucket", ["arn:*:s3:::perennial-dev-artifacts"]),
        ("lambda:InvokeFunction", ["arn:*:lambda:*:*:function:dev-*-probe"]),
        (
            "cloudwatch:DescribeAlarms",
            ["arn:*:cloudwatch:*:*:alarm:dev-*-challenger-5xx-*"],
        ),
        (
            "sagemaker:StartPipelineExecution",
            [
                "arn:*:sagemaker:*:*:pipeline/dev-*-batch",
                "arn:*:sagemaker:*:*:pipeline/dev-*-comparison",
            ],
        ),
    ],
)
def test_what_it_may_do_it_may_do_to_one_stage(
    template: assertions.Template, action: str, resources: list[str]
):
    assert resources_of(template, action) == resources


def test_only_lists_and_metrics_are_open_among_its_calls(
    template: assertions.Template,
):
    assert open_to_all(template) - OF_THE_SERVICE == {
        "sagemaker:ListEndpoints",
        "sagemaker:ListEndpointConfigs",
        "sagemaker:ListModels",
        "sagemaker:ListPipelines",
        "cloudwatch:PutMetricData",
        "cloudwatch:GetMetricStatistics",
    }


def test_it_may_put_metrics_of_monitors_and_no_others(template: assertions.Template):
    [found] = [s for s in statements(template) if s["Action"] == "cloudwatch:PutMetricData"]
    namespaces = {"cloudwatch:namespace": ["Perennial/Monitoring"]}
    assert found["Condition"]["StringEquals"] in (
        namespaces,
        {"cloudwatch:namespace": "Perennial/Monitoring"},
    )


@pytest.mark.parametrize("action", ["DeleteModel", "DeleteEndpointConfig", "DescribeModel"])
def test_configs_and_models_without_the_stage_s_tag_are_out_of_reach(
    template: assertions.Template, action: str
):
    [found] = [s for s in statements(template) if f"sagemaker:{action}" in as_list(s["Action"])]
    assert found["Condition"] == {"StringLike": {"aws:ResourceTag/perennial:endpoint": "dev-*"}}


def test_the_definition_is_one_literal_whose_placeholders_are_all_filled(
    template: assertions.Template,
):
    machine = only(template, "AWS::StepFunctions::StateMachine")
    body = machine["DefinitionString"]
    assert json.loads(body)["QueryLanguage"] == "JSONata"
    assert set(re.findall(r"\$\{(\w+)}", body)) == machine["DefinitionSubstitutions"].keys()
    assert "arn:aws:" not in body


def test_it_lists_archives_and_nothing_else_of_their_bucket(template: assertions.Template):
    [found] = [s for s in statements(template) if s["Action"] == "s3:ListBucket"]
    assert found["Condition"] == {"StringLike": {"s3:prefix": ["multi-model/dev-*"]}} or found[
        "Condition"
    ] == {"StringLike": {"s3:prefix": "multi-model/dev-*"}}


def test_the_key_of_the_stage_that_trains_it_may_use_to_read_by_s3_alone(
    template: assertions.Template,
):
    found = [s for s in statements(template) if "kms:ResourceAliases" in json.dumps(s)]
    [statement] = found
    assert statement["Action"] == "kms:Decrypt"
    assert set(statement["Condition"]) == {"ForAnyValue:StringEquals", "StringEquals"}


def test_functions_are_called_by_the_integration_that_gives_their_answer(
    template: assertions.Template,
):
    machine = only(template, "AWS::StepFunctions::StateMachine")
    assert machine["DefinitionSubstitutions"]["LambdaInvoke"] == {
        "Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":states:::lambda:invoke"]]
    }


def test_integrations_are_in_the_partition_of_the_stack(template: assertions.Template):
    machine = only(template, "AWS::StepFunctions::StateMachine")
    assert machine["DefinitionSubstitutions"]["SsmGetParameters"] == {
        "Fn::Join": [
            "",
            ["arn:", {"Ref": "AWS::Partition"}, ":states:::aws-sdk:ssm:getParameters"],
        ]
    }


def test_the_machine_is_a_standard_one_logged_and_traced(template: assertions.Template):
    machine = only(template, "AWS::StepFunctions::StateMachine")
    assert machine["StateMachineName"] == "dev-promotion"
    assert machine["StateMachineType"] == "STANDARD"
    assert machine["TracingConfiguration"] == {"Enabled": True}
    assert machine["LoggingConfiguration"]["Level"] == "ALL"


def test_the_log_is_encrypted_and_ends_after_a_year(template: assertions.Template):
    log = only(template, "AWS::Logs::LogGroup")
    assert log["RetentionInDays"] == 365
    [key] = template.find_resources("AWS::KMS::Key")
    assert log["KmsKeyId"] == {"Fn::GetAtt": [key, "Arn"]}


def test_a_promotion_that_can_t_tell_people_itself_is_told(template: assertions.Template):
    rule = only(template, "AWS::Events::Rule")
    detail = rule["EventPattern"]["detail"]
    assert detail["status"] == ["FAILED", "TIMED_OUT", "ABORTED"]
    assert len(detail["stateMachineArn"]) == 1
    [target] = rule["Targets"]
    assert set(target["InputTransformer"]["InputPathsMap"].values()) == {
        "$.detail.executionArn",
        "$.detail.status",
    }
    assert target["InputTransformer"]["InputTemplate"] == (
        '"<detail-executionArn> ended as <detail-status> and could not tell what it did;'
        ' see docs/runbook.md"'
    )


def test_who_is_granted_it_may_start_an_execution():
    stack = new_stack()
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("events.amazonaws.com"))
    promotion(stack).grant_start_execution(role)
    assertions.Template.from_stack(stack).has_resource_properties(
        "AWS::IAM::Policy",
        {
            "PolicyDocument": {
                "Statement": [assertions.Match.object_like({"Action": "states:StartExecution"})]
            }
        },
    )


def test_its_failures_are_a_metric():
    metric = promotion(new_stack()).metric_failed()
    assert (metric.namespace, metric.metric_name) == ("AWS/States", "ExecutionsFailed")


def test_cdk_nag_finds_nothing(stack: cdk.Stack):
    report = cdk_nag.AwsSolutionsChecks().validate_scope(stack)
    assert [violation.rule_name for violation in report.violations] == []


@pytest.mark.parametrize(
    ("props", "problem"),
    [
        (
            {"state_machine_name": "dev promotion"},
            "the name of a state machine must be 1 to 80 letters, digits, hyphens and underscores,"
            " got 'dev promotion'",
        ),
        (
            {"slot_prefix": "perennial/dev/"},
            "slot_prefix must begin with a slash and not end with one, got 'perennial/dev/'",
        ),
        (
            {"monitoring_stack_prefix": ""},
            "stack_prefix and monitoring_stack_prefix must not be empty: they say which stacks may"
            " be updated",
        ),
        (
            {"group_prefix": ""},
            "group_prefix must not be empty: it says which model package groups are read",
        ),
        (
            {"name_prefix": ""},
            "name_prefix must not be empty: it says which endpoints and model package groups are"
            " this stage's",
        ),
    ],
)
def test_props_that_do_not_fit_are_refused(props: dict[str, str], problem: str):
    with pytest.raises(InvalidProps, match=re.escape(problem)):
        promotion(new_stack(), **props)


def test_all_problems_are_told_at_once():
    with pytest.raises(InvalidProps) as refused:
        promotion(new_stack(), stack_prefix="", name_prefix="")
    assert len(refused.value.problems) == 2
