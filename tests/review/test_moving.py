"""An endpoint that would be served in another way is told before AWS refuses it."""

from typing import Any

import pytest

from review.failing import demands, found
from review.findings import Review
from review.moving import moved
from review.page.dangers import stopped_lines
from review.page.headline import headline
from review.resources import StackPair
from tests.review.handmade import pair, template

VARIANT = {"VariantName": "AllTraffic", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
INSTANCES = {"ProductionVariants": [VARIANT]}
SERVERLESS = {"ProductionVariants": [{"VariantName": "AllTraffic", "ServerlessConfig": {}}]}
QUEUE = {**INSTANCES, "AsyncInferenceConfig": {"OutputConfig": {}}}


def served(config: dict[str, Any], logical_id: str = "Config") -> dict[str, Any]:
    name = {"Fn::GetAtt": [logical_id, "EndpointConfigName"]}
    endpoint = {"EndpointName": "dev-churn", "EndpointConfigName": name}
    return template(
        Endpoint=("AWS::SageMaker::Endpoint", endpoint),
        **{logical_id: ("AWS::SageMaker::EndpointConfig", config)},
    )


def change(before: dict[str, Any], after: dict[str, Any]) -> list[StackPair]:
    return [pair(served(before), served(after, "OtherConfig"))]


REFUSED = [
    (INSTANCES, SERVERLESS, "AWS makes no endpoint serverless that is not"),
    (QUEUE, SERVERLESS, "AWS makes no endpoint serverless that is not"),
    (INSTANCES, QUEUE, "AWS documents no update that gives an endpoint a queue"),
    (SERVERLESS, QUEUE, "AWS documents no update that gives an endpoint a queue"),
    (QUEUE, INSTANCES, "AWS documents no update that takes an endpoint its queue"),
]


@pytest.mark.parametrize(("before", "after", "why"), REFUSED)
def test_what_aws_does_not_do_in_place_is_told(
    before: dict[str, Any], after: dict[str, Any], why: str
):
    [one] = moved(change(before, after))
    assert (one.thing.name, one.fate) == ("dev-churn", "refused")
    [cause] = one.causes
    assert cause.why == why
    assert "docs/how-to/serve.md" in one.notes[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [(INSTANCES, INSTANCES), (SERVERLESS, INSTANCES), (SERVERLESS, SERVERLESS), (QUEUE, QUEUE)],
)
def test_what_aws_does_in_place_is_not(before: dict[str, Any], after: dict[str, Any]):
    assert not list(moved(change(before, after)))


def test_an_endpoint_whose_config_is_not_in_the_template_is_left_alone():
    named = {"EndpointName": "dev-churn", "EndpointConfigName": "made-elsewhere"}
    other = template(Endpoint=("AWS::SageMaker::Endpoint", named))
    assert not list(moved([pair(served(INSTANCES), other)]))


def test_the_page_begins_with_it_and_a_check_can_fail_for_it():
    review = Review(base="a", head="b", stopped=tuple(moved(change(INSTANCES, SERVERLESS))))
    assert headline(review) == "### Review: 1 refused (endpoint)"
    [line] = stopped_lines(review)
    assert line.startswith("- endpoint `dev-churn` ") or "**is refused**" in line
    assert "on instances" in line and "serverless" in line
    assert found(review, demands(["refusal:endpoint"])) == ["--fail-on refusal:endpoint: 1 found"]
    assert not found(review, demands(["removal", "replacement"]))
