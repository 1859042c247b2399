"""Releases on a local AWS whose time passes: endpoints, their alarms, the events they send."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from tests.local_aws.later import Later
from tests.local_aws.model_archives import echo
from tests.local_aws.stacks import eventually
from tests.local_aws.stage import Stage

FAILS = """
def model_fn(model_dir):
    return None

def input_fn(body, content_type):
    raise RuntimeError("no such column: tailnum")
"""
IDLE = ("InService", "Failed")


def deployment(
    *,
    alarms: tuple[str, ...] = (),
    kind: str = "CANARY",
    size: Mapping[str, Any] | None = None,
    wait: int = 600,
    final: int = 300,
    limit: int | None = None,
) -> dict[str, Any]:
    """A DeploymentConfig; a canary of a quarter unless it says else."""
    member = {"CANARY": "CanarySize", "LINEAR": "LinearStepSize"}.get(kind)
    routing: dict[str, Any] = {"Type": kind, "WaitIntervalInSeconds": wait}
    if member:
        routing[member] = size or {"Type": "CAPACITY_PERCENT", "Value": 25}
    policy: dict[str, Any] = {
        "TrafficRoutingConfiguration": routing,
        "TerminationWaitInSeconds": final,
    }
    if limit:
        policy["MaximumExecutionTimeoutInSeconds"] = limit
    found: dict[str, Any] = {"BlueGreenUpdatePolicy": policy}
    if alarms:
        found["AutoRollbackConfiguration"] = {"Alarms": [{"AlarmName": name} for name in alarms]}
    return found


class Release(Stage):
    """An endpoint that serves `blue` and configs to release on it."""

    def __init__(self, later: Later) -> None:
        super().__init__(later.client)
        self.later = later
        self.cloudwatch = later.client("cloudwatch")
        self.blue = self.config(self.model(echo("blue"), name="blue"), name="blue")
        self.green = self.config(self.model(echo("green"), name="green"), name="green")
        self.name_of_endpoint = self.endpoint(self.blue)

    def failing(self) -> str:
        """A config whose model starts, and answers no request."""
        return self.config(self.model(echo("x", script=FAILS), name="bad"), name="bad")

    def alarm(self, *, name: str = "alarm", config: str | None = None) -> str:
        """An alarm on server errors, of one config or of the endpoint; its name."""
        dimensions = {"EndpointName": self.name_of_endpoint, "VariantName": "One"}
        if config:
            dimensions["EndpointConfigName"] = config
        alarm = f"{self.name}-{name}"
        self.cloudwatch.put_metric_alarm(
            AlarmName=alarm,
            Namespace="AWS/SageMaker",
            MetricName="Invocation5XXErrors",
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData="notBreaching",
        )
        return alarm

    def ring(self, alarm: str) -> None:
        """Put an alarm into state ALARM."""
        self.cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="a test")

    def release(self, config: str, **members: Any) -> None:
        """Begin UpdateEndpoint."""
        self.sagemaker.update_endpoint(
            EndpointName=self.name_of_endpoint, EndpointConfigName=config, **members
        )

    def described(self) -> dict[str, Any]:
        """DescribeEndpoint."""
        found: dict[str, Any] = self.sagemaker.describe_endpoint(EndpointName=self.name_of_endpoint)
        return found

    def pending(self) -> dict[str, Any]:
        """The new fleet's one variant, {} while nothing is under way."""
        summary = self.described().get("PendingDeploymentSummary")
        return summary["ProductionVariants"][0] if summary else {}

    def message(self) -> str:
        """What is done to the new fleet, as DescribeEndpoint says."""
        stages = self.pending().get("VariantStatus", [])
        return stages[0]["StatusMessage"] if stages else ""

    def first_bake(self) -> str:
        """What is done to the new fleet once its first traffic bakes; no time is let pass.

        Who lets time pass between two looks may miss a bake that begins in between.
        """
        return str(eventually(lambda: self._message("Baking"), seconds=120))

    def until_message(self, start: str) -> str:
        """Let time pass until that is done, once the first traffic bakes."""
        return str(self.later.until(lambda: self._message(start)))

    def _message(self, start: str) -> str:
        message = self.message()
        return message if message.startswith(start) else ""

    def until_idle(self) -> dict[str, Any]:
        """Let time pass until the endpoint has come to rest."""

        def look() -> dict[str, Any] | None:
            described = self.described()
            return described if described["EndpointStatus"] in IDLE else None

        found: dict[str, Any] = self.later.until(look)
        return found

    def answer(self, body: str = "1", **members: Any) -> str:
        """The word that a model answers, `error` if it fails."""
        try:
            return self.ask(self.name_of_endpoint, body, **members).partition(":")[0]
        except ClientError as error:
            assert error.response["Error"]["Code"] == "ModelError", error
            return "error"

    def answers(self, requests: int, *, threads: int = 4) -> "Counter[str]":
        """What so many requests of several threads were answered."""
        with ThreadPoolExecutor(threads) as pool:
            return Counter(pool.map(lambda _: self.answer(), range(requests)))

    def invocations(self, metric: str = "Invocations", config: str | None = None) -> float:
        """The sum of a metric so far, of the endpoint or of one config."""
        dimensions = {"EndpointName": self.name_of_endpoint, "VariantName": "One"}
        if config:
            dimensions["EndpointConfigName"] = config
        now = self.later.aws.now()
        points = self.cloudwatch.get_metric_statistics(
            Namespace="AWS/SageMaker",
            MetricName=metric,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=now - 7200,
            EndTime=now + 60,
            Period=60,
            Statistics=["Sum"],
        )["Datapoints"]
        return sum(float(point["Sum"]) for point in points)

    @contextmanager
    def heard(self) -> Iterator[Callable[[], list[dict[str, Any]]]]:
        """Yields what gives the endpoint's events so far, in order, each once."""
        events, sqs = self.later.client("events"), self.later.client("sqs")
        url = sqs.create_queue(QueueName=self.name)["QueueUrl"]
        pattern = {
            "source": ["aws.sagemaker"],
            "detail": {"EndpointName": [self.name_of_endpoint]},
        }
        events.put_rule(Name=self.name, EventPattern=json.dumps(pattern))
        arn = f"arn:aws:sqs:us-east-1:123456789012:{self.name}"
        events.put_targets(Rule=self.name, Targets=[{"Id": "queue", "Arn": arn}])
        told: list[dict[str, Any]] = []

        def receive() -> list[dict[str, Any]]:
            while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
                "Messages"
            ):
                for message in found:
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                    event = json.loads(message["Body"])
                    if event["detail"] not in [known["detail"] for known in told]:
                        told.append(event)
            return told

        try:
            yield receive
        finally:
            events.remove_targets(Rule=self.name, Ids=["queue"])
            events.delete_rule(Name=self.name)
            sqs.delete_queue(QueueUrl=url)
