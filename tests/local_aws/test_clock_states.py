"""State machines, rules and stacks wait in virtual time."""

import io
import json
import time
import uuid
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.local_aws.later import DAY, Later
from tests.local_aws.stacks import Stack

pytestmark = pytest.mark.local_aws
ROLE = "arn:aws:iam::123456789012:role/states"


def wait(seconds: float, **members: Any) -> dict[str, Any]:
    return {"Type": "Wait", "Seconds": seconds, "End": True, **members}


def branch(state: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": "Only", "States": {"Only": {"End": True, **state}}}


def run(later: Later, state: dict[str, Any], given: Any = None) -> dict[str, Any]:
    """Run a machine of one state to its end, with the real seconds that it took."""
    states = later.client("stepfunctions")
    machine = states.create_state_machine(
        name=f"waits-{uuid.uuid4().hex}", definition=json.dumps(branch(state)), roleArn=ROLE
    )["stateMachineArn"]
    began = time.perf_counter()
    arn = states.start_execution(stateMachineArn=machine, input=json.dumps(given))["executionArn"]

    def ended() -> dict[str, Any] | None:
        found: dict[str, Any] = states.describe_execution(executionArn=arn)
        return None if found["status"] == "RUNNING" else found

    done: dict[str, Any] = later.until(ended)
    events = states.get_execution_history(executionArn=arn)["events"]
    return {**done, "events": events, "real": time.perf_counter() - began}


def duration(execution: dict[str, Any]) -> float:
    took: timedelta = execution["stopDate"] - execution["startDate"]
    return took.total_seconds()


def about(seconds: float) -> Any:
    """So many virtual seconds, and what the work between the waits took in real time."""
    return pytest.approx(seconds + 1, abs=1.1)


def test_three_days_pass_at_once_and_the_history_says_three_days(later: Later) -> None:
    done = run(later, wait(3 * DAY))
    assert done["status"] == "SUCCEEDED"
    assert done["real"] < 5  # 0.1 s on an idle machine
    entered, exited = (e["timestamp"] for e in done["events"] if e["type"].startswith("WaitState"))
    assert (exited - entered).total_seconds() == about(3 * DAY)


def test_a_wait_until_a_moment_ends_at_that_moment(later: Later) -> None:
    moment = datetime.fromtimestamp(later.aws.now() + 5 * DAY, UTC).replace(microsecond=0)
    done = run(later, {"Type": "Wait", "Timestamp": moment.isoformat().replace("+00:00", "Z")})
    assert 0 <= (done["stopDate"] - moment).total_seconds() < 1


def test_branches_wait_at_the_same_time_and_the_longest_decides(later: Later) -> None:
    branches = [branch(wait(seconds)) for seconds in (100, 5000, 700)]
    done = run(later, {"Type": "Parallel", "Branches": branches})
    assert (done["status"], duration(done)) == ("SUCCEEDED", about(5000))
    assert done["real"] < 5


@pytest.mark.parametrize(("at_once", "seconds"), [(0, 3000), (1, 6000), (2, 4000)])
def test_items_of_a_map_wait_together_as_far_as_they_may(
    later: Later, at_once: int, seconds: float
) -> None:
    each = branch({"Type": "Wait", "SecondsPath": "$"})
    state = {"Type": "Map", "MaxConcurrency": at_once, "ItemProcessor": each}
    done = run(later, state, [1000, 2000, 3000])
    assert (done["status"], duration(done)) == ("SUCCEEDED", about(seconds))
    assert json.loads(done["output"]) == [1000, 2000, 3000]


def test_retries_back_off_in_virtual_time(later: Later) -> None:
    retry = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 10, "BackoffRate": 2.0}
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:ssm:getParameter",
        "Parameters": {"Name": "/not/there"},
        "Retry": [{**retry, "MaxAttempts": 3}],
    }
    done = run(later, state)
    assert (done["status"], duration(done)) == ("FAILED", about(10 + 20 + 40))


def test_a_task_that_nobody_calls_back_times_out_in_virtual_time(later: Later) -> None:
    url = later.client("sqs").create_queue(QueueName=f"q-{uuid.uuid4().hex}")["QueueUrl"]
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": url, "MessageBody": {"token.$": "$$.Task.Token"}},
        "TimeoutSeconds": 7200,
    }
    done = run(later, state)
    assert (done["error"], duration(done)) == ("States.Timeout", about(7200))
    assert done["real"] < 5


def test_a_task_may_take_its_time_and_no_longer(later: Later) -> None:
    """A nested execution of two hours, with a limit of one and of three."""
    states = later.client("stepfunctions")
    inner = states.create_state_machine(
        name=f"inner-{uuid.uuid4().hex}", definition=json.dumps(branch(wait(7200))), roleArn=ROLE
    )["stateMachineArn"]
    outcomes = []
    for limit in (3600, 10800):
        state = {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {"StateMachineArn": inner},
            "TimeoutSeconds": limit,
        }
        done = run(later, state)
        outcomes.append((done["status"], duration(done)))
    assert outcomes == [("FAILED", about(3600)), ("SUCCEEDED", about(7200))]


@pytest.fixture
def rule(later: Later) -> Iterator[tuple[str, str]]:
    """The name of a rule and the URL of the queue that is its target."""
    events, sqs, name = later.client("events"), later.client("sqs"), f"rule-{uuid.uuid4().hex}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    events.put_rule(Name=name, ScheduleExpression="rate(1 day)", State="DISABLED")
    arn = f"arn:aws:sqs:us-east-1:123456789012:{name}"
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])
    yield name, url
    events.remove_targets(Rule=name, Ids=["queue"])
    events.delete_rule(Name=name)


def fired(later: Later, url: str) -> list[float]:
    """When the rule fired since the last time, by its own events."""
    sqs, times = later.client("sqs"), []
    while messages := sqs.receive_message(QueueUrl=url).get("Messages"):
        times.append(datetime.fromisoformat(json.loads(messages[0]["Body"])["time"]))
        sqs.delete_message(QueueUrl=url, ReceiptHandle=messages[0]["ReceiptHandle"])
    return sorted(moment.timestamp() for moment in times)


def test_a_rule_with_a_rate_fires_at_that_rate(later: Later, rule: tuple[str, str]) -> None:
    name, url = rule
    began = later.aws.now()
    later.client("events").put_rule(Name=name, ScheduleExpression="rate(2 hours)", State="ENABLED")
    later.pass_time(7 * 3600)
    times = fired(later, url)
    assert times == pytest.approx([began + hours * 3600 for hours in (2, 4, 6)], abs=5)


def test_a_rule_with_a_cron_expression_fires_on_the_minute(
    later: Later, rule: tuple[str, str]
) -> None:
    name, url = rule
    later.client("events").put_rule(
        Name=name, ScheduleExpression="cron(30 6 * * ? *)", State="ENABLED"
    )
    later.pass_time(2 * DAY)
    times = [datetime.fromtimestamp(moment, UTC) for moment in fired(later, url)]
    assert [f"{moment:%H:%M}" for moment in times] == ["06:30", "06:30"]
    assert times[1] - times[0] == timedelta(days=1)


def test_a_rule_that_is_disabled_or_deleted_fires_no_more(
    later: Later, rule: tuple[str, str]
) -> None:
    name, url = rule
    events = later.client("events")
    events.put_rule(Name=name, ScheduleExpression="rate(1 hour)", State="ENABLED")
    events.disable_rule(Name=name)
    later.pass_time(3 * 3600)
    assert fired(later, url) == []
    enabled = later.aws.now()
    events.enable_rule(Name=name)
    later.pass_time(1.5 * 3600)
    assert fired(later, url) == pytest.approx([enabled + 3600], abs=5)
    events.delete_rule(Name=name, Force=True)
    later.pass_time(3 * 3600)
    assert fired(later, url) == []


def test_a_custom_resource_that_never_answers_costs_its_timeout_of_virtual_time(
    later: Later,
) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as files:
        files.writestr("index.py", "def handler(event, context): pass")
    name = f"mute-{uuid.uuid4().hex[:8]}"
    function = later.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.11",
        Handler="index.handler",
        Role="arn:aws:iam::123456789012:role/function",
        Code={"ZipFile": code.getvalue()},
    )["FunctionArn"]
    properties = {"ServiceToken": function, "ServiceTimeout": 3000}
    resource = {"Type": "AWS::CloudFormation::CustomResource", "Properties": properties}
    began, cloudformation = later.aws.now(), later.client("cloudformation")
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=json.dumps({"Resources": {"Mute": resource}}),
        OnFailure="DO_NOTHING",
    )

    def failed() -> bool:
        (found,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        return bool(found["StackStatus"] == "CREATE_FAILED")

    assert later.until(failed)
    assert later.aws.now() - began == pytest.approx(3000, abs=60)
    assert "timed out after 3000s" in Stack(cloudformation, name).reasons()
