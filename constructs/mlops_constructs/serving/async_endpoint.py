"""An endpoint with a queue that serves whatever version its slot names."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from mlops_constructs.names import name_problems
from mlops_constructs.network import Network
from mlops_constructs.problems import refuse
from mlops_constructs.serving.async_files import AsyncFiles
from mlops_constructs.serving.async_metric import AsyncMetric
from mlops_constructs.serving.async_scaling import AsyncScaling
from mlops_constructs.serving.asynchronous import Async
from mlops_constructs.serving.deployment import deployment_config
from mlops_constructs.serving.endpoint_metric import EndpointMetric
from mlops_constructs.serving.execution_role import ServingRole
from mlops_constructs.serving.kept import (
    kept_config,
    variant_on_instances,
    versioned_model,
)
from mlops_constructs.serving.named_endpoint import NamedEndpoint
from mlops_constructs.serving.release import AllAtOnce, ReleasePolicy
from mlops_constructs.serving.release_fit import release_problems
from mlops_constructs.serving.rollback_alarm import RollbackAlarms
from mlops_constructs.slot_content import SlotContent
from mlops_constructs.storage import Storage
from mlops_constructs.version_files import VersionFiles

PATIENT = AllAtOnce(alarms=RollbackAlarms(latency_ms=None))
"""All at once, guarded by failures alone: how long an answer may take only its model knows."""


class AsyncEndpoint(NamedEndpoint):
    """A named endpoint with a queue, the version it serves, its topics, and its scaling.

    Requests and answers lie in the capture bucket, below `<endpoint_name>/requests`, `answers` and
    `failures`. An endpoint that may have no instance is released with one: an update takes the
    count from the config, so that a version which does not start is found out.

    Args:
        endpoint_name: 1 to 63 letters, digits and inner hyphens.
        slot_name: The SSM StringList whose first item is the model package ARN to serve, or NONE.
        hosting: Instances, bounds, queue.
        storage: Buckets and key.
        versions: The archives of the model's versions.
        image_repositories: ARNs of the repositories that the serving image comes from.
        release: How the next version takes over.
        network: Where the model's containers run; by default in SageMaker's own.

    Attributes:
        has_model: The condition under which there is an endpoint.
        endpoint_config_name: The config the stack means to serve with, under that condition.
        rollback_alarm_names: Of the alarms on that config, under that condition.
        files: Where requests and answers lie.
        success_topic: Hears of each answer; encrypted.
        error_topic: Hears of each failure; encrypted.
    """

    invoke_action = "sagemaker:InvokeEndpointAsync"

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint_name: str,
        slot_name: str,
        hosting: Async,
        storage: Storage,
        versions: VersionFiles,
        image_repositories: Sequence[str],
        release: ReleasePolicy = PATIENT,
        network: Network | None = None,
    ) -> None:
        refuse(
            [
                *name_problems("the name of an endpoint", endpoint_name),
                *release_problems(endpoint_name, hosting, release, network=network),
            ]
        )
        super().__init__(scope, construct_id, endpoint_name=endpoint_name)
        slot = SlotContent(self, slot_name=slot_name)
        self.has_model = slot.has_model
        self.success_topic, self.error_topic = (
            sns.Topic(self, name, master_key=storage.key, enforce_ssl=True)
            for name in ("Success", "Error")
        )
        self.files = AsyncFiles(
            endpoint_name=endpoint_name,
            storage=storage,
            success=self.success_topic,
            error=self.error_topic,
        )
        self.role = ServingRole(
            self,
            "Role",
            storage=storage,
            endpoint_name=endpoint_name,
            versions=versions,
            repositories=image_repositories,
            access=self.files.access,
            network=network,
        )
        model = versioned_model(
            self,
            "Model",
            package=slot.package,
            endpoint_name=endpoint_name,
            role=self.role,
            network=network,
            condition=self.has_model,
        )
        config = kept_config(
            self,
            "Config",
            endpoint_name=endpoint_name,
            storage=storage,
            condition=self.has_model,
            production_variants=[variant_on_instances(model.attr_model_name, hosting)],
            async_inference_config=self.files.config(hosting),
        )
        self.endpoint_config_name = config.attr_endpoint_config_name
        self.rollback_alarm_names = self._guarded(
            release, config_name=self.endpoint_config_name, condition=self.has_model
        )
        endpoint = self._made(
            config_name=self.endpoint_config_name,
            condition=self.has_model,
            deployment=deployment_config(release, alarm_names=self.rollback_alarm_names),
            renewed=() if hosting.min_instances else None,
        )
        AsyncScaling(self, "Scaling", endpoint=endpoint, hosting=hosting)

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets ``grantee`` put requests, ask the endpoint for answers, and read them."""
        return super().grant_invoke(grantee).combine(self.files.grant_ask(grantee))

    def metric(
        self,
        measured: EndpointMetric | AsyncMetric,
        *,
        statistic: str | None = None,
        period: Duration | None = None,
    ) -> cloudwatch.Metric:
        """One of the endpoint's metrics, by default by the minute and with its own statistic."""
        return measured.of(self.endpoint_name, statistic=statistic, period=period)
