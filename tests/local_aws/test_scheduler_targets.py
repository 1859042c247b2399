"""Each kind of target is called; schedules deployed by CDK start what they should."""

import io
import json
import uuid
import zipfile
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_scheduler as scheduling
from aws_cdk import aws_scheduler_targets as schedule_targets
from aws_cdk import aws_stepfunctions as sfn

from tests.local_aws.definitions import definition
from tests.local_aws.stacks import Stack, eventually
from tests.local_aws.workshop import Workshop

pytestmark = pytest.mark.local_aws
ROLE = "arn:aws:iam::123456789012:role/scheduler"


class Now:
    """Schedules that fire as soon as they are made, and a queue for what arrives."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self.client = client
        self.name = f"now-{uuid.uuid4().hex[:8]}"
        self._sqs = client("sqs")
        self.url = self._sqs.create_queue(QueueName=self.name)["QueueUrl"]
        self.queue = f"arn:aws:sqs:us-east-1:123456789012:{self.name}"

    def fire(self, arn: str, **members: Any) -> None:
        self.client("scheduler").create_schedule(
            Name=f"{self.name}-{uuid.uuid4().hex[:6]}",
            ScheduleExpression="rate(12 hours)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": arn, "RoleArn": ROLE, **members},
        )

    def arrived(self) -> dict[str, Any]:
        """The first message that arrives."""

        def look() -> Any:
            found = self._sqs.receive_message(QueueUrl=self.url, MessageAttributeNames=["All"])
            return found.get("Messages")

        message: dict[str, Any] = eventually(look, seconds=20)[0]
        return message


@pytest.fixture
def now(client: Callable[[str], Any]) -> Now:
    return Now(client)


def test_a_queue_gets_the_input_as_it_is(now: Now) -> None:
    now.fire(now.queue, Input="a text, no JSON")
    assert now.arrived()["Body"] == "a text, no JSON"


def test_a_target_without_input_gets_a_notification(now: Now) -> None:
    now.fire(now.queue)
    event = json.loads(now.arrived()["Body"])
    assert (event["source"], event["detail-type"]) == ("aws.scheduler", "Scheduled Event")
    assert event["resources"][0].startswith("arn:aws:scheduler:us-east-1:123456789012:schedule/")


def test_a_topic_publishes_the_input(now: Now) -> None:
    topic = now.client("sns").create_topic(Name=now.name)["TopicArn"]
    now.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=now.queue)
    now.fire(topic, Input="news")
    assert json.loads(now.arrived()["Body"])["Message"] == "news"


def test_a_bus_gets_an_event_whose_detail_is_the_input(now: Now) -> None:
    events = now.client("events")
    events.put_rule(Name=now.name, EventPattern=json.dumps({"source": [now.name]}))
    events.put_targets(Rule=now.name, Targets=[{"Id": "1", "Arn": now.queue}])
    bus = "arn:aws:events:us-east-1:123456789012:event-bus/default"
    parameters = {"DetailType": "Tick", "Source": now.name}
    now.fire(
        bus, EventBridgeParameters=parameters, Input='{"at": "<aws.scheduler.scheduled-time>"}'
    )
    event = json.loads(now.arrived()["Body"])
    assert event["detail-type"] == "Tick"
    assert event["detail"]["at"].endswith("Z")


def test_a_function_is_invoked_with_the_input(now: Now) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr(
            "index.py",
            "import boto3\ndef handler(event, context):\n"
            "    boto3.client('sqs').send_message(QueueUrl=event['url'], MessageBody='invoked')\n",
        )
    made = now.client("lambda").create_function(
        FunctionName=now.name,
        Runtime="python3.11",
        Handler="index.handler",
        Role=ROLE,
        Code={"ZipFile": archive.getvalue()},
        Timeout=30,
    )
    now.fire(made["FunctionArn"], Input=json.dumps({"url": now.url}))
    assert now.arrived()["Body"] == "invoked"


def test_a_pipeline_starts_with_its_parameters(now: Now) -> None:
    workshop = Workshop(now.client)
    text = definition(parameters=[{"Name": "Reason", "Type": "String"}])
    name = workshop.pipeline(text)
    parameters = {"PipelineParameterList": [{"Name": "Reason", "Value": "schedule"}]}
    arn = f"arn:aws:sagemaker:us-east-1:123456789012:pipeline/{name}"
    now.fire(arn, SageMakerPipelineParameters=parameters)
    (execution, *_) = eventually(lambda: executions(workshop, name))
    assert parameters_of(workshop, execution) == {"Reason": "schedule"}


def test_a_universal_target_writes_in_pascal_case_what_the_api_writes_otherwise(now: Now) -> None:
    machine = succeeding(now)
    given = json.dumps({"StateMachineArn": machine, "Input": '{"by": "schedule"}'})
    now.fire("arn:aws:scheduler:::aws-sdk:sfn:startExecution", Input=given)
    assert machine_input(now, machine) == {"by": "schedule"}


def test_a_call_that_the_api_refuses_ends_in_the_dead_letter_queue(now: Now) -> None:
    now.fire(
        "arn:aws:scheduler:::aws-sdk:sqs:sendMessage",
        Input=json.dumps({"QueueUrl": f"{now.url}-gone", "MessageBody": "lost"}),
        RetryPolicy={"MaximumRetryAttempts": 0},
        DeadLetterConfig={"Arn": now.queue},
    )
    message = now.arrived()
    assert json.loads(message["Body"])["MessageBody"] == "lost"
    said = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    # AWS's documented dead-letter event has this code, and these attributes.
    assert said["ERROR_CODE"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert said.keys() == {
        "ERROR_CODE",
        "ERROR_MESSAGE",
        "EXECUTION_ID",
        "EXHAUSTED_RETRY_CONDITION",
        "IS_PAYLOAD_TRUNCATED",
        "RETRY_ATTEMPTS",
        "SCHEDULED_TIME",
        "SCHEDULE_ARN",
        "TARGET_ARN",
    }


def app(name: str, pipeline: str, *, tags: dict[str, str] | None = None) -> dict[str, Any]:
    """A CDK stack with a group, a schedule for a pipeline and one for a state machine."""
    stack = cdk.Stack(
        cdk.App(),
        name,
        synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
    )
    group = scheduling.ScheduleGroup(stack, "Group", removal_policy=cdk.RemovalPolicy.DESTROY)
    for key, value in (tags or {}).items():
        cdk.Tags.of(group).add(key, value)
    start = {
        "PipelineName": pipeline,
        "ClientRequestToken": f"monitor-one-window-{scheduling.ContextAttribute.scheduled_time}",
        "PipelineParameters": [
            {"Name": "WindowEnd", "Value": scheduling.ContextAttribute.scheduled_time}
        ],
    }
    daily = scheduling.ScheduleExpression.rate(cdk.Duration.days(1))
    scheduling.Schedule(
        stack,
        "Pipeline",
        schedule=daily,
        schedule_group=group,
        target=schedule_targets.Universal(
            service="sagemaker",
            action="startPipelineExecution",
            input=scheduling.ScheduleTargetInput.from_object(start),
        ),
    )
    machine = sfn.StateMachine(
        stack, "Machine", definition_body=sfn.DefinitionBody.from_chainable(sfn.Succeed(stack, "S"))
    )
    scheduling.Schedule(
        stack,
        "State",
        schedule=daily,
        target=schedule_targets.StepFunctionsStartExecution(
            machine, input=scheduling.ScheduleTargetInput.from_object({"by": "schedule"})
        ),
    )
    cdk.CfnOutput(stack, "MachineArn", value=machine.state_machine_arn)
    cdk.CfnOutput(stack, "GroupName", value=group.schedule_group_name)
    return dict(assertions.Template.from_stack(stack).to_json())


def test_schedules_of_a_cdk_app_start_a_pipeline_and_a_state_machine(now: Now) -> None:
    workshop = Workshop(now.client)
    name = workshop.pipeline(definition(parameters=[{"Name": "WindowEnd", "Type": "String"}]))
    stack = Stack(now.client("cloudformation"), now.name)
    assert stack.create(app(now.name, name))["StackStatus"] == "CREATE_COMPLETE", stack.reasons()
    (execution,) = eventually(lambda: executions(workshop, name))
    assert parameters_of(workshop, execution)["WindowEnd"].endswith("Z")
    assert machine_input(now, stack.outputs()["MachineArn"]) == {"by": "schedule"}

    group = stack.outputs()["GroupName"]
    scheduler = now.client("scheduler")
    (listed,) = scheduler.list_schedules(GroupName=group)["Schedules"]
    assert (
        stack.update(app(now.name, name, tags={"team": "flights"}))["StackStatus"]
        == "UPDATE_COMPLETE"
    )
    arn = scheduler.get_schedule_group(Name=group)["Arn"]
    tags = {
        tag["Key"]: tag["Value"]
        for tag in scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"]
    }
    assert tags["team"] == "flights"
    stack.delete()
    left = [each["Name"] for each in scheduler.list_schedules()["Schedules"]]
    assert listed["Name"] not in left
    assert group not in [g["Name"] for g in scheduler.list_schedule_groups()["ScheduleGroups"]]


def test_a_schedule_that_aws_refuses_fails_its_stack_in_the_apis_words(now: Now) -> None:
    template = app(now.name, "nobody")
    (schedule, *_) = [
        each for each in template["Resources"].values() if each["Type"].endswith("::Schedule")
    ]
    schedule["Properties"]["ScheduleExpression"] = "rate(10 seconds)"
    stack = Stack(now.client("cloudformation"), now.name)
    assert stack.create(template)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "Invalid Schedule Expression rate(10 seconds)." in stack.reasons()


def executions(workshop: Workshop, name: str) -> list[str]:
    listed = workshop.sagemaker.list_pipeline_executions(PipelineName=name)
    return [each["PipelineExecutionArn"] for each in listed["PipelineExecutionSummaries"]]


def parameters_of(workshop: Workshop, execution: str) -> dict[str, str]:
    listed = workshop.sagemaker.list_pipeline_parameters_for_execution(
        PipelineExecutionArn=execution
    )
    return {each["Name"]: each["Value"] for each in listed["PipelineParameters"]}


def succeeding(now: Now) -> str:
    text = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    made = now.client("stepfunctions").create_state_machine(
        name=now.name, definition=json.dumps(text), roleArn=ROLE
    )
    return str(made["stateMachineArn"])


def machine_input(now: Now, machine: str) -> Any:
    states = now.client("stepfunctions")
    (started, *_) = eventually(
        lambda: states.list_executions(stateMachineArn=machine)["executions"]
    )
    return json.loads(states.describe_execution(executionArn=started["executionArn"])["input"])
