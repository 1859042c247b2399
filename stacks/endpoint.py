"""The endpoint of a model, of the kind that was chosen."""

from dataclasses import dataclass
from typing import Any

from constructs import Construct

from config.schema import StageConfig
from mlops_constructs.serving import (
    Async,
    AsyncEndpoint,
    ModelEndpoint,
    MultiModelEndpoint,
    RealTime,
    Serverless,
    ServerlessEndpoint,
)
from mlops_constructs.version_files import VersionFiles
from pipeline_definitions.spec import ModelSpec
from stacks.foundation import FoundationStack


@dataclass(frozen=True, kw_only=True)
class Served:
    """What a serving stack puts around that which serves.

    Attributes:
        config: Of the stage.
        model: That is served.
        foundation: Has the stage's buckets, key and topic.
        versions: The archives of the model's versions.
        repositories: ARNs of the repositories that the serving image comes from.
    """

    config: StageConfig
    model: ModelSpec
    foundation: FoundationStack
    versions: VersionFiles
    repositories: tuple[str, ...]


def endpoint_of(
    scope: Construct, construct_id: str, served: Served
) -> ModelEndpoint | ServerlessEndpoint | AsyncEndpoint:
    """The model's endpoint. What has none, and what can't be released so, `config` has refused."""
    config, model = served.config, served.model
    hosting, release = config.hosting_for(model), config.release_for(model)
    assert isinstance(hosting, RealTime | Serverless | Async)
    common: dict[str, Any] = {
        "endpoint_name": config.resource_name(model),
        "slot_name": config.slot_name(model),
        "storage": served.foundation.storage.seen_from(scope),
        "versions": served.versions,
        "image_repositories": served.repositories,
    }
    if isinstance(hosting, Serverless):
        return ServerlessEndpoint(scope, construct_id, hosting=hosting, **common)
    common |= {"release": release, "network": config.organisation.network}
    if isinstance(hosting, Async):
        return AsyncEndpoint(scope, construct_id, hosting=hosting, **common)
    return ModelEndpoint(
        scope,
        construct_id,
        hosting=hosting,
        challenger_slot_name=config.challenger_slot_name(model),
        **common,
    )


def queue_outputs(endpoint: ModelEndpoint | ServerlessEndpoint | AsyncEndpoint) -> dict[str, str]:
    """Where those who ask put requests and hear of answers; nothing where they simply ask."""
    if not isinstance(endpoint, AsyncEndpoint):
        return {}
    files = endpoint.files
    return {
        "RequestUri": files.uri(files.requests),
        "AnswerUri": files.uri(files.answers),
        "FailureUri": files.uri(files.failures),
        "SuccessTopicArn": endpoint.success_topic.topic_arn,
        "ErrorTopicArn": endpoint.error_topic.topic_arn,
    }


def config_outputs(
    endpoint: ModelEndpoint | ServerlessEndpoint | AsyncEndpoint | MultiModelEndpoint,
) -> dict[str, str]:
    """What promotions read of the endpoint's config, as long as there is one."""
    found = {"EndpointConfigName": endpoint.endpoint_config_name}
    if endpoint.rollback_alarm_names:
        found["RollbackAlarmNames"] = ",".join(endpoint.rollback_alarm_names)
    return found
