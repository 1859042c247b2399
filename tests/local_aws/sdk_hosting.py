"""The ways in which a user of the SageMaker SDK v3 serves a model, as a program of its own.

Prints what it saw as JSON. Arguments: a bucket with the archives one/model.tar.gz,
two/model.tar.gz, many/a.tar.gz and many/b.tar.gz and the object in/1.csv, an image, and the models'
environment as JSON.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import boto3
from sagemaker.core.helper.session_helper import Session
from sagemaker.core.inference_config import AsyncInferenceConfig, ServerlessInferenceConfig
from sagemaker.core.resources import Endpoint, EndpointConfig, Model
from sagemaker.core.serializers import CSVSerializer
from sagemaker.core.shapes import (
    CapacitySize,
    ContainerDefinition,
    DeploymentConfig,
    ProductionVariant,
    RollingUpdatePolicy,
)
from sagemaker.serve.async_inference import WaiterConfig
from sagemaker.serve.model_builder import ModelBuilder
from sagemaker.serve.predictor_async import AsyncPredictor

BUCKET, IMAGE, ENVIRONMENT = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
ROLE = "arn:aws:iam::123456789012:role/serving"
INSTANCE_TYPE, CSV = "ml.m5.large", "text/csv"
SESSION = Session(default_bucket=BUCKET)


class Predictor:
    """What AsyncPredictor asks of its predictor: v3 has none that it could be given."""

    sagemaker_session, serializer, accept = SESSION, CSVSerializer(), (CSV,)

    def __init__(self, endpoint_name: str) -> None:
        self.endpoint_name = endpoint_name

    def _handle_response(self, response: Any) -> str:
        return str(response["Body"].read().decode())


def builder(name: str) -> ModelBuilder:
    made = ModelBuilder(
        s3_model_data_url=f"s3://{BUCKET}/one/model.tar.gz",
        image_uri=IMAGE,
        env_vars=ENVIRONMENT,
        role_arn=ROLE,
        sagemaker_session=SESSION,
        instance_type=INSTANCE_TYPE,
    )
    made.build(model_name=f"{BUCKET}-built-{name}")
    return made


def deployed(name: str, **how: Any) -> Endpoint:
    endpoint = builder(name).deploy(endpoint_name=f"{BUCKET}-{name}", wait=False, **how)
    endpoint.wait_for_status("InService", poll=1)
    return endpoint


def container(data: str, mode: str = "SingleModel") -> ContainerDefinition:
    return ContainerDefinition(
        image=IMAGE, mode=mode, model_data_url=f"s3://{BUCKET}/{data}", environment=ENVIRONMENT
    )


def variant(name: str, model: str, weight: float = 1.0) -> ProductionVariant:
    return ProductionVariant(
        variant_name=name,
        model_name=model,
        initial_instance_count=2,
        instance_type=INSTANCE_TYPE,
        initial_variant_weight=weight,
    )


def model(name: str, held: ContainerDefinition) -> str:
    made = f"{BUCKET}-{name}"
    Model.create(model_name=made, primary_container=held, execution_role_arn=ROLE)
    return made


def config(name: str, *variants: ProductionVariant, **members: Any) -> str:
    made = f"{BUCKET}-{name}"
    EndpointConfig.create(endpoint_config_name=made, production_variants=list(variants), **members)
    return made


def endpoint(configured: str) -> Endpoint:
    made = Endpoint.create(endpoint_name=configured, endpoint_config_name=configured)
    made.wait_for_status("InService", poll=1)
    return made


def ask(asked: Endpoint, **members: Any) -> str:
    answer = asked.invoke(body="1,2", content_type=CSV, **members)
    return str(answer.body.read().decode())


def serverless() -> object:
    wanted = ServerlessInferenceConfig(memory_size_in_mb=2048, max_concurrency=3)
    made = deployed("serverless", inference_config=wanted)
    (shown,) = made.production_variants
    return [ask(made), shown.current_serverless_config.max_concurrency]


def asynchronous() -> object:
    wanted = AsyncInferenceConfig(output_path=f"s3://{BUCKET}/answers")
    made = deployed(
        "async",
        inference_config=wanted,
        initial_instance_count=1,
        instance_type=INSTANCE_TYPE,
    )
    predictor = AsyncPredictor(Predictor(made.endpoint_name))
    soon = WaiterConfig(delay=1, max_attempts=60)
    arguments = {"ContentType": CSV}
    later = predictor.predict_async("3,4", initial_args=arguments)
    waited = predictor.predict("5,6", initial_args=arguments, waiter_config=soon)
    sent = made.invoke_async(input_location=f"s3://{BUCKET}/in/1.csv", content_type=CSV)
    bucket, key = sent.output_location.removeprefix("s3://").split("/", 1)
    s3 = boto3.client("s3")
    s3.get_waiter("object_exists").wait(Bucket=bucket, Key=key, WaiterConfig={"Delay": 1})
    answered = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    return [waited, later.get_result(soon), answered]


def multi_model() -> object:
    held = container("many/", "MultiModel")
    made = endpoint(config("many", variant("All", model("many", held))))
    return [ask(made, target_model=name) for name in ("a.tar.gz", "b.tar.gz")]


def batch() -> object:
    transformer = builder("batch").transformer(
        instance_count=1,
        instance_type=INSTANCE_TYPE,
        output_path=f"s3://{BUCKET}/scored",
        assemble_with="Line",
        accept=CSV,
    )
    transformer.transform(
        data=f"s3://{BUCKET}/in", content_type=CSV, split_type="Line", wait=False, logs=False
    )
    job = transformer.latest_transform_job
    job.wait(poll=1)
    scored = boto3.client("s3").get_object(Bucket=BUCKET, Key="scored/1.csv.out")
    return [job.transform_job_status, scored["Body"].read().decode()]


def released() -> object:
    """By weight, then one variant, then another one in batches, with a shadow at last."""
    one, two = (model(name, container(f"{name}/model.tar.gz")) for name in ("one", "two"))
    split = endpoint(config("split", variant("One", one), variant("Two", two, 3.0)))
    shares = Counter(
        split.invoke(body="1", content_type=CSV).invoked_production_variant for _ in range(8)
    )
    rolled = endpoint(config("before", variant("One", one)))
    before = ask(rolled)
    rolled.endpoint_config_name = config("after", variant("One", two))
    half = CapacitySize(type="CAPACITY_PERCENT", value=50)
    rolling = RollingUpdatePolicy(maximum_batch_size=half, wait_interval_in_seconds=1)
    rolled.update(deployment_config=DeploymentConfig(rolling_update_policy=rolling))
    rolled.wait_for_status("InService", poll=1)
    shown = rolled.last_deployment_config.rolling_update_policy.maximum_batch_size.value
    shadow = config(
        "shadowed",
        variant("One", one),
        shadow_production_variants=[variant("Shadow", two, 0.5)],
    )
    (beside,) = endpoint(shadow).shadow_production_variants
    return {
        "shares": shares,
        "rolled": [before, ask(rolled), shown],
        "shadow": [beside.variant_name, beside.current_weight],
    }


WAYS: tuple[Callable[[], object], ...] = (serverless, asynchronous, multi_model, batch, released)
print(json.dumps({way.__name__: way() for way in WAYS}))
