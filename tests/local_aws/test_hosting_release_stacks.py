"""Releases by CloudFormation: both answers to whether it reports a rollback of SageMaker."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.launch import LocalAws
from tests.local_aws.guardrails import FAILS, deployment
from tests.local_aws.later import Later
from tests.local_aws.model_archives import ENVIRONMENT, IMAGE, echo
from tests.local_aws.stacks import Stack, eventually
from tests.local_aws.stage import Stage

pytestmark = pytest.mark.local_aws
KEEP_ENDPOINT = [
    {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
    {
        "Effect": "Deny",
        "Action": ["Update:Replace", "Update:Delete"],
        "Principal": "*",
        "Resource": "LogicalResourceId/Endpoint",
    },
]


class ServingStack:
    """A stack with an endpoint that is released by a canary, guarded by the new config's alarm."""

    def __init__(self, later: Later) -> None:
        self.later = later
        self.stage = Stage(later.client)
        self.name = self.stage.name
        for word in ("one", "two"):
            self._put(word, echo(word))
        self._put("bad", echo("x", script=FAILS))
        self.stack = Stack(later.client("cloudformation"), self.name)
        assert self.stack.create(self.template("one"))["StackStatus"] == "CREATE_COMPLETE"

    def _put(self, key: str, body: bytes) -> None:
        self.stage.s3.put_object(Bucket=self.name, Key=key, Body=body)

    def template(self, word: str, *, endpoint: str = "endpoint") -> dict[str, Any]:
        config = {"Fn::GetAtt": ["Config", "EndpointConfigName"]}
        name = f"{self.name}-{endpoint}"
        guarded = deployment()
        guarded["AutoRollbackConfiguration"] = {"Alarms": [{"AlarmName": {"Ref": "Alarm"}}]}
        container = {
            "Image": IMAGE,
            "ModelDataUrl": f"s3://{self.name}/{word}",
            "Environment": ENVIRONMENT,
        }
        variant = {
            "VariantName": "One",
            "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
            "InitialInstanceCount": 2,
            "InitialVariantWeight": 1,
            "InstanceType": "ml.m5.large",
        }
        dimensions = {"EndpointName": name, "VariantName": "One", "EndpointConfigName": config}
        properties = {
            "SageMaker::Model": {
                "PrimaryContainer": container,
                "ExecutionRoleArn": "arn:aws:iam::123456789012:role/serving",
            },
            "SageMaker::EndpointConfig": {"ProductionVariants": [variant]},
            "CloudWatch::Alarm": {
                "AlarmName": {"Fn::Join": ["-", [name, "5xx", config]]},
                "Namespace": "AWS/SageMaker",
                "MetricName": "Invocation5XXErrors",
                "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
                "Statistic": "Sum",
                "Period": 60,
                "EvaluationPeriods": 1,
                "Threshold": 1,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "TreatMissingData": "notBreaching",
            },
            "SageMaker::Endpoint": {
                "EndpointName": name,
                "EndpointConfigName": config,
                "RetainAllVariantProperties": True,
                "DeploymentConfig": guarded,
            },
        }
        kept = {"UpdateReplacePolicy": "Retain", "DeletionPolicy": "Delete"}
        resources: dict[str, Any] = {
            kind.rpartition("::")[2].replace("EndpointConfig", "Config"): {
                "Type": f"AWS::{kind}",
                "Properties": members,
            }
            for kind, members in properties.items()
        }
        resources["Model"].update(kept)
        resources["Config"].update(kept)
        return {"Resources": resources, "Outputs": {"ConfigName": {"Value": config}}}

    def update(self, template: dict[str, Any]) -> None:
        """Begin UpdateStack."""
        self.later.client("cloudformation").update_stack(
            StackName=self.name, TemplateBody=json.dumps(template)
        )

    def settled(self) -> str:
        """The stack's status once it has come to rest."""

        def look() -> str:
            status = str(self.stack.description()["StackStatus"])
            return "" if status.endswith("_IN_PROGRESS") else status

        return str(self.later.until(look))

    def described(self) -> dict[str, Any]:
        """DescribeEndpoint."""
        found: dict[str, Any] = self.stage.sagemaker.describe_endpoint(
            EndpointName=f"{self.name}-endpoint"
        )
        return found

    def baking(self) -> bool:
        """Whether a canary gets traffic."""
        summary = self.described().get("PendingDeploymentSummary", {"ProductionVariants": [{}]})
        stages = summary["ProductionVariants"][0].get("VariantStatus", [])
        return any(stage["Status"] == "Baking" for stage in stages)

    def fail(self) -> str:
        """Release the version that answers nothing but errors; the stack's status afterwards."""
        self.update(self.template("bad"))
        eventually(self.baking, seconds=120)
        for _ in range(3):
            assert self.answer() == "one"
        with pytest.raises(ClientError, match=r"Received server error \(500\)"):
            self.answer()
        return self.settled()

    def answer(self) -> str:
        """The word that the endpoint answers."""
        return self.stage.ask(f"{self.name}-endpoint", "1").partition(":")[0]

    def alarms(self) -> list[str]:
        """The names of the stack's alarms."""
        found = self.later.client("cloudwatch").describe_alarms(
            AlarmNamePrefix=f"{self.name}-endpoint-5xx-"
        )
        return [alarm["AlarmName"] for alarm in found["MetricAlarms"]]

    def alarm_of(self, config: str) -> str:
        """The name of a config's alarm."""
        return f"{self.name}-endpoint-5xx-{config}"


@pytest.fixture
def reported(later: Later) -> ServingStack:
    """Where CloudFormation reports the rollback."""
    return ServingStack(later)


@pytest.fixture
def silent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServingStack]:
    """Where CloudFormation takes the endpoint, in service again, for updated."""
    folder = tmp_path_factory.mktemp("silent")
    with LocalAws.start(folder, assume={"alarm-rollback-fails-the-stack": False}) as running:
        yield ServingStack(Later(running))


def test_a_rollback_that_is_reported_rolls_the_stack_back(reported: ServingStack) -> None:
    first = reported.stack.outputs()["ConfigName"]
    reported.later.client("cloudformation").set_stack_policy(
        StackName=reported.name, StackPolicyBody=json.dumps({"Statement": KEEP_ENDPOINT})
    )
    assert reported.fail() == "UPDATE_ROLLBACK_COMPLETE"
    assert "were in state ALARM" in reported.stack.reasons()
    described = reported.described()
    assert (described["EndpointStatus"], described["EndpointConfigName"]) == ("InService", first)
    assert reported.stack.outputs()["ConfigName"] == first
    assert reported.answer() == "one"
    assert reported.alarms() == [reported.alarm_of(first)]

    reported.update(reported.template("two"))
    assert reported.settled() == "UPDATE_COMPLETE"
    assert reported.answer() == "two"


def test_a_rollback_that_is_not_reported_leaves_the_stack_beside_its_endpoint(
    silent: ServingStack,
) -> None:
    first = silent.stack.outputs()["ConfigName"]
    assert silent.fail() == "UPDATE_COMPLETE"
    told = silent.stack.outputs()["ConfigName"]
    described = silent.described()
    assert (described["EndpointStatus"], described["EndpointConfigName"]) == ("InService", first)
    assert told != first
    assert silent.alarm_of(told) in described["FailureReason"]
    assert silent.answer() == "one"
    assert silent.alarms() == [silent.alarm_of(told)]

    silent.update(silent.template("two"))
    assert silent.settled() == "UPDATE_COMPLETE"
    assert silent.described()["EndpointConfigName"] == silent.stack.outputs()["ConfigName"]
    assert silent.answer() == "two"


def test_a_scaled_count_survives_a_release_by_a_stack(reported: ServingStack) -> None:
    reported.stage.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=f"{reported.name}-endpoint",
        DesiredWeightsAndCapacities=[{"VariantName": "One", "DesiredInstanceCount": 5}],
    )
    reported.stage.at_rest(f"{reported.name}-endpoint")
    reported.update(reported.template("two"))
    assert reported.settled() == "UPDATE_COMPLETE"
    (variant,) = reported.described()["ProductionVariants"]
    assert (variant["CurrentInstanceCount"], variant["DesiredInstanceCount"]) == (5, 5)
    assert reported.answer() == "two"


def test_a_protected_endpoint_is_neither_replaced_nor_removed(reported: ServingStack) -> None:
    reported.later.client("cloudformation").set_stack_policy(
        StackName=reported.name, StackPolicyBody=json.dumps({"Statement": KEEP_ENDPOINT})
    )
    removed = reported.template("one")
    del removed["Resources"]["Endpoint"]
    for template in (reported.template("one", endpoint="other"), removed):
        reported.update(template)
        assert reported.settled() == "UPDATE_ROLLBACK_COMPLETE"
        assert reported.answer() == "one"
