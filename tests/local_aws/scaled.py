"""An endpoint that policies scale, in a local AWS whose time the test lets pass."""

from collections.abc import Mapping
from typing import Any

from tests.local_aws.later import Later
from tests.local_aws.model_archives import echo
from tests.local_aws.stage import Stage

INSTANCES = "sagemaker:variant:DesiredInstanceCount"
PROVISIONED_CONCURRENCY = "sagemaker:variant:DesiredProvisionedConcurrency"


class Scaled(Stage):
    """One endpoint of one variant, One, of two instances."""

    dimension = INSTANCES

    def __init__(self, later: Later) -> None:
        super().__init__(later.client)
        self.later = later
        self.scaling = later.client("application-autoscaling")
        self.cloudwatch = later.client("cloudwatch")
        self.scaled = self.endpoint(self.scaled_config(self.model(echo("hello"))))
        self.target = {
            "ServiceNamespace": "sagemaker",
            "ResourceId": f"endpoint/{self.scaled}/variant/One",
            "ScalableDimension": self.dimension,
        }

    def scaled_config(self, model: str) -> str:
        """What the endpoint runs."""
        return self.config(model)

    def register(self, least: int, most: int, **members: Any) -> None:
        """Let policies scale it between these bounds."""
        self.scaling.register_scalable_target(
            **self.target, MinCapacity=least, MaxCapacity=most, **members
        )

    def track(
        self, metric: str | Mapping[str, Any], target: float, *, name: str = "track", **members: Any
    ) -> list[dict[str, Any]]:
        """Have a predefined metric type, or a metric, kept to a target; the policy's alarms."""
        specified = (
            {"PredefinedMetricSpecification": {"PredefinedMetricType": metric}}
            if isinstance(metric, str)
            else {"CustomizedMetricSpecification": metric}
        )
        made = self.scaling.put_scaling_policy(
            PolicyName=name,
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": target, **specified, **members
            },
            **self.target,
        )  # fmt: skip
        names = [alarm["AlarmName"] for alarm in made["Alarms"]]
        return [self._alarm(name) for name in names]

    def _alarm(self, name: str) -> dict[str, Any]:
        (found,) = self.cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return dict(found)

    def minutes(self, count: int, requests: int) -> None:
        """Let so many minutes of the clock pass, each with so many requests."""
        for _ in range(count):
            self._to_the_next_minute()
            for _ in range(requests):
                self.ask(self.scaled)
        self._to_the_next_minute()

    def metric(self, name: str) -> dict[str, str]:
        """One of its own metrics, to be tracked."""
        return {"MetricName": name, "Namespace": self.name, "Statistic": "Average"}

    def put(self, minutes: int, **values: float) -> None:
        """Let so many minutes of the clock pass, each with a value of its own metrics."""
        for _ in range(minutes):
            self._to_the_next_minute()
            now = self.later.aws.now()
            data = [{"MetricName": k, "Value": v, "Timestamp": now} for k, v in values.items()]
            self.cloudwatch.put_metric_data(Namespace=self.name, MetricData=data)
        self._to_the_next_minute()

    def _to_the_next_minute(self) -> None:
        """Let time pass to two seconds after it: alarms have been evaluated, and acted."""
        self.later.pass_time(62 - self.later.aws.now() % 60)

    def shown(self) -> dict[str, Any]:
        """The variant as DescribeEndpoint has it."""
        found = self.sagemaker.describe_endpoint(EndpointName=self.scaled)
        return dict(found["ProductionVariants"][0])

    def instances(self) -> int:
        """How many instances it has."""
        return int(self.shown()["DesiredInstanceCount"])

    def set(self, instances: int) -> None:
        """Give it so many instances."""
        self.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName=self.scaled,
            DesiredWeightsAndCapacities=[{"VariantName": "One", "DesiredInstanceCount": instances}],
        )
        self.at_rest(self.scaled)

    def activities(self) -> list[dict[str, Any]]:
        """What policies did to the variant, newest first."""
        found: list[dict[str, Any]] = self.scaling.describe_scaling_activities(
            ServiceNamespace="sagemaker", ResourceId=self.target["ResourceId"]
        )["ScalingActivities"]
        return found
