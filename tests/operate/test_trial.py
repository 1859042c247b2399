"""What the operator's command says of a version on trial, and does with a person's decision."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from local_aws.launch import LocalAws
from tests.operate.conftest import Said
from tests.operate.stage import MODEL, STAMP, SmallStage

pytestmark = pytest.mark.local_aws

Operate = Callable[..., Said]
FLIGHTS = ("--stage", "Dev", "--model", MODEL)
TRIAL = {"kind": "split", "hours": 48, "decides": "person", "bucket": "artifacts"}
WHY = ("--reason", "the page looks right", "--yes")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallStage]:
    """Version 1 serves, and version 2 is tried beside it."""
    with LocalAws.start(tmp_path_factory.mktemp("trial")) as aws:
        stage = SmallStage(aws)
        stage.deploy(trial=TRIAL)
        first, second = stage.register("one"), stage.register("two")
        stage.serve(first, "config-both", beside=second)
        yield stage


def begun(stage: SmallStage) -> datetime:
    described = stage.client("sagemaker").describe_endpoint_config(EndpointConfigName="config-both")
    moment: datetime = described["CreationTime"]
    return moment


def test_status_says_who_is_tried_how_and_until_when(stage: SmallStage, operate: Operate):
    text = " ".join(operate("status", *FLIGHTS).out.split())
    until = begun(stage) + timedelta(hours=48)
    assert f"trial version 2 by weight, since {begun(stage):%Y-%m-%d %H:%M}" in text
    assert f"until {until:%Y-%m-%d %H:%M}" in text
    assert "serves version 1, Approved" in text
    assert f"version 2, on trial, for the comparison at {until:%Y-%m-%d %H:%M} UTC" in text


def test_requests_are_counted_for_each_of_the_two(stage: SmallStage, operate: Operate):
    for variant, count in (("AllTraffic", 1200), ("Challenger", 130)):
        dimensions = {
            "EndpointName": stage.resource,
            "VariantName": variant,
            "EndpointConfigName": "config-both",
        }
        stage.client("cloudwatch").put_metric_data(
            Namespace="AWS/SageMaker",
            MetricData=[
                {
                    "MetricName": "Invocations",
                    "Value": count,
                    "Dimensions": [{"Name": n, "Value": v} for n, v in dimensions.items()],
                }
            ],
        )
    text = " ".join(operate("status", *FLIGHTS).out.split())
    assert "130 requests, and 1,200 by the version that serves" in text
    [told] = json.loads(operate("status", *FLIGHTS, "--json").out)
    assert told["trial"]["requests"] == {"AllTraffic": 1200, "Challenger": 130}
    assert told["trial"]["version"]["arn"] == stage.packages[1]


def test_a_person_who_was_asked_is_waited_for(stage: SmallStage, operate: Operate):
    stage.client("sagemaker").update_model_package(
        ModelPackageArn=stage.packages[1],
        CustomerMetadataProperties={STAMP: "undecided config-both"},
    )
    text = " ".join(operate("status", *FLIGHTS).out.split())
    assert "version 2, on trial, for a person to decide [docs/how-to/compare.md]" in text


def test_nothing_is_decided_without_a_yes(stage: SmallStage, operate: Operate):
    said = operate("decide", "drop", *FLIGHTS, "--reason", "it is odd")
    assert said.code == 1
    assert "give --yes for: Version 2 is dropped: it leaves" in said.err
    assert stage.parameter(f"{stage.parameters}/decision") is None


@pytest.mark.parametrize("word", ["drop", "promote"])
def test_a_decision_names_the_trial_and_starts_a_promotion(
    stage: SmallStage, operate: Operate, word: str
):
    said = operate("decide", word, *FLIGHTS, *WHY)
    assert (said.code, said.err) == (0, "")
    written = stage.parameter(f"{stage.parameters}/decision")
    assert written is not None
    assert written.startswith(f"{word} config-both (by arn:aws:")
    assert written.endswith(": the page looks right)")
    [newest, *_] = stage.executions("promotion")
    assert newest["reason"].startswith(f"a person decided: {word} {stage.packages[1]}")
    assert newest["trial"] == TRIAL


def test_a_decision_needs_a_model(operate: Operate):
    said = operate("decide", "drop", "--stage", "Dev", *WHY)
    assert (said.code, said.out) == (1, "")
    assert "decide needs --model, one of flight-delay" in said.err


def test_without_a_version_on_trial_there_is_nothing_to_decide(
    stage: SmallStage, operate: Operate, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("operate.served._variant", lambda account, config, which: None)
    said = operate("decide", "promote", *FLIGHTS, *WHY)
    assert said.code == 1
    assert "no version of model flight-delay in stage Dev is on trial at this moment" in said.err
