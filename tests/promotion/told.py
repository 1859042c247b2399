"""What the topic has heard, whoever told it: the machine, or the rule beside it."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import assertions
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from ministack.services import eventbridge

from mlops_constructs.promotion import Archives, Promotion
from mlops_constructs.version_files import VersionFiles
from tests.constructs_library.someones_app import matches, the
from tests.promotion.names import GROUP
from tests.promotion.world import World

PROPS: dict[str, Any] = {
    "state_machine_name": "dev-promotion",
    "slot_prefix": "/perennial/dev",
    "stack_prefix": "Dev-Serving-",
    "monitoring_stack_prefix": "Dev-Monitoring-",
    "name_prefix": "dev-",
    "group_prefix": "dev-",
    "next_stage": "Prod",
}
FAILED = Path(__file__).parents[1] / "events" / "states-execution-failed.json"
OF_A_VERSION = (
    *("Released", "Rolled back", "Waits for approval in Prod"),
    *("On trial", "Dropped", "Decide"),
)


def new_stack() -> cdk.Stack:
    """In an app without CloudFormation's own checks, which would only warn here, after seconds."""
    return cdk.Stack(cdk.App(builtin_cloud_formation_validation=False), "Dev-Operations")


def promotion(stack: cdk.Stack, **props: Any) -> Promotion:
    """The construct, with a topic and a key."""
    key = kms.Key(stack, "Key", enable_key_rotation=True)
    topic = sns.Topic(stack, "Topic", master_key=key, enforce_ssl=True)
    return Promotion(stack, "Promotion", topic=topic, key=key, **(PROPS | props))


def in_short(message: dict[str, str]) -> str:
    """What a message of the machine is about, and of which version: `Released 2`."""
    word = message["Subject"].partition(":")[0]
    if word not in OF_A_VERSION:
        return word
    [version, *_] = re.findall(rf"model-package/{GROUP}/(\d+)", message["Message"])
    return f"{word} {version}"


def by_the_machine(world: World) -> list[str]:
    """What the machine has told, in order and in short."""
    return [in_short(message) for message in world.messages]


def by_the_rule(world: World) -> list[str]:
    """What the rule has told of how the executions ended: `ended as ABORTED`."""
    ends = [text for arn, status in world.executions.items() for text in _of_an_end(arn, status)]
    return [re.findall(r"ended as [A-Z_]+", text)[0] for text in ends]


@cache
def _of_an_end(arn: str, status: str) -> tuple[str, ...]:
    """By the rule's own pattern and text, of AWS's documented event."""
    machine = arn.rpartition(":")[0].replace(":execution:", ":stateMachine:")
    event = json.loads(FAILED.read_text())
    event["detail"] |= {"executionArn": arn, "stateMachineArn": machine, "status": status}
    rule = json.loads(_rule().replace(json.dumps({"Ref": "MACHINE"}), json.dumps(machine)))
    if not matches(rule, event):
        return ()
    seen = eventbridge._pattern_event_view(eventbridge._event_from_test_payload(event))
    return tuple(
        eventbridge._apply_input_transformer(target["InputTransformer"], None, seen)
        for target in rule["Properties"]["Targets"]
    )


@cache
def _rule() -> str:
    """The rule of the construct's template, in JSON; the machine it is for is called MACHINE."""
    stack = new_stack()
    promotion(stack)
    template = assertions.Template.from_stack(stack).to_json()
    [name] = (n for n, r in template["Resources"].items() if r["Type"].endswith("::StateMachine"))
    return json.dumps(the(template, "AWS::Events::Rule")).replace(name, "MACHINE")


def archives_in(stack: cdk.Stack) -> Archives:
    """Versions of a stage that trains, and the bucket in which endpoints of another find them."""
    versions = VersionFiles(
        bucket=s3.Bucket.from_bucket_name(stack, "Versions", "versions"),
        prefix="dev-*",
        key_alias="alias/perennial-dev",
    )
    here = s3.Bucket.from_bucket_name(stack, "Here", "perennial-dev-artifacts")
    return Archives(versions=versions, bucket=here)


def where_versions_are_tried(stack: cdk.Stack, **props: Any) -> Promotion:
    """The construct that is told where comparisons lie."""
    bucket = s3.Bucket.from_bucket_name(stack, "Artifacts", "perennial-dev-artifacts")
    return promotion(stack, comparisons=bucket, **props)
