"""What the roles of the platform may do."""

import json
from collections.abc import Iterator
from typing import Any

from tests.constructs_library.someones_app import actions

Templates = dict[str, dict[str, Any]]
WITHOUT_RESOURCES = {
    "cloudwatch:GetMetricStatistics",
    "cloudwatch:PutMetricData",
    "ecr:GetAuthorizationToken",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "sagemaker:ListEndpointConfigs",
    "sagemaker:ListEndpoints",
    "sagemaker:ListPipelines",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
"""Actions for which AWS's service authorization reference names no resource type.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""


def identity_statements(templates: Templates) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every statement of every role, with where it stands."""
    for stack, template in templates.items():
        for name, resource in template["Resources"].items():
            documents = []
            if resource["Type"] == "AWS::IAM::Policy":
                documents = [resource["Properties"]["PolicyDocument"]]
            elif resource["Type"] == "AWS::IAM::Role":
                inline = resource["Properties"].get("Policies", [])
                documents = [policy["PolicyDocument"] for policy in inline]
            for document in documents:
                for statement in document["Statement"]:
                    yield f"{stack}/{name}", statement


def test_no_role_may_do_everything_of_a_service(templates: Templates):
    broad = [
        (where, action)
        for where, statement in identity_statements(templates)
        for action in actions(statement)
        if action.endswith("*") and action != "kms:GenerateDataKey*" and action != "kms:ReEncrypt*"
    ]
    assert not broad


def test_no_managed_policy_but_the_one_that_writes_a_functions_log(templates: Templates):
    managed = [
        json.dumps(policy)
        for template in templates.values()
        for resource in template["Resources"].values()
        for policy in resource.get("Properties", {}).get("ManagedPolicyArns", [])
    ]
    assert len(managed) == 1
    assert "AWSLambdaBasicExecutionRole" in managed[0]


def test_only_actions_that_know_no_resource_are_allowed_on_all(templates: Templates):
    everywhere = {
        action
        for _, statement in identity_statements(templates)
        if "*" in json.dumps(statement["Resource"]).split('"')
        for action in actions(statement)
    }
    assert everywhere
    assert everywhere <= WITHOUT_RESOURCES
