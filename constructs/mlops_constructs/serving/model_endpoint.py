"""An endpoint that serves whatever version its slot names."""

from collections.abc import Iterator, Sequence

from aws_cdk import CfnCondition
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlops_constructs.names import name_problems
from mlops_constructs.network import Network
from mlops_constructs.problems import refuse
from mlops_constructs.serving.autoscaling import EndpointScaling
from mlops_constructs.serving.challenger import Challenger
from mlops_constructs.serving.deployment import deployment_config
from mlops_constructs.serving.execution_role import ServingRole, capture_access
from mlops_constructs.serving.named_endpoint import NamedEndpoint
from mlops_constructs.serving.real_time import RealTime
from mlops_constructs.serving.release import AllAtOnce, Release
from mlops_constructs.serving.release_fit import release_problems
from mlops_constructs.serving.served_version import ServedVersion
from mlops_constructs.serving.trial import Shadow, Split
from mlops_constructs.slot_content import SlotContent
from mlops_constructs.storage import Storage
from mlops_constructs.version_files import VersionFiles


class ModelEndpoint(NamedEndpoint):
    """A named endpoint, the version it serves, its capture, its scaling and what guards a release.

    The slot is read afresh by every stack operation (an SSM-typed parameter). While it names no
    version there is no endpoint, and nothing of it.

    Args:
        endpoint_name: 1 to 63 letters, digits and inner hyphens.
        slot_name: The SSM StringList whose first item is the model package ARN to serve, or NONE.
        hosting: Instances, bounds, capture.
        storage: Buckets and key.
        versions: The archives of the model's versions.
        image_repositories: ARNs of the repositories that the serving image comes from.
        release: How the next version takes over. With a `Shadow` or `Split` it is tried beside the
            one that serves, and then takes over all at once, without rollback alarms.
        challenger_slot_name: The SSM StringList whose first item is the version on trial, or NONE;
            of an endpoint whose versions are tried, and of no other.
        network: Where the model's containers run; by default in SageMaker's own. Another network
            is a release, since the model is made anew.

    Attributes:
        has_model: The condition under which there is an endpoint.
        endpoint_config_name: The config the stack means to serve with, under that condition.
        rollback_alarm_names: Of the alarms on that config, under that condition.
        has_challenger: The condition under which a version is on trial; None if none ever is.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint_name: str,
        slot_name: str,
        hosting: RealTime,
        storage: Storage,
        versions: VersionFiles,
        image_repositories: Sequence[str],
        release: Release = AllAtOnce(),  # noqa: B008 (frozen)
        challenger_slot_name: str | None = None,
        network: Network | None = None,
    ) -> None:
        refuse(
            [
                *name_problems("the name of an endpoint", endpoint_name),
                *release_problems(endpoint_name, hosting, release, network=network),
                *_slot_problems(endpoint_name, release, challenger_slot_name),
            ]
        )
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
            access=capture_access(storage, endpoint_name),
            network=network,
        )
        challenger = (
            Challenger(
                self,
                "Challenger",
                slot_name=challenger_slot_name,
                endpoint_name=endpoint_name,
                hosting=hosting,
                trial=release,
                role=self.role,
                has_model=self.has_model,
                network=network,
            )
            if isinstance(release, Shadow | Split) and challenger_slot_name
            else None
        )
        version = ServedVersion(
            self,
            "Version",
            package=slot.package,
            endpoint_name=endpoint_name,
            hosting=hosting,
            storage=storage,
            role=self.role,
            condition=self.has_model,
            network=network,
            challenger=challenger,
        )
        self.endpoint_config_name = version.config_name
        self.has_challenger: CfnCondition | None = challenger.exists if challenger else None
        if challenger:
            challenger.watch(version.config_name)
        self.rollback_alarm_names = self._guard(release)
        EndpointScaling(self, "Scaling", endpoint=self._endpoint(release), hosting=hosting)

    def _guard(self, release: Release) -> tuple[str, ...]:
        if isinstance(release, Shadow | Split):
            return ()
        return self._guarded(
            release, config_name=self.endpoint_config_name, condition=self.has_model
        )

    def _endpoint(self, release: Release) -> sagemaker.CfnEndpoint:
        # What is captured must not survive an update, and of a trial the shares.
        renewed, deployment = ["DataCaptureConfig"], None
        if isinstance(release, Shadow | Split):
            renewed.append("DesiredWeight")
        else:
            deployment = deployment_config(release, alarm_names=self.rollback_alarm_names)
        return self._made(
            config_name=self.endpoint_config_name,
            condition=self.has_model,
            deployment=deployment,
            renewed=renewed,
        )


def _slot_problems(
    endpoint_name: str, release: Release, challenger_slot_name: str | None
) -> Iterator[str]:
    if isinstance(release, Shadow | Split) != bool(challenger_slot_name):
        yield (
            f"endpoint {endpoint_name!r} must have challenger_slot_name if its release is a Shadow "
            f"or a Split and only then, got release={release!r} and "
            f"challenger_slot_name={challenger_slot_name!r}"
        )
