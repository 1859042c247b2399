"""Wildcards in a role's policies, each with its reason."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk import aws_iam as iam


def acknowledge_wildcards(role: iam.Role, reasons: Mapping[str, str]) -> None:
    """Tells cdk-nag why ``role`` may act on resources that a wildcard names.

    Args:
        role: The role; another role's wildcards stay findings, and so does any not listed.
        reasons: Resource as in the policy statement to the reason for its wildcard.
    """
    for resource, reason in reasons.items():
        printed = _as_nag_prints(Stack.of(role).resolve(resource))
        Validations.of(role).acknowledge(
            Acknowledgment(id=f"AwsSolutions-IAM5[Resource::{printed}]", reason=reason)
        )


def _as_nag_prints(resolved: Any) -> str:
    """cdk-nag's way to print an ARN with intrinsic functions in it."""
    match resolved:
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{resource}.{attribute}>"
        case {"Fn::ImportValue": name}:
            return _as_nag_prints(name)
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(_as_nag_prints(part) for part in parts)
    return str(resolved)
