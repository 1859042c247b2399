"""What the template of a state machine's construct says of its role."""

from typing import Any

from aws_cdk import assertions

OF_THE_SERVICE = {
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
"""For its logs and traces: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html"""

ENCRYPTED_TOPIC = {"kms:Decrypt", "kms:GenerateDataKey"}


def only(template: assertions.Template, kind: str) -> dict[str, Any]:
    """The properties of the one resource of a kind."""
    [resource] = template.find_resources(kind).values()
    properties: dict[str, Any] = resource["Properties"]
    return properties


def statements(template: assertions.Template) -> list[dict[str, Any]]:
    """The statements of all policies."""
    found: list[dict[str, Any]] = []
    for policy in template.find_resources("AWS::IAM::Policy").values():
        found += policy["Properties"]["PolicyDocument"]["Statement"]
    return found


def as_list(value: Any) -> list[Any]:
    """It, always as a list."""
    return value if isinstance(value, list) else [value]


def granted(template: assertions.Template) -> set[str]:
    """All actions of all policies."""
    return {action for statement in statements(template) for action in as_list(statement["Action"])}


def resources_of(template: assertions.Template, action: str) -> list[str]:
    """The ARNs on which an action is allowed, with stars for what the cloud fills in."""
    found: list[str] = []
    for statement in statements(template):
        if action in as_list(statement["Action"]):
            found += [flat(resource) for resource in as_list(statement["Resource"])]
    return found


def flat(resource: Any) -> str:
    """Text of a template, with stars for what the cloud fills in."""
    if isinstance(resource, str):
        return resource
    if "Fn::Join" in resource:
        return "".join(flat(part) for part in resource["Fn::Join"][1])
    return "*" if "Ref" in resource else "attribute"


def open_to_all(template: assertions.Template) -> set[str]:
    """The actions that are allowed on every resource."""
    return {
        action
        for statement in statements(template)
        if "*" in as_list(statement["Resource"])
        for action in as_list(statement["Action"])
    }
