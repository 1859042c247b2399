"""The deployed machine with a pipeline that runs: two people ask at once, and one run starts.

The lock is that of an execution that is gone.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import aws_cdk as cdk
import boto3
import pytest
from aws_cdk import assertions
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs

from local_aws.launch import ACCOUNT, REGION, LocalAws
from mlops_constructs.retraining import Retraining
from tests.local_aws.definitions import definition, fail
from tests.promotion.stage import eventually
from tests.retraining.names import GROUP, LOCK, PIPELINE, REQUEST, SLOT, asked

pytestmark = pytest.mark.local_aws

MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:dev-retraining"
DEAD = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:dev-retraining:no-such-execution"
PARAMETERS = ("Reason", "DataVersion", "ChampionPackageArn", "ChampionModelUri")


def operations_template() -> str:
    """The construct, with a queue that hears what its topic tells."""
    synthesizer = cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False)
    app = cdk.App(builtin_cloud_formation_validation=False)
    stack = cdk.Stack(app, "Dev-Operations", synthesizer=synthesizer)
    key = kms.Key(stack, "Key", enable_key_rotation=True)
    topic = sns.Topic(stack, "Topic", master_key=key)
    queue = sqs.Queue(stack, "Queue", queue_name="heard")
    topic.add_subscription(subscriptions.SqsSubscription(queue, raw_message_delivery=True))
    Retraining(
        stack,
        "Retraining",
        state_machine_name="dev-retraining",
        slot_prefix="/perennial/dev",
        name_prefix="dev-",
        topic=topic,
        key=key,
    )
    return json.dumps(assertions.Template.from_stack(stack).to_json())


def training_template() -> str:
    """A pipeline with the parameters that a retraining gives, and the group of its versions."""
    parameters = [{"Name": n, "Type": "String", "DefaultValue": "none"} for n in PARAMETERS]
    body = definition(fail("Gate", "the gate fails"), parameters=parameters)
    pipeline = {
        "PipelineName": PIPELINE,
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/pipeline",
        "PipelineDefinition": {"PipelineDefinitionBody": body},
    }
    group = {"ModelPackageGroupName": GROUP}
    return json.dumps(
        {
            "Resources": {
                "Pipeline": {"Type": "AWS::SageMaker::Pipeline", "Properties": pipeline},
                "Group": {"Type": "AWS::SageMaker::ModelPackageGroup", "Properties": group},
            }
        }
    )


@dataclass
class Stage:
    """Clients of a local AWS on which the stage is deployed."""

    aws: LocalAws
    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """The boto3 client."""
        if service not in self.clients:
            self.clients[service] = boto3.client(service, **self.aws.client_arguments())
        return self.clients[service]

    def deploy(self) -> None:
        """The slot, the machine and the pipeline."""
        self.client("ssm").put_parameter(Name=SLOT, Type="StringList", Value="NONE,NONE")
        stacks = self.client("cloudformation")
        for name, template in (
            ("Dev-Operations", operations_template()),
            ("Dev-Training-flight-delay", training_template()),
        ):
            stacks.create_stack(
                StackName=name, TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"]
            )
            waiter = stacks.get_waiter("stack_create_complete")
            waiter.wait(StackName=name, WaiterConfig={"Delay": 0.05, "MaxAttempts": 1200})

    def ask(self, trigger: str, reason: str) -> str:
        """Starts an execution; its ARN."""
        given = json.dumps(asked(trigger, reason, alarms=[]))
        arn: str = self.client("stepfunctions").start_execution(
            stateMachineArn=MACHINE, input=given
        )["executionArn"]
        return arn

    def end(self, execution: str) -> dict[str, Any]:
        """The execution once it has ended."""

        def look() -> dict[str, Any] | None:
            found: dict[str, Any] = self.client("stepfunctions").describe_execution(
                executionArn=execution
            )
            return None if found["status"] == "RUNNING" else found

        return eventually(look, "the end of the retraining", wait=lambda: self.aws.wait(60))

    def runs(self) -> list[dict[str, Any]]:
        """The pipeline's executions, the newest first."""
        found: list[dict[str, Any]] = self.client("sagemaker").list_pipeline_executions(
            PipelineName=PIPELINE
        )["PipelineExecutionSummaries"]
        return found

    def heard(self) -> list[str]:
        """What people were told."""
        queue = self.client("sqs")
        url = queue.get_queue_url(QueueName="heard")["QueueUrl"]
        found = queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=5)
        return [message["Body"] for message in found.get("Messages", [])]


@dataclass(frozen=True)
class Asked:
    """What came of two people who asked at once, and of a re-check after them."""

    stage: Stage
    pair: list[dict[str, Any]]
    recheck: dict[str, Any]
    heard: list[str]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    with LocalAws.start(tmp_path_factory.mktemp("retraining")) as aws:
        stage = Stage(aws)
        stage.deploy()
        # Taking over takes five seconds, so that the second one asks before the run has begun.
        stage.client("ssm").put_parameter(Name=LOCK, Type="String", Value=DEAD)
        executions = [stage.ask("person", reason) for reason in ("prices changed", "I too")]
        pair = [stage.end(execution) for execution in executions]
        recheck = stage.end(stage.ask("re-check", "daily"))
        yield Asked(stage, pair, recheck, stage.heard())


def test_two_who_ask_at_once_get_one_run(both: Asked):
    assert [found["status"] for found in both.pair] == ["SUCCEEDED"] * 2
    assert len(both.stage.runs()) == 1
    outcomes = [json.loads(found["output"])["outcome"] for found in both.pair]
    assert "started" in outcomes
    assert set(outcomes) <= {"started", "no need", "left to the holder of the lock"}


def test_the_run_has_its_reason_and_the_version_of_its_data(both: Asked):
    [run] = both.stage.runs()
    listed = both.stage.client("sagemaker").list_pipeline_parameters_for_execution(
        PipelineExecutionArn=run["PipelineExecutionArn"]
    )["PipelineParameters"]
    values = {parameter["Name"]: parameter["Value"] for parameter in listed}
    assert values["Reason"] in ("person: prices changed", "person: I too")
    assert values["DataVersion"].startswith("as of 20")
    assert values["ChampionPackageArn"] == values["ChampionModelUri"] == "none"


def test_a_re_check_finds_that_everybody_was_served(both: Asked):
    assert json.loads(both.recheck["output"])["outcome"] == "no need"


def test_people_hear_of_the_run_and_of_nothing_else(both: Asked):
    [run] = both.stage.runs()
    [message] = both.heard
    assert f"{run['PipelineExecutionArn']} was started" in message
    assert "Reason: person: " in message


def test_the_lock_is_free_and_the_request_stays(both: Asked):
    names = [LOCK, REQUEST]
    found = both.stage.client("ssm").get_parameters(Names=names)
    assert [parameter["Name"] for parameter in found["Parameters"]] == [REQUEST]
