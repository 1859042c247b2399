"""Stacks of the tests: deployed with boto3, waited for with a deadline."""

import json
import time
from collections.abc import Callable
from typing import Any

DEADLINE_SECONDS = 60.0


class Stack:
    """One CloudFormation stack on the local AWS."""

    def __init__(self, cloudformation: Any, name: str) -> None:
        self._cloudformation = cloudformation
        self.name = name

    def create(self, template: dict[str, Any], **parameters: str) -> dict[str, Any]:
        self._cloudformation.create_stack(
            StackName=self.name,
            TemplateBody=json.dumps(template),
            Parameters=given(parameters),
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        return self.settled()

    def update(self, template: dict[str, Any] | None, **parameters: str) -> dict[str, Any]:
        source: dict[str, Any] = {"UsePreviousTemplate": True}
        if template is not None:
            source = {"TemplateBody": json.dumps(template)}
        self._cloudformation.update_stack(
            StackName=self.name,
            Parameters=given(parameters),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            **source,
        )
        return self.settled()

    def delete(self) -> None:
        stack_id = self.description()["StackId"]
        self._cloudformation.delete_stack(StackName=stack_id)
        assert self.settled(stack_id)["StackStatus"] == "DELETE_COMPLETE"

    def description(self) -> dict[str, Any]:
        (found,) = self._cloudformation.describe_stacks(StackName=self.name)["Stacks"]
        return dict(found)

    def settled(self, stack_id: str | None = None) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            name = stack_id or self.name
            (found,) = self._cloudformation.describe_stacks(StackName=name)["Stacks"]
            return None if found["StackStatus"].endswith("_IN_PROGRESS") else dict(found)

        found: dict[str, Any] = eventually(look)
        return found

    def outputs(self) -> dict[str, str]:
        outputs = self.description().get("Outputs", [])
        return {each["OutputKey"]: each["OutputValue"] for each in outputs}

    def reasons(self) -> str:
        events = self._cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        return "\n".join(each.get("ResourceStatusReason", "") for each in events)

    def physical_id(self, logical_id: str) -> str:
        found = self._cloudformation.describe_stack_resource(
            StackName=self.name, LogicalResourceId=logical_id
        )
        return str(found["StackResourceDetail"]["PhysicalResourceId"])


def given(parameters: dict[str, str]) -> list[dict[str, Any]]:
    return [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()]


def eventually(look: Callable[[], Any], seconds: float = DEADLINE_SECONDS) -> Any:
    """What `look` gives as soon as it gives something."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"nothing within {seconds} s"
        time.sleep(0.05)
    return found
