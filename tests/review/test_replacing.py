"""What stops or is replaced. What is expected is CloudFormation's documentation of each property
("Update requires: Replacement"), not what the engine or the schemas were seen to say."""

from typing import Any

import pytest

from review.engine import impacts
from review.findings import Stopped
from review.replacing import stopped
from review.resources import StackPair
from tests.review.handmade import pair, stack, template

ENDPOINT, CONFIG = "AWS::SageMaker::Endpoint", "AWS::SageMaker::EndpointConfig"
JOB, ALARM = "AWS::SageMaker::DataQualityJobDefinition", "AWS::CloudWatch::Alarm"
GROUP = "AWS::SageMaker::ModelPackageGroup"
VARIANT = {"VariantName": "All", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
TAGS = [{"Key": "team", "Value": "flights"}]


def serving(instance_type: str) -> dict[str, Any]:
    """A config, an alarm with its name in its own, and an endpoint that has both."""
    config = {"Fn::GetAtt": ["Config", "EndpointConfigName"]}
    return template(
        Config={
            "Type": CONFIG,
            "Properties": {"ProductionVariants": [{**VARIANT, "InstanceType": instance_type}]},
            "UpdateReplacePolicy": "Retain",
        },
        Alarm=(ALARM, {"AlarmName": {"Fn::Join": ["-", ["latency", config]]}, "Threshold": 1}),
        Endpoint=(ENDPOINT, {"EndpointName": "live", "EndpointConfigName": config}),
    )


def conditional(condition: Any) -> dict[str, Any]:
    made = template(One={"Type": "AWS::SNS::Topic", "Properties": {}, "Condition": "Wanted"})
    return {**made, "Conditions": {"Wanted": condition}}


def tagged(stack_tags: dict[str, str]) -> Any:
    return stack(template(Job=(JOB, {"RoleArn": "r"})), "tags", tags=stack_tags)


def bucket(policy: str) -> dict[str, Any]:
    return template(One={"Type": "AWS::S3::Bucket", "DeletionPolicy": policy})


CASES = {
    case.name: case
    for case in (
        pair(
            template(One=(ENDPOINT, {"EndpointName": "a", "EndpointConfigName": "c"})),
            template(One=(ENDPOINT, {"EndpointName": "b", "EndpointConfigName": "c"})),
            "renamed",
        ),
        pair(
            template(One=(ENDPOINT, {"EndpointName": "a", "EndpointConfigName": "c"})),
            template(One=(ENDPOINT, {"EndpointName": "a", "EndpointConfigName": "d"})),
            "in place",
        ),
        pair(serving("ml.m5.large"), serving("ml.m5.xlarge"), "followers"),
        pair(template(One=(JOB, {})), template(One=(JOB, {"Tags": TAGS})), "tag of a job"),
        pair(template(One=(CONFIG, {})), template(One=(CONFIG, {"Tags": TAGS})), "tag of a config"),
        pair(
            template(One=(GROUP, {"ModelPackageGroupName": "g"})),
            template(
                One=(
                    GROUP,
                    {"ModelPackageGroupName": "g", "ModelPackageGroupDescription": "Flights"},
                )
            ),
            "fixed name",
        ),
        pair(bucket("Delete"), template(), "removed"),
        pair(bucket("Retain"), template(), "kept"),
        pair(
            template(Old=(ENDPOINT, {"EndpointName": "a", "EndpointConfigName": "c"})),
            template(New=(ENDPOINT, {"EndpointName": "a", "EndpointConfigName": "c"})),
            "moved",
        ),
        pair(bucket("Delete"), None, "no longer there"),
        pair(None, bucket("Delete"), "new"),
        pair(conditional(True), conditional(False), "condition"),
        pair(template(One=("AWS::SNS::Topic", {})), template(One=("AWS::SQS::Queue", {})), "type"),
        StackPair("tags", tagged({"team": "a"}), tagged({"team": "b"})),
        StackPair(
            "away",
            stack(bucket("Delete"), "away"),
            stack(bucket("Delete"), "away", environment="aws://123456789012/eu-west-1"),
        ),
    )
}


@pytest.fixture(scope="module")
def found() -> dict[str, list[Stopped]]:
    """Case to findings; the engine is asked once."""
    pairs = list(CASES.values())
    by_case: dict[str, list[Stopped]] = {name: [] for name in CASES}
    for one in stopped(pairs, impacts(pairs)):
        by_case[one.thing.stack].append(one)
    return by_case


def test_an_endpoint_with_another_name_is_replaced_and_the_name_is_why(
    found: dict[str, list[Stopped]],
):
    [one] = found["renamed"]
    assert (one.fate, one.thing.noun, one.thing.name) == ("replaced", "endpoint", "a")
    [cause] = one.causes
    assert (cause.property, cause.before, cause.after) == ("EndpointName", "a", "b")
    assert "`EndpointName` can't be changed in place" in cause.why


def test_an_endpoint_with_another_config_stays(found: dict[str, list[Stopped]]):
    assert found["in place"] == []


def test_what_has_the_name_of_a_replaced_config_is_replaced_with_it(
    found: dict[str, list[Stopped]],
):
    config, alarm = sorted(found["followers"], key=lambda one: one.thing.noun, reverse=True)
    assert config.causes[0].property == "ProductionVariants[All].InstanceType"
    assert config.notes == (
        "the old one stays, outside of the stack",
        "endpoint `live` moves to it, by a release",
    )
    assert (alarm.thing.noun, alarm.fate, alarm.follows) == ("alarm", "replaced", "Config")


def test_a_tag_replaces_a_job_definition_but_not_an_endpoint_config(
    found: dict[str, list[Stopped]],
):
    [one] = found["tag of a job"]
    assert (one.fate, one.causes[0].property) == ("replaced", "Tags")
    assert found["tag of a config"] == []


def test_a_tag_of_the_stack_may_replace_a_job_definition(found: dict[str, list[Stopped]]):
    [one] = found["tags"]
    assert (one.fate, one.causes[0].property) == ("may be replaced", "the stack's tags")


def test_what_is_replaced_under_a_name_that_stays_can_not_be_deployed(
    found: dict[str, list[Stopped]],
):
    [one] = found["fixed name"]
    assert one.causes[0].property == "ModelPackageGroupDescription"
    assert "`g` does not change" in one.notes[0]
    assert one.notes[0].endswith("the deployment fails")


def test_what_leaves_its_stack_is_deleted_unless_its_policy_keeps_it(
    found: dict[str, list[Stopped]],
):
    assert [one.fate for one in found["removed"]] == ["removed"]
    assert [one.fate for one in found["kept"]] == ["left behind"]


def test_what_comes_back_under_its_name_is_said_to_collide(found: dict[str, list[Stopped]]):
    [one] = found["moved"]
    assert one.fate == "removed"
    assert "`New` in moved takes its name, which is still taken then" in one.notes[0]


def test_a_stack_that_is_no_longer_in_the_app_stays_as_it_is(found: dict[str, list[Stopped]]):
    [one] = found["no longer there"]
    assert (one.fate, one.thing.noun) == ("left behind", "stack")


def test_a_new_stack_stops_nothing(found: dict[str, list[Stopped]]):
    assert found["new"] == []


def test_another_condition_may_remove_what_it_decides_on(found: dict[str, list[Stopped]]):
    [one] = found["condition"]
    assert (one.fate, one.causes[0].property) == ("may be removed", "Condition Wanted")


def test_another_type_is_another_resource(found: dict[str, list[Stopped]]):
    [one] = found["type"]
    assert (one.fate, one.causes[0].before, one.causes[0].after) == (
        "replaced",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
    )


def test_a_stack_in_another_account_is_made_anew_there(found: dict[str, list[Stopped]]):
    [one] = found["away"]
    assert one.fate == "moves away"
    assert "aws://123456789012/eu-west-1" in one.notes[0]
