"""An endpoint without instances that serves whatever version its slot names."""

from collections.abc import Sequence

from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlops_constructs.names import name_problems
from mlops_constructs.problems import refuse
from mlops_constructs.serving.execution_role import ServingRole
from mlops_constructs.serving.kept import VARIANT, kept_config, versioned_model
from mlops_constructs.serving.named_endpoint import NamedEndpoint
from mlops_constructs.serving.serverless import Serverless
from mlops_constructs.slot_content import SlotContent
from mlops_constructs.storage import Storage
from mlops_constructs.version_files import VersionFiles


class ServerlessEndpoint(NamedEndpoint):
    """A named endpoint without instances, and the version it serves.

    AWS has no choice of how a new version takes over: all at once, with no alarm watching. It takes
    no network, and captures nothing.
    https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html

    Args:
        endpoint_name: 1 to 63 letters, digits and inner hyphens.
        slot_name: The SSM StringList whose first item is the model package ARN to serve, or NONE.
        hosting: Memory and concurrency.
        storage: Buckets and key.
        versions: The archives of the model's versions.
        image_repositories: ARNs of the repositories that the serving image comes from.

    Attributes:
        has_model: The condition under which there is an endpoint.
        endpoint_config_name: The config the stack means to serve with, under that condition.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint_name: str,
        slot_name: str,
        hosting: Serverless,
        storage: Storage,
        versions: VersionFiles,
        image_repositories: Sequence[str],
    ) -> None:
        refuse(name_problems("the name of an endpoint", endpoint_name))
        super().__init__(scope, construct_id, endpoint_name=endpoint_name)
        slot = SlotContent(self, slot_name=slot_name)
        self.has_model = slot.has_model
        self.role = ServingRole(
            self,
            "Role",
            storage=storage,
            endpoint_name=endpoint_name,
            versions=versions,
            repositories=image_repositories,
        )
        model = versioned_model(
            self,
            "Model",
            package=slot.package,
            endpoint_name=endpoint_name,
            role=self.role,
            network=None,
            condition=self.has_model,
        )
        config = kept_config(
            self,
            "Config",
            endpoint_name=endpoint_name,
            storage=storage,
            condition=self.has_model,
            production_variants=[_variant(model.attr_model_name, hosting)],
        )
        self.endpoint_config_name = config.attr_endpoint_config_name
        self._made(config_name=self.endpoint_config_name, condition=self.has_model)


def _variant(
    model_name: str, hosting: Serverless
) -> sagemaker.CfnEndpointConfig.ProductionVariantProperty:
    return sagemaker.CfnEndpointConfig.ProductionVariantProperty(
        variant_name=VARIANT,
        model_name=model_name,
        initial_variant_weight=1,
        serverless_config=sagemaker.CfnEndpointConfig.ServerlessConfigProperty(
            memory_size_in_mb=hosting.memory_mb,
            max_concurrency=hosting.max_concurrency,
            provisioned_concurrency=hosting.provisioned_concurrency,
        ),
    )
