"""A template for each way to serve a model, and what each move between them must say."""

import json
from typing import Any

from tests.review.handmade import template

VARIANT = {
    "VariantName": "AllTraffic",
    "InstanceType": "ml.m5.large",
    "InitialInstanceCount": 1,
    "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
}
INSTANCES: dict[str, Any] = {"ProductionVariants": [VARIANT]}
SERVERLESS = {"ProductionVariants": [{"VariantName": "AllTraffic", "ServerlessConfig": {}}]}
QUEUE = {**INSTANCES, "AsyncInferenceConfig": {"OutputConfig": {}}}
ONE = {"Containers": [{"ModelPackageName": "churn/1"}]}
MANY = {"Containers": [{"Image": "i", "Mode": "MultiModel", "ModelDataUrl": "s3://b/many/"}]}


def served(
    config: dict[str, Any], model: dict[str, Any] = ONE, logical_id: str = "Config"
) -> dict[str, Any]:
    name = {"Fn::GetAtt": [logical_id, "EndpointConfigName"]}
    endpoint = {"EndpointName": "dev-churn", "EndpointConfigName": name}
    return template(
        Endpoint=("AWS::SageMaker::Endpoint", endpoint),
        Model=("AWS::SageMaker::Model", model),
        **{logical_id: ("AWS::SageMaker::EndpointConfig", config)},
    )


def scored(kind: str = "Transform") -> dict[str, Any]:
    """A pipeline that scores if there is something, as a condition's step."""
    score = {"Name": "Score", "Type": kind, "Arguments": {}}
    choice = {"Name": "Choice", "Type": "Condition", "Arguments": {"IfSteps": [score]}}
    body = json.dumps({"Version": "2020-12-01", "Parameters": [], "Steps": [choice]})
    properties = {
        "PipelineName": "dev-churn-batch",
        "PipelineDefinition": {"PipelineDefinitionBody": body},
    }
    return template(Pipeline=("AWS::SageMaker::Pipeline", properties))


SERVED: dict[str, dict[str, Any]] = {
    "instances": served(INSTANCES),
    "serverless": served(SERVERLESS),
    "queue": served(QUEUE),
    "many": served(INSTANCES, MANY),
    "batch": scored(),
}
FLEETS = "no request suits both fleets of a shift"
NOT_SERVERLESS = "AWS makes no endpoint serverless that is not"
NO_QUEUE = "AWS documents no update that gives an endpoint a queue"
HAS_A_QUEUE = "AWS documents no update that takes an endpoint its queue"
ENDPOINT_STAYS = "a stack policy keeps the endpoint"
PIPELINE_STAYS = "a stack policy keeps the pipeline"
GONE = "hears that there is none"
UNSCORED = "what came since the last run gets none"
EMPTY = "let the queue run empty"
REFUSED = [
    ("instances", "serverless", NOT_SERVERLESS, "names no model"),
    ("instances", "queue", NO_QUEUE, "puts a request into S3"),
    ("instances", "many", FLEETS, "names the archive"),
    ("instances", "batch", ENDPOINT_STAYS, GONE),
    ("serverless", "queue", NO_QUEUE, "puts a request into S3"),
    ("serverless", "many", FLEETS, "names the archive"),
    ("serverless", "batch", ENDPOINT_STAYS, GONE),
    ("queue", "instances", HAS_A_QUEUE, EMPTY),
    ("queue", "serverless", NOT_SERVERLESS, EMPTY),
    ("queue", "many", HAS_A_QUEUE, EMPTY),
    ("queue", "batch", ENDPOINT_STAYS, EMPTY),
    ("many", "instances", FLEETS, "names no model"),
    ("many", "serverless", NOT_SERVERLESS, "names no model"),
    ("many", "queue", NO_QUEUE, "puts a request into S3"),
    ("many", "batch", ENDPOINT_STAYS, GONE),
    ("batch", "instances", PIPELINE_STAYS, UNSCORED),
    ("batch", "serverless", PIPELINE_STAYS, UNSCORED),
    ("batch", "queue", PIPELINE_STAYS, UNSCORED),
    ("batch", "many", PIPELINE_STAYS, "AWS deletes no pipeline that runs"),
]
