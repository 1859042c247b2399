"""DescribeStacks of a stack with parameters that come from Parameter Store.

AWS gives the Parameter Store key as ParameterValue and what it held as ResolvedValue
(https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Parameter.html); MiniStack
gives the resolved value as ParameterValue.
"""

import re
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers

_STACK = re.compile(rb"<StackId>([^<]*)</StackId>.*?</Parameters>", re.DOTALL)
_describe_stacks = handlers._describe_stacks


def install() -> None:
    """Answer DescribeStacks with ResolvedValue."""
    cloudformation._ACTION_HANDLERS["DescribeStacks"] = _describe


def _describe(params: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    status, headers, body = _describe_stacks(params)
    return status, headers, _STACK.sub(_with_resolved_values, body)


def _with_resolved_values(found: re.Match[bytes]) -> bytes:
    identifier, text = found[1].decode(), found[0].decode()
    for stack in cloudformation._stacks.values():
        if stack["StackId"] == identifier:
            for name, value in (stack.get("_resolved_params") or {}).items():
                if "SsmName" in value:
                    text = _resolved(text, name, escape(value["SsmName"]))
    return text.encode()


def _resolved(text: str, name: str, ssm_name: str) -> str:
    """A parameter's XML with the key as its value, and the value as its resolved value."""
    shown = re.compile(
        rf"(<ParameterKey>{re.escape(name)}</ParameterKey>)"
        r"<ParameterValue>(.*?)</ParameterValue>",
        re.DOTALL,
    )
    return shown.sub(
        lambda m: (
            f"{m[1]}<ParameterValue>{ssm_name}</ParameterValue>"
            f"<ResolvedValue>{m[2]}</ResolvedValue>"
        ),
        text,
    )
