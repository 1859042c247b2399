"""What a stack reads from a slot."""

from typing import Final

from aws_cdk import CfnCondition, CfnParameter, Fn
from constructs import Construct

NO_MODEL: Final = "NONE"
"""What a slot names before its first promotion."""


class SlotContent:
    """A slot's two items, read afresh by every operation on the stack (an SSM-typed parameter).

    Args:
        scope: Gets the parameter `Slot` and the condition `HasModel`.
        slot_name: The SSM StringList `<model package ARN>,<baseline S3 URI prefix>`.

    Attributes:
        package: ARN of the model package to serve, or `NO_MODEL`.
        baseline_uri: S3 prefix of the package's baselines, without a slash at its end.
        has_model: The condition under which the slot names a package.
    """

    def __init__(self, scope: Construct, *, slot_name: str) -> None:
        slot = CfnParameter(
            scope,
            "Slot",
            type="AWS::SSM::Parameter::Value<CommaDelimitedList>",
            default=slot_name,
            description="The version to serve and its baselines, written by promotions",
        )
        self.package = Fn.select(0, slot.value_as_list)
        self.baseline_uri = Fn.select(1, slot.value_as_list)
        self.has_model = CfnCondition(
            scope,
            "HasModel",
            expression=Fn.condition_not(Fn.condition_equals(self.package, NO_MODEL)),
        )
