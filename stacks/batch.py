"""The pipeline of a model that scores batches."""

from constructs import Construct

from mlops_constructs.serving import Batch, BatchInference
from pipeline_definitions.images import image_accounts
from stacks.endpoint import Served


def batch_of(scope: Construct, construct_id: str, served: Served) -> BatchInference:
    """What scores the model's batches, whose rows and answers lie in the stage's data bucket."""
    config, model = served.config, served.model
    hosting = config.hosting_for(model)
    assert isinstance(hosting, Batch)
    return BatchInference(
        scope,
        construct_id,
        name=config.resource_name(model),
        slot_name=config.slot_name(model),
        hosting=hosting,
        storage=served.foundation.storage.seen_by_training(scope),
        versions=served.versions,
        image_repositories=served.repositories,
        image_accounts=image_accounts(),
        topic=served.foundation.topic,
        network=config.organisation.network,
    )


def batch_outputs(batch: BatchInference) -> dict[str, str]:
    """Where rows go, where their answers come, and what scores them."""
    files = batch.files
    return {
        "BatchPipelineName": batch.pipeline_name,
        "RequestUri": files.storage.data.s3_url_for_object(files.requests_prefix),
        "AnswerUri": files.storage.data.s3_url_for_object(files.answers_prefix),
    }


def model_outputs(batch: BatchInference) -> dict[str, str]:
    """What promotions read of the model that scores, as long as there is one."""
    return {"BatchModelName": batch.model_name}
