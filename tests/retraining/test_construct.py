"""The construct in a template: the machine, its role, its log, and the rule for failures."""

import json
import re
from typing import Any

import aws_cdk as cdk
import cdk_nag
import pytest
from aws_cdk import assertions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns

from mlops_constructs.problems import InvalidProps
from mlops_constructs.retraining import Retraining
from tests.retraining.world import machine
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

PROPS: dict[str, Any] = {
    "state_machine_name": "dev-retraining",
    "slot_prefix": "/perennial/dev",
    "name_prefix": "dev-",
}


def retraining(stack: cdk.Stack, **props: Any) -> Retraining:
    key = kms.Key(stack, "Key", enable_key_rotation=True)
    topic = sns.Topic(stack, "Topic", master_key=key, enforce_ssl=True)
    return Retraining(stack, "Retraining", topic=topic, key=key, **(PROPS | props))


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    stack = cdk.Stack(cdk.App(), "Dev-Operations")
    retraining(stack)
    return stack


@pytest.fixture(scope="module")
def template(stack: cdk.Stack) -> assertions.Template:
    return assertions.Template.from_stack(stack)


def test_the_role_may_do_what_the_machine_calls_and_nothing_else(template: assertions.Template):
    assert granted(template) == called(machine()) | OF_THE_SERVICE | ENCRYPTED_TOPIC


@pytest.mark.parametrize(
    ("action", "resources"),
    [
        ("sagemaker:StartPipelineExecution", ["arn:*:sagemaker:*:*:pipeline/dev-*"]),
        ("sagemaker:ListPipelineExecutions", ["arn:*:sagemaker:*:*:pipeline/dev-*"]),
        (
            "sagemaker:DescribePipelineExecution",
            ["arn:*:sagemaker:*:*:pipeline/dev-*/execution/*"],
        ),
        ("sagemaker:DescribeEndpoint", ["arn:*:sagemaker:*:*:endpoint/dev-*"]),
        ("sagemaker:DescribeModelPackage", ["arn:*:sagemaker:*:*:model-package/dev-*"]),
        ("cloudwatch:DescribeAlarms", ["arn:*:cloudwatch:*:*:alarm:dev-*"]),
        (
            "ssm:PutParameter",
            [
                "arn:*:ssm:*:*:parameter/perennial/dev/*/retraining/lock",
                "arn:*:ssm:*:*:parameter/perennial/dev/*/retraining/look-again",
                "arn:*:ssm:*:*:parameter/perennial/dev/*/retraining/request",
            ],
        ),
        ("ssm:DeleteParameters", ["arn:*:ssm:*:*:parameter/perennial/dev/*/retraining/lock"]),
        ("states:DescribeExecution", ["arn:*:states:*:*:execution:dev-retraining:*"]),
    ],
)
def test_what_it_may_do_it_may_do_to_one_stage(
    template: assertions.Template, action: str, resources: list[str]
):
    assert resources_of(template, action) == resources


def test_only_the_list_of_endpoints_is_open_among_its_calls(template: assertions.Template):
    assert open_to_all(template) - OF_THE_SERVICE == {
        "sagemaker:ListEndpoints",
        "sagemaker:ListPipelines",
    }


@pytest.mark.parametrize("action", ["DescribeModel", "DescribeEndpointConfig"])
def test_configs_and_models_without_the_stage_s_tag_are_out_of_reach(
    template: assertions.Template, action: str
):
    [found] = [s for s in statements(template) if f"sagemaker:{action}" in as_list(s["Action"])]
    assert found["Condition"] == {"StringLike": {"aws:ResourceTag/perennial:endpoint": "dev-*"}}


def test_the_slot_is_read_and_never_written(template: assertions.Template):
    slot = "arn:*:ssm:*:*:parameter/perennial/dev/*/slot"
    assert slot in resources_of(template, "ssm:GetParameters")
    assert slot not in resources_of(template, "ssm:PutParameter")


def test_the_definition_is_one_literal_whose_placeholders_are_all_filled(
    template: assertions.Template,
):
    made = only(template, "AWS::StepFunctions::StateMachine")
    body = made["DefinitionString"]
    assert json.loads(body)["QueryLanguage"] == "JSONata"
    assert set(re.findall(r"\$\{(\w+)}", body)) == made["DefinitionSubstitutions"].keys()
    assert "arn:aws:" not in body


def test_the_machine_is_a_standard_one_logged_and_traced(template: assertions.Template):
    made = only(template, "AWS::StepFunctions::StateMachine")
    assert (made["StateMachineName"], made["StateMachineType"]) == ("dev-retraining", "STANDARD")
    assert made["TracingConfiguration"] == {"Enabled": True}
    assert made["LoggingConfiguration"]["Level"] == "ALL"


def test_the_log_is_encrypted(template: assertions.Template):
    [key] = template.find_resources("AWS::KMS::Key")
    assert only(template, "AWS::Logs::LogGroup")["KmsKeyId"] == {"Fn::GetAtt": [key, "Arn"]}


def test_there_is_no_function(template: assertions.Template):
    template.resource_count_is("AWS::Lambda::Function", 0)


def test_a_retraining_that_can_t_tell_people_itself_is_told(template: assertions.Template):
    rule = only(template, "AWS::Events::Rule")
    assert rule["Description"] == (
        "A retraining timed out, was stopped, or failed and could not tell why"
    )
    assert rule["EventPattern"]["detail"]["status"] == ["FAILED", "TIMED_OUT", "ABORTED"]


def test_who_is_granted_it_may_start_an_execution():
    stack = cdk.Stack(cdk.App(), "Dev-Operations")
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("events.amazonaws.com"))
    retraining(stack).grant_start_execution(role)
    assertions.Template.from_stack(stack).has_resource_properties(
        "AWS::IAM::Policy",
        {
            "PolicyDocument": {
                "Statement": [assertions.Match.object_like({"Action": "states:StartExecution"})]
            }
        },
    )


def test_its_failures_are_a_metric():
    metric = retraining(cdk.Stack(cdk.App(), "Dev-Operations")).metric_failed()
    assert (metric.namespace, metric.metric_name) == ("AWS/States", "ExecutionsFailed")


def test_cdk_nag_finds_nothing(stack: cdk.Stack):
    report = cdk_nag.AwsSolutionsChecks().validate_scope(stack)
    assert [violation.rule_name for violation in report.violations] == []


@pytest.mark.parametrize(
    ("props", "problem"),
    [
        (
            {"state_machine_name": "dev retraining"},
            "the name of a state machine must be 1 to 80 letters, digits, hyphens and underscores,"
            " got 'dev retraining'",
        ),
        (
            {"slot_prefix": "perennial/dev/"},
            "slot_prefix must begin with a slash and not end with one, got 'perennial/dev/'",
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
        retraining(cdk.Stack(cdk.App(), "Dev-Operations"), **props)
