"""From an endpoint config to running containers."""

import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from local_aws.hosting import objects
from local_aws.hosting.archives import ArchiveLoader, start
from local_aws.hosting.capture import DataCapture
from local_aws.hosting.container import Container, ContainerFailed
from local_aws.hosting.deployment import Deployment
from local_aws.hosting.endpoint_configs import EndpointConfig
from local_aws.hosting.fleet import Fleet, Variant
from local_aws.hosting.log_stream import LogStream
from local_aws.hosting.models import Serving, find_model
from local_aws.hosting.multi_model import ModelSet
from local_aws.hosting.pending import PendingDeployment, PendingVariant, creating
from local_aws.hosting.serverless import Concurrency
from local_aws.hosting.variant_configs import VariantConfig
from local_aws.launch import client_environment
from local_aws.ministack.scope import account_id, region


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to run, looked up while the request is answered, so that its errors are the API's.

    Attributes:
        servings: what each variant of the config runs, in the order of its `all_variants`.
    """

    config: EndpointConfig
    servings: tuple[Serving, ...]


def plan(config: EndpointConfig) -> Plan:
    """Look up the config's models.

    Raises:
        ValidationException: One of them was deleted since.
    """
    servings = tuple(find_model(variant.model_name).serving for variant in config.all_variants)
    return Plan(config=config, servings=servings)


def pending(plan: Plan, deployment: Deployment | None = None) -> PendingDeployment:
    """The plan's deployment, at its start; None for an endpoint that is created."""
    variants = [
        PendingVariant(
            name=config.name,
            image=serving.image,
            weight=config.weight,
            instance_count=config.instance_count,
            serverless=config.serverless,
        )
        for config, serving in zip(plan.config.all_variants, plan.servings, strict=True)
    ]
    stage, count = creating(), len(plan.config.variants)
    return PendingDeployment(
        config_name=plan.config.name,
        variants=variants[:count],
        shadows=variants[count:],
        start_time=stage.since,
        stage=stage,
        launching=deployment.steps[0].share
        if deployment and deployment.in_batches
        else Fraction(1),
    )


def launch(plan: Plan, endpoint_name: str) -> Fleet:
    """Start all containers, then wait for each one's health check.

    Raises:
        ContainerFailed: One of them cannot serve; those that could are stopped.
    """
    variants: list[Variant] = []
    try:
        for config, serving in zip(plan.config.all_variants, plan.servings, strict=True):
            variants.append(_start(config, serving, endpoint_name))
        for config, variant in zip(plan.config.all_variants, variants, strict=True):
            variant.container.wait_until_healthy(config.startup_timeout_seconds)
    except (ContainerFailed, OSError) as error:
        for variant in variants:
            variant.stop()
        raise ContainerFailed(str(error)) from error
    capture = None
    if plan.config.capture:
        capture = DataCapture(
            config=plan.config.capture, endpoint_name=endpoint_name, put=objects.write
        )
    production = variants[: len(plan.config.variants)]
    return Fleet(
        config_name=plan.config.name,
        variants=production,
        shadow=variants[-1] if plan.config.shadow else None,
        capture=capture,
        asynchronous=plan.config.asynchronous,
    )


def _start(config: VariantConfig, serving: Serving, endpoint_name: str) -> Variant:
    group = f"/aws/sagemaker/Endpoints/{endpoint_name}"
    folder = Path(tempfile.mkdtemp(prefix=f"{endpoint_name}-{config.name}-"))
    stream = f"{config.name}/i-{folder.name[-8:]}"
    container: Container | ModelSet
    if serving.multi_model:
        loader = ArchiveLoader(
            serving=serving,
            environment=environment(serving),
            folder=folder,
            group=group,
            stream=stream,
            timeout_seconds=config.startup_timeout_seconds,
        )
        container = ModelSet(loader.load, cached=serving.cached)
        log = loader.log_of(folder)
    else:
        container = start(serving.model_data_url, environment(serving), folder, name=config.name)
        log = LogStream(group=group, stream=stream, file=container.log)
    return Variant(
        name=config.name,
        image=serving.image,
        weight=config.weight,
        instance_count=config.instance_count,
        container=container,
        concurrency=Concurrency(config.serverless),
        log=log,
    )


def environment(serving: Serving) -> Mapping[str, str]:
    """The platform's variables, the image's own (its Dockerfile and serving.py), the model's."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        **client_environment(int(os.environ["GATEWAY_PORT"])),
        "AWS_REGION": region(),
        "AWS_DEFAULT_REGION": region(),
        "AWS_ACCESS_KEY_ID": account_id(),
        "SM_MODEL_DIR": "/opt/ml/model",
        "OMP_NUM_THREADS": "1",
        "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/code",
        **serving.environment,
    }
