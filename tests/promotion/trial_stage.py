"""A model on the local AWS whose versions are tried, with the constructs' own serving stack."""

import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

import aws_cdk as cdk
from aws_cdk import assertions
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from botocore.exceptions import ClientError

from local_aws.launch import ACCOUNT
from mlops_constructs.promotion import Promotion
from mlops_constructs.serving import ChallengerRule, ModelEndpoint, RealTime, Shadow, Split
from mlops_constructs.storage import Storage
from mlops_constructs.version_files import VersionFiles
from tests.local_aws.definitions import condition, definition
from tests.promotion.names import EMPTY, ENDPOINT, GROUP, SLOT, STACK
from tests.promotion.stage import BUCKET, Stage, eventually
from tests.promotion.told import PROPS
from tests.promotion.trial_world import CHALLENGER, tried_by

PARAMETERS = [{"Name": n, "Type": "String"} for n in ("Since", "Until", "Champion", "Challenger")]
HOSTING = RealTime(
    instance_type="ml.m5.large",
    min_instances=1,
    max_instances=2,
    invocations_per_instance=1_000_000,
)


def request_of(trial: Shadow | Split) -> dict[str, Any]:
    """What promotions are told."""
    asked = {"hours": trial.hours, "decides": trial.who_decides, "bucket": BUCKET}
    return tried_by(kind=trial.kind, **asked)


@cache
def templates(trial: Shadow | Split) -> dict[str, str]:
    """Stack name to template: the machine, and the endpoint with the rule that ends a trial."""
    app = cdk.App(builtin_cloud_formation_validation=False)
    stacks = [_operations(app), _serving(app, trial)]
    return {s.stack_name: json.dumps(assertions.Template.from_stack(s).to_json()) for s in stacks}


def _stack(app: cdk.App, name: str) -> cdk.Stack:
    synthesizer = cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False)
    return cdk.Stack(app, name, synthesizer=synthesizer)


def _operations(app: cdk.App) -> cdk.Stack:
    stack = _stack(app, "Dev-Operations")
    key = kms.Key(stack, "Key", enable_key_rotation=True)
    topic = sns.Topic(stack, "Topic", master_key=key)
    queue = sqs.Queue(stack, "Queue", queue_name="heard")
    topic.add_subscription(subscriptions.SqsSubscription(queue, raw_message_delivery=True))
    bucket = s3.Bucket.from_bucket_name(stack, "Artifacts", BUCKET)
    Promotion(stack, "Promotion", topic=topic, key=key, comparisons=bucket, **PROPS)
    return stack


def _serving(app: cdk.App, trial: Shadow | Split) -> cdk.Stack:
    stack = _stack(app, STACK)
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", BUCKET)
    storage = Storage(artifacts=bucket, capture=bucket, key=kms.Key(stack, "Key"))
    endpoint = ModelEndpoint(
        stack,
        "Endpoint",
        endpoint_name=ENDPOINT,
        slot_name=SLOT,
        hosting=HOSTING,
        storage=storage,
        versions=VersionFiles(bucket=bucket, prefix="models"),
        image_repositories=[],
        release=trial,
        challenger_slot_name=CHALLENGER,
    )
    ChallengerRule(
        stack,
        "AlarmRule",
        endpoint_name=ENDPOINT,
        promotion=sfn.StateMachine.from_state_machine_name(stack, "Promotion", "dev-promotion"),
        promotion_input=request_of(trial),
        topic=sns.Topic(stack, "Topic"),
    )
    config = cdk.CfnOutput(stack, "EndpointConfigName", value=endpoint.endpoint_config_name)
    config.condition = endpoint.has_model
    return stack


@dataclass
class TrialStage(Stage):
    """The stage, and what happens in it during a trial.

    Attributes:
        under_traffic: Whether the endpoint is asked while time passes, whatever it answers.
    """

    under_traffic: bool = False

    def deploy_for(self, trial: Shadow | Split) -> None:
        """Slots, group, stacks, and a comparison that finds whatever lies in the bucket."""
        for slot in (SLOT, CHALLENGER):
            self.client("ssm").put_parameter(Name=slot, Type="StringList", Value=EMPTY)
        self.client("s3").create_bucket(Bucket=BUCKET)
        sagemaker = self.client("sagemaker")
        sagemaker.create_model_package_group(ModelPackageGroupName=GROUP)
        sagemaker.create_pipeline(
            PipelineName=f"{ENDPOINT}-comparison",
            PipelineDefinition=definition(condition(), parameters=PARAMETERS),
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/pipeline",
            ClientRequestToken="c" * 32,
        )
        for name, template in templates(trial).items():
            self.client("s3").put_object(Bucket=BUCKET, Key=name, Body=template)
            self.client("cloudformation").create_stack(
                StackName=name,
                TemplateURL=f"https://s3.us-east-1.amazonaws.com/{BUCKET}/{name}",
                Capabilities=["CAPABILITY_NAMED_IAM"],
            )
            eventually(lambda name=name: self._created(name), f"the creation of {name}")

    def found(self, package: str, verdict: str) -> None:
        """What the comparison of the version writes, before it runs."""
        number = package.rpartition("/")[2]
        self.client("s3").put_object(
            Bucket=BUCKET,
            Key=f"{ENDPOINT}/comparisons/{number}/comparison.json",
            Body=json.dumps({"verdict": verdict, "why": f"it is {verdict}"}),
        )

    def variants(self) -> dict[str, str]:
        """Variant to package, of the config that the endpoint runs."""
        sagemaker = self.client("sagemaker")
        name = sagemaker.describe_endpoint(EndpointName=ENDPOINT)["EndpointConfigName"]
        config = sagemaker.describe_endpoint_config(EndpointConfigName=name)
        both = [*config["ProductionVariants"], *config.get("ShadowProductionVariants", [])]
        return {v["VariantName"]: self._package(v["ModelName"]) for v in both}

    def _package(self, model: str) -> str:
        found = self.client("sagemaker").describe_model(ModelName=model)
        package: str = found["Containers"][0]["ModelPackageName"]
        return package

    def asked(self, count: int) -> Counter[str]:
        """Which words answered so many requests; a request that fails ends the test."""
        return Counter(self.answer() for _ in range(count))

    def until(self, what: str, package: str, stamp: str) -> None:
        """Time passes until a stage's stamp on the version begins so, and nothing runs."""
        eventually(lambda: self.stamp(package).startswith(stamp) or None, what, wait=self.pass_on)
        eventually(
            lambda: len(self.variants()) == 1 or None, f"the end of {what}", wait=self.pass_on
        )

    def both(self, what: str) -> dict[str, str]:
        """Time passes until a second variant is there; variant to package."""
        return eventually(
            lambda: found if len(found := self.variants()) == 2 else None, what, wait=self.pass_on
        )

    def pass_on(self) -> None:
        """Waits until something happens; under traffic a minute, in which so much is asked."""
        if not self.under_traffic:
            self.aws.wait(60)
            return
        for _ in range(20):
            with suppress(ClientError):
                self.answer()
        passed = 0.0
        while passed < 60:
            passed += self.aws.wait(60 - passed)
