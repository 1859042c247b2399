"""Fleets of endpoints without any process."""

from typing import cast

from local_aws.hosting.container import Container
from local_aws.hosting.fleet import Fleet, Variant
from local_aws.hosting.log_stream import LogStream
from local_aws.hosting.variant_configs import VariantConfig


class Stopped:
    """Stands for a container and its log; remembers that it was stopped."""

    stopped = False

    def stop(self) -> None:
        self.stopped = True

    def deliver(self) -> None: ...

    def remove_files(self) -> None: ...


def fleet(*, config: str = "config", instances: int = 1, **weights: float) -> Fleet:
    """A fleet whose variants have these weights."""
    variants = [
        Variant(
            name=name,
            image="image",
            weight=weight,
            instance_count=instances,
            container=cast(Container, Stopped()),
            log=cast(LogStream, Stopped()),
        )
        for name, weight in weights.items()
    ]
    return Fleet(config_name=config, variants=variants)


def is_stopped(stopped: Fleet) -> bool:
    """Whether the fleet's processes have ended."""
    return all(cast(Stopped, variant.container).stopped for variant in stopped.variants)


def variant_config(
    name: str = "AllTraffic", *, count: int = 1, instance_type: str = "ml.m5.large"
) -> VariantConfig:
    """One entry of an endpoint config's ProductionVariants."""
    return VariantConfig(
        name=name,
        model_name="model",
        instance_type=instance_type,
        instance_count=count,
        weight=1.0,
        startup_timeout_seconds=1,
    )
