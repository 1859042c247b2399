"""An endpoint that serves every archive below a prefix."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlops_constructs.names import name_problems
from mlops_constructs.network import Network
from mlops_constructs.permissions import list_statement
from mlops_constructs.problems import refuse
from mlops_constructs.serving.autoscaling import EndpointScaling
from mlops_constructs.serving.deployment import deployment_config
from mlops_constructs.serving.execution_role import Access, ServingRole
from mlops_constructs.serving.kept import (
    kept_config,
    kept_model,
    variant_on_instances,
)
from mlops_constructs.serving.multi_model import MultiModel
from mlops_constructs.serving.named_endpoint import NamedEndpoint
from mlops_constructs.serving.release import AllAtOnce, ReleasePolicy
from mlops_constructs.serving.release_fit import release_problems
from mlops_constructs.storage import Storage
from mlops_constructs.version_files import VersionFiles

ARCHIVES: Final = "multi-model"
"""Begins the prefix of the archives of every such endpoint."""

_NONE: Final[Mapping[str, str]] = MappingProxyType({})


class MultiModelEndpoint(NamedEndpoint):
    """A named endpoint for all archives below `multi-model/<endpoint_name>/` of a bucket.

    Who asks names the archive (`TargetModel`). One that is put below the prefix can be asked for at
    once, and one that is put anew under the same name may be answered with the old one from an
    instance's cache: give each version a name of its own.
    https://docs.aws.amazon.com/sagemaker/latest/dg/add-models-to-endpoint.html

    Args:
        endpoint_name: 1 to 63 letters, digits and inner hyphens.
        hosting: Instances and bounds.
        storage: Buckets and key; archives lie in the one for artifacts.
        image: URI of the image that all of them run in.
        image_repositories: ARNs of the repositories that it comes from.
        environment: Variables of its containers.
        release: How another image takes over, or other instances; archives are never released.
        network: Where the containers run; by default in SageMaker's own.

    Attributes:
        prefix: Below which archives lie, without a slash at its end.
        archive_uri: That place in S3, with a slash at its end.
        endpoint_config_name: The config the stack means to serve with.
        rollback_alarm_names: Of the alarms on that config.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint_name: str,
        hosting: MultiModel,
        storage: Storage,
        image: str,
        image_repositories: Sequence[str],
        environment: Mapping[str, str] = _NONE,
        release: ReleasePolicy = AllAtOnce(),  # noqa: B008 (frozen)
        network: Network | None = None,
    ) -> None:
        refuse(
            [
                *name_problems("the name of an endpoint", endpoint_name),
                *release_problems(endpoint_name, hosting, release, network=network),
            ]
        )
        super().__init__(scope, construct_id, endpoint_name=endpoint_name)
        self._storage = storage
        self.prefix = f"{ARCHIVES}/{endpoint_name}"
        bucket = storage.artifacts
        self.archive_uri = bucket.s3_url_for_object(f"{self.prefix}/")
        self.role = ServingRole(
            self,
            "Role",
            storage=storage,
            endpoint_name=endpoint_name,
            versions=VersionFiles(bucket=bucket, prefix=self.prefix),
            repositories=image_repositories,
            access=Access(statements=[list_statement(bucket.bucket_arn, f"{self.prefix}/*")]),
            network=network,
        )
        model = kept_model(
            self,
            "Model",
            container=sagemaker.CfnModel.ContainerDefinitionProperty(
                image=image,
                mode="MultiModel",
                model_data_url=self.archive_uri,
                environment=dict(environment) or None,
            ),
            endpoint_name=endpoint_name,
            role=self.role,
            network=network,
            condition=None,
        )
        config = kept_config(
            self,
            "Config",
            endpoint_name=endpoint_name,
            storage=storage,
            condition=None,
            production_variants=[variant_on_instances(model.attr_model_name, hosting)],
        )
        self.endpoint_config_name = config.attr_endpoint_config_name
        self.rollback_alarm_names = self._guarded(
            release, config_name=self.endpoint_config_name, condition=None
        )
        endpoint = self._made(
            config_name=self.endpoint_config_name,
            condition=None,
            deployment=deployment_config(release, alarm_names=self.rollback_alarm_names),
            renewed=(),
        )
        EndpointScaling(self, "Scaling", endpoint=endpoint, hosting=hosting)

    def grant_add_models(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets ``grantee`` put archives where the endpoint finds them."""
        return self._storage.artifacts.grant_put(grantee, f"{self.prefix}/*").combine(
            self._storage.key.grant_encrypt(grantee)
        )
