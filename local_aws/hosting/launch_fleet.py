"""From an endpoint config to running containers."""

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local_aws.hosting import objects
from local_aws.hosting.container import Container, ContainerFailed, mapped, unpack
from local_aws.hosting.endpoint_configs import EndpointConfig, VariantConfig
from local_aws.hosting.fleet import Fleet, Variant
from local_aws.hosting.log_stream import LogStream
from local_aws.hosting.models import Serving, find_model
from local_aws.launch import client_environment
from local_aws.ministack.scope import account_id, region


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to run, looked up while the request is answered, so that its errors are the API's.

    Attributes:
        servings: what each variant of the config runs, in the config's order.
    """

    config: EndpointConfig
    servings: tuple[Serving, ...]


def plan(config: EndpointConfig) -> Plan:
    """Look up the config's models.

    Raises:
        ValidationException: One of them was deleted since.
    """
    servings = tuple(find_model(variant.model_name).serving for variant in config.variants)
    return Plan(config=config, servings=servings)


def launch(plan: Plan, endpoint_name: str) -> Fleet:
    """Start all containers, then wait for each one's health check.

    Raises:
        ContainerFailed: One of them cannot serve; those that could are stopped.
    """
    variants: list[Variant] = []
    try:
        for config, serving in zip(plan.config.variants, plan.servings, strict=True):
            variants.append(_start(config, serving, endpoint_name))
        for config, variant in zip(plan.config.variants, variants, strict=True):
            variant.container.wait_until_healthy(config.startup_timeout_seconds)
    except (ContainerFailed, OSError) as error:
        for variant in variants:
            variant.stop()
        raise ContainerFailed(str(error)) from error
    return Fleet(config_name=plan.config.name, variants=variants)


def _start(config: VariantConfig, serving: Serving, endpoint_name: str) -> Variant:
    folder = Path(tempfile.mkdtemp(prefix=f"{endpoint_name}-{config.name}-"))
    try:
        unpack(objects.read(serving.model_data_url), folder, url=serving.model_data_url)
    except Exception:
        shutil.rmtree(folder)
        raise
    container = Container(
        folder=folder, environment=mapped(_environment(serving), folder), name=config.name
    )
    return Variant(
        name=config.name,
        image=serving.image,
        weight=config.weight,
        instance_count=config.instance_count,
        container=container,
        log=LogStream(
            group=f"/aws/sagemaker/Endpoints/{endpoint_name}",
            stream=f"{config.name}/i-{folder.name[-8:]}",
            file=container.log,
        ),
    )


def _environment(serving: Serving) -> Mapping[str, str]:
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
