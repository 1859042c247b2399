"""Dev and Prod on the local AWS: the promotion machines from their template, a model's stacks."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

import aws_cdk as cdk
import boto3
from aws_cdk import assertions
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from botocore.exceptions import ClientError

from local_aws.launch import ACCOUNT, REGION, LocalAws
from mlops_constructs.promotion import Promotion
from mlops_constructs.serving import VERDICT_AND_LIFE_CYCLE, ApprovalRule
from tests.local_aws.model_archives import ENVIRONMENT, IMAGE, archive, echo
from tests.promotion.names import EMPTY, ENDPOINT, GROUP, REQUEST, SLOT, STACK

BUCKET = "promotion-models"
DEADLINE_SECONDS = 60.0
MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:dev-promotion"
DOES_NOT_START = archive({"code/inference.py": "raise SystemExit('this model does not start')"})
T = TypeVar("T")
IN_DEV = {**REQUEST, "next": "Prod"}
IN_PROD = {
    **REQUEST,
    "stage": "prod",
    "endpoint": "prod-flight-delay",
    "stack": "Prod-Serving-flight-delay",
    "slot": "/perennial/prod/flight-delay/slot",
    "approval": "Prod",
}
"""What the promotions of either stage are told."""


def serving_template(endpoint: str = ENDPOINT, slot: str = SLOT) -> str:
    """A stack that serves what the slot names, and nothing while it names nothing."""
    tags = [{"Key": "perennial:endpoint", "Value": endpoint}]
    kept = {"UpdateReplacePolicy": "Retain", "DeletionPolicy": "Delete", "Condition": "HasModel"}
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
        "InitialInstanceCount": 1,
        "InitialVariantWeight": 1,
        "InstanceType": "ml.m5.large",
    }
    config = {"Fn::GetAtt": ["Config", "EndpointConfigName"]}
    package = {"Fn::Select": [0, {"Ref": "Slot"}]}
    return json.dumps(
        {
            "Parameters": {
                "Slot": {"Type": "AWS::SSM::Parameter::Value<CommaDelimitedList>", "Default": slot}
            },
            "Conditions": {"HasModel": {"Fn::Not": [{"Fn::Equals": [package, "NONE"]}]}},
            "Resources": {
                "Topic": {"Type": "AWS::SNS::Topic"},
                "Model": {
                    "Type": "AWS::SageMaker::Model",
                    **kept,
                    "Properties": {
                        "ExecutionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/model",
                        "Containers": [{"ModelPackageName": package, "Environment": ENVIRONMENT}],
                        "Tags": tags,
                    },
                },
                "Config": {
                    "Type": "AWS::SageMaker::EndpointConfig",
                    **kept,
                    "Properties": {"ProductionVariants": [variant], "Tags": tags},
                },
                "Endpoint": {
                    "Type": "AWS::SageMaker::Endpoint",
                    "Condition": "HasModel",
                    "Properties": {"EndpointName": endpoint, "EndpointConfigName": config},
                },
            },
            "Outputs": {
                "EndpointName": {"Value": endpoint},
                "EndpointConfigName": {"Condition": "HasModel", "Value": config},
            },
        }
    )


@cache
def operations_template() -> str:
    """A promotion of each stage, Prod's rule, and a queue that hears what their topic tells."""
    app = cdk.App(builtin_cloud_formation_validation=False)
    synthesizer = cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False)
    stack = cdk.Stack(app, "Dev-Operations", synthesizer=synthesizer)
    key = kms.Key(stack, "Key", enable_key_rotation=True)
    topic = sns.Topic(stack, "Topic", master_key=key)
    queue = sqs.Queue(stack, "Queue", queue_name="heard")
    topic.add_subscription(subscriptions.SqsSubscription(queue, raw_message_delivery=True))
    for name, follower in (("Dev", "Prod"), ("Prod", "")):
        promotion = Promotion(
            stack,
            f"{name}Promotion",
            state_machine_name=f"{name.lower()}-promotion",
            slot_prefix=f"/perennial/{name.lower()}",
            stack_prefix=f"{name}-Serving-",
            monitoring_stack_prefix=f"{name}-Monitoring-",
            name_prefix=f"{name.lower()}-",
            group_prefix="dev-",
            next_stage=follower,
            topic=topic,
            key=key,
        )
    ApprovalRule(
        stack,
        "ProdApproval",
        group_name=GROUP,
        fields=VERDICT_AND_LIFE_CYCLE,
        promotion=promotion.state_machine,
        promotion_input=IN_PROD,
        topic=topic,
    )
    return json.dumps(assertions.Template.from_stack(stack).to_json())


def eventually(
    look: Callable[[], T | None], what: str, *, wait: Callable[[], object] = lambda: time.sleep(0.1)
) -> T:
    """What ``look`` gives once it gives something; until then ``wait`` lets time pass."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        if (found := look()) is not None:
            return found
        wait()
    raise AssertionError(f"{what} did not happen within {DEADLINE_SECONDS:.0f} s")


@dataclass
class Run:
    """An execution that has ended."""

    status: str
    output: dict[str, Any]
    cause: str
    calls: list[str]


@dataclass
class Stage:
    """Clients of a local AWS on which a stage was set up by `deploy`."""

    aws: LocalAws
    packages: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """The boto3 client."""
        if service not in self.clients:
            session = boto3.session.Session()
            self.clients[service] = session.client(service, **self.aws.client_arguments())
        return self.clients[service]

    def deploy(self, operations: str) -> None:
        """The slot, the machine by its template, the model's group and its stack."""
        for slot in (IN_DEV["slot"], IN_PROD["slot"]):
            self.client("ssm").put_parameter(Name=slot, Type="StringList", Value=EMPTY)
        self.client("s3").create_bucket(Bucket=BUCKET)
        self.client("sagemaker").create_model_package_group(ModelPackageGroupName=GROUP)
        for name, template in (
            ("Dev-Operations", operations),
            (STACK, serving_template()),
            (IN_PROD["stack"], serving_template(IN_PROD["endpoint"], IN_PROD["slot"])),
        ):
            # As the cdk CLI does: a template in the request may have 51,200 bytes only.
            self.client("s3").put_object(Bucket=BUCKET, Key=name, Body=template)
            self.client("cloudformation").create_stack(
                StackName=name,
                TemplateURL=f"https://s3.{REGION}.amazonaws.com/{BUCKET}/{name}",
                Capabilities=["CAPABILITY_NAMED_IAM"],
            )
            eventually(lambda name=name: self._created(name), f"the creation of {name}")

    def _created(self, name: str) -> bool | None:
        status = self.stack(name)["StackStatus"]
        assert status in ("CREATE_IN_PROGRESS", "CREATE_COMPLETE"), self.stack(name)
        return status == "CREATE_COMPLETE" or None

    def stack(self, name: str = STACK) -> dict[str, Any]:
        """DescribeStacks."""
        [stack] = self.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        found: dict[str, Any] = stack
        return found

    def register(self, data: bytes) -> str:
        """An approved version; its ARN."""
        key = f"{len(self.packages)}/model.tar.gz"
        self.client("s3").put_object(Bucket=BUCKET, Key=key, Body=data)
        container = {
            "Image": IMAGE,
            "ModelDataUrl": f"s3://{BUCKET}/{key}",
            "Environment": ENVIRONMENT,
        }
        baseline = f"s3://{BUCKET}/baseline/{len(self.packages)}/constraints.json"
        source = {"ContentType": "application/json", "S3Uri": baseline}
        package: str = self.client("sagemaker").create_model_package(
            ModelPackageGroupName=GROUP,
            ModelApprovalStatus="Approved",
            InferenceSpecification={
                "Containers": [container],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
            DriftCheckBaselines={"ModelDataQuality": {"Constraints": source}},
            CustomerMetadataProperties={"DataVersion": "2013-06"},
        )["ModelPackageArn"]
        self.packages.append(package)
        return package

    def word(self, word: str) -> str:
        """A version that answers with ``word``."""
        return self.register(echo(word))

    def start(self, request: dict[str, Any] = IN_DEV) -> str:
        """A promotion, just begun."""
        execution: str = self.client("stepfunctions").start_execution(
            stateMachineArn=MACHINE, input=json.dumps(request)
        )["executionArn"]
        return execution

    def end(self, execution: str) -> Run:
        """The execution once it has ended; until then the endpoint is asked, and time passes."""
        client = self.client("stepfunctions")
        ended = eventually(
            lambda: self._ended(execution), "the end of the promotion", wait=self.let_time_pass
        )
        pages = client.get_paginator("get_execution_history").paginate(executionArn=execution)
        events = [event for page in pages for event in page["events"]]
        return Run(
            status=ended["status"],
            output=json.loads(ended.get("output") or "{}"),
            cause=ended.get("cause", ""),
            calls=[
                event["taskScheduledEventDetails"]["resource"].rpartition(":")[2]
                for event in events
                if event["type"] == "TaskScheduled"
            ],
        )

    def _ended(self, execution: str) -> dict[str, Any] | None:
        found: dict[str, Any] = self.client("stepfunctions").describe_execution(
            executionArn=execution
        )
        return None if found["status"] == "RUNNING" else found

    def let_time_pass(self) -> None:
        """Asks both endpoints, if they are there, and waits until something happens."""
        for endpoint in (IN_DEV["endpoint"], IN_PROD["endpoint"]):
            with suppress(ClientError):
                self.answer(endpoint)
        self.aws.wait(60)

    def promote(self) -> Run:
        """A promotion from start to end."""
        return self.end(self.start())

    def answer(self, endpoint: str = ENDPOINT) -> str:
        """What the endpoint answers."""
        body: bytes = (
            self.client("sagemaker-runtime")
            .invoke_endpoint(EndpointName=endpoint, ContentType="text/csv", Body="1")["Body"]
            .read()
        )
        return body.decode().partition(":")[0]

    def slot(self, name: str = SLOT) -> str:
        """What the slot says."""
        value: str = self.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
        return value

    def stamp(self, package: str, name: str = "perennial:dev") -> str:
        """A stage's stamp on a version."""
        value: str = self.version(package)["CustomerMetadataProperties"].get(name, "")
        return value

    def version(self, package: str) -> dict[str, Any]:
        """DescribeModelPackage."""
        found: dict[str, Any] = self.client("sagemaker").describe_model_package(
            ModelPackageName=package
        )
        return found

    def told(self, word: str) -> str:
        """The first message with ``word`` in it."""
        return eventually(
            lambda: next((text for text in self.read() if word in text), None),
            f"a message with {word!r}",
        )

    def read(self) -> list[str]:
        """All messages that there have been."""
        queue = self.client("sqs")
        url = queue.get_queue_url(QueueName="heard")["QueueUrl"]
        while found := queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                self.heard.append(message["Body"])
                queue.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return self.heard
