"""AWS::SageMaker::Pipeline."""

import json

from local_aws.core.cloudformation import Properties, ResourceType, register
from local_aws.core.operations import dispatch

_LOCATION = {"Bucket": "Bucket", "Key": "ObjectKey", "Version": "VersionId"}


def _in_the_words_of_the_api(properties: Properties) -> Properties:
    """PipelineDefinition is an object with the text or its place in S3, or that object as text."""
    given = properties["PipelineDefinition"]
    definition = json.loads(given) if isinstance(given, str) else given
    rest = {name: value for name, value in properties.items() if name != "PipelineDefinition"}
    place = definition.get("PipelineDefinitionS3Location")
    if place is None:
        return {**rest, "PipelineDefinition": definition["PipelineDefinitionBody"]}
    location = {_LOCATION.get(name, name): value for name, value in place.items()}
    return {**rest, "PipelineDefinitionS3Location": location}


register(
    ResourceType(
        name="AWS::SageMaker::Pipeline",
        service="sagemaker",
        identifier=("PipelineName",),
        create="CreatePipeline",
        update="UpdatePipeline",
        delete="DeletePipeline",
        read=lambda names: dispatch("sagemaker", "DescribePipeline", names),
        prepare=_in_the_words_of_the_api,
    )
)
