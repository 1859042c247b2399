"""The endpoint of a model whose requests name the version that answers them."""

from collections.abc import Mapping

from constructs import Construct

from mlops_constructs.serving import ArchiveProbe, MultiModel, MultiModelEndpoint, Shadow, Split
from mlops_constructs.training import RegisteredContainer
from pipeline_definitions.definition import PipelineDefinition
from stacks.endpoint import Served


def many_of(
    scope: Construct,
    construct_id: str,
    served: Served,
    definition: PipelineDefinition,
    accounts: Mapping[str, str],
) -> MultiModelEndpoint:
    """The endpoint, and what asks an archive before the slot names it.

    Args:
        scope: The stack.
        construct_id: Of the endpoint.
        served: What is served, and where.
        definition: Of the pipeline, which says what container versions run in.
        accounts: Placeholder to the account of a registry, in the region of the deployment.
    """
    config, model = served.config, served.model
    name, hosting, release = (
        config.resource_name(model),
        config.hosting_for(model),
        config.release_for(model),
    )
    assert isinstance(hosting, MultiModel)
    assert not isinstance(release, Shadow | Split)  # config refuses a trial
    container = RegisteredContainer.of(model.name, definition.body, accounts)
    storage = served.foundation.storage.seen_from(scope)
    endpoint = MultiModelEndpoint(
        scope,
        construct_id,
        endpoint_name=name,
        hosting=hosting,
        storage=storage,
        image=container.image,
        environment=container.environment,
        image_repositories=served.repositories,
        release=release,
        network=config.organisation.network,
    )
    ArchiveProbe(scope, "Probe", endpoint=endpoint, hosting=hosting, key=storage.key)
    return endpoint


def archive_outputs(endpoint: MultiModelEndpoint) -> dict[str, str]:
    """Where archives lie: promotions put them there, under the number of their version."""
    return {"ArchiveUri": endpoint.archive_uri}
