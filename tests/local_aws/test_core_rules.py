"""Rules of the event bus: what starts a state machine, and where undelivered events go."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.local_aws.stacks import eventually

pytestmark = pytest.mark.local_aws
ROLE = "arn:aws:iam::123456789012:role/events"


def rule(client: Callable[[str], Any], source: str, **target: Any) -> None:
    events = client("events")
    events.put_rule(Name=source, EventPattern=json.dumps({"source": [source]}))
    events.put_targets(Rule=source, Targets=[{"Id": "1", "RoleArn": ROLE, **target}])
    entry = {"Source": source, "DetailType": "Probe", "Detail": json.dumps({"arn": "a:b/1"})}
    events.put_events(Entries=[entry])


def test_an_input_transformer_makes_the_input_of_a_state_machine(
    client: Callable[[str], Any],
) -> None:
    states, name = client("stepfunctions"), f"transformed-{uuid.uuid4().hex}"
    definition = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    machine = states.create_state_machine(
        name=name, definition=json.dumps(definition), roleArn=ROLE
    )["stateMachineArn"]
    transformer = {
        "InputPathsMap": {"arn": "$.detail.arn", "id": "$.id"},
        "InputTemplate": '{"package": <arn>, "model": "flight-delay", "event": <id>}',
    }
    rule(client, name, Arn=machine, InputTransformer=transformer)
    (started,) = eventually(lambda: states.list_executions(stateMachineArn=machine)["executions"])
    given = json.loads(states.describe_execution(executionArn=started["executionArn"])["input"])
    assert given["package"] == "a:b/1"
    assert given["model"] == "flight-delay"
    assert uuid.UUID(given["event"])


def test_an_event_that_no_target_takes_ends_in_the_dead_letter_queue(
    client: Callable[[str], Any],
) -> None:
    sqs, name = client("sqs"), f"undelivered-{uuid.uuid4().hex}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    rule(
        client,
        name,
        Arn="arn:aws:states:us-east-1:123456789012:stateMachine:nobody-made-this",
        DeadLetterConfig={"Arn": queue["QueueArn"]},
        RetryPolicy={"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60},
    )
    (message,) = eventually(
        lambda: sqs.receive_message(
            QueueUrl=url, WaitTimeSeconds=1, MessageAttributeNames=["All"]
        ).get("Messages"),
        seconds=10,
    )
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "StateMachineDoesNotExist"
    assert json.loads(message["Body"])["source"] == name
