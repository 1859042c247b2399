"""A stage that is not of config/stages.py, synthesized in this process."""

from typing import Any

from aws_cdk import App, Stack, Validations, assertions
from cdk_nag import AwsSolutionsChecks

from config.schema import StageConfig
from mlops_constructs.serving import RealTime
from pipeline_definitions.flight_delay import MODEL
from stacks.platform_stage import PlatformStage
from tests.conftest import feature_flags

Templates = dict[str, dict[str, Any]]
WIDE = RealTime(
    instance_type="ml.m5.large", min_instances=4, max_instances=8, invocations_per_instance=1000
)


def own_stage(**changed: Any) -> StageConfig:
    """Called Own, with one model of the app and room for a canary."""
    given: dict[str, Any] = {"name": "Own", "models": (MODEL,), "hosting": WIDE}
    return StageConfig(**(given | changed))


def platform(config: StageConfig) -> PlatformStage:
    """The stage in an app of its own, checked by cdk-nag as app.py has it checked."""
    app = App(context=feature_flags(), analytics_reporting=False)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return PlatformStage(app, config.name, config=config)


def templates_of(config: StageConfig) -> Templates:
    """Stack name to template."""
    stage = platform(config)
    stage.synth()
    return {
        stack.stack_name: assertions.Template.from_stack(stack).to_json()
        for stack in stage.node.children
        if isinstance(stack, Stack)
    }


def of_type(templates: Templates, kind: str) -> list[dict[str, Any]]:
    """The properties of all resources of a type, in all stacks."""
    return [
        resource.get("Properties", {})
        for template in templates.values()
        for resource in template["Resources"].values()
        if resource["Type"] == kind
    ]


def differences(one: Any, other: Any, path: str = "") -> dict[str, tuple[Any, Any]]:
    """Where two JSON values differ: path to what each has there."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {
            place: both
            for name in sorted(one.keys() | other.keys())
            for place, both in differences(one.get(name), other.get(name), f"{path}/{name}").items()
        }
    return {} if one == other else {path: (one, other)}
