"""Why a model can't be served in a stage as it was told."""

from collections.abc import Iterator, Sequence

from mlops_constructs.monitoring import MonitorSettings, monitor_problems
from mlops_constructs.network import Network
from mlops_constructs.serving import (
    Batch,
    Hosting,
    MultiModel,
    RealTime,
    Release,
    batch_problems,
    probe_problems,
    release_problems,
)


def serving_problems(
    name: str,
    hosting: Hosting,
    release: Release,
    monitors: Sequence[MonitorSettings],
    network: Network | None,
) -> Iterator[str]:
    """Yields why a model can't be served, released and monitored so, one sentence each.

    Args:
        name: Of its endpoint, or of what scores it, in this stage.
        hosting: How it is served.
        release: How a new version takes over.
        monitors: What watches it.
        network: Where its containers run; None for SageMaker's own.
    """
    kinds = [monitor.kind for monitor in monitors]
    yield from release_problems(name, hosting, release, monitors=kinds, network=network)
    if isinstance(hosting, Batch):
        yield from batch_problems(name, hosting)
    if isinstance(hosting, MultiModel):
        yield from probe_problems(name)
    if isinstance(hosting, RealTime | Batch):
        yield from monitor_problems(name, hosting.capture_percent, monitors)
