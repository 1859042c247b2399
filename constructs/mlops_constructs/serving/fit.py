"""What can't go together: ways to serve, ways to release, monitors and networks, in one table.

No schema of AWS's catches any of this: a deployment would fail, or quietly do without its guard.
What a `release=` can't say needs no row: `Shadow` and `Split` have no rollback alarms, `Rolling`
has no second variant.
"""

from collections.abc import Iterator
from typing import Final

from mlops_constructs.serving.asynchronous import Async
from mlops_constructs.serving.batch import Batch
from mlops_constructs.serving.choice import Choice, Clash
from mlops_constructs.serving.multi_model import MultiModel
from mlops_constructs.serving.real_time import RealTime
from mlops_constructs.serving.rolling import Rolling
from mlops_constructs.serving.serverless import Serverless
from mlops_constructs.serving.trial import Shadow, Split

_DG: Final = "https://docs.aws.amazon.com/sagemaker/latest/dg"
_GUARDRAILS: Final = f"{_DG}/deployment-guardrails.html"
_EXCLUSIONS: Final = f"{_DG}/deployment-guardrails-exclusions.html"
_SERVERLESS: Final = f"{_DG}/serverless-endpoints.html"
_SHADOWS: Final = f"{_DG}/shadow-tests-create.html"
_MONITOR: Final = f"{_DG}/model-monitor.html"
_ASYNC_METRICS: Final = f"{_DG}/async-inference-monitor.html"
_CAPTURE: Final = f"{_DG}/model-monitor-data-capture.html"
_BATCH: Final = f"{_DG}/batch-transform.html"

_UNGUARDED: Final = "release=AllAtOnce(alarms=None, termination_wait_seconds=0)"
_SERVE_OTHERWISE: Final = "take the monitors out of the model, or serve it by RealTime"

CLASHES: Final[tuple[Clash[Choice], ...]] = (
    Clash(
        name="serverless with guardrails",
        applies=lambda c: (
            isinstance(c.hosting, Serverless) and c.guarded and not isinstance(c.release, Rolling)
        ),
        what="endpoint {endpoint} can't be released by {release} with alarms or waits and be "
        "served by Serverless",
        why="AWS guards releases of real-time and asynchronous endpoints only",
        instead=f"say {_UNGUARDED} of this model, which is what AWS does there, or serve it by "
        "RealTime",
        source=_GUARDRAILS,
    ),
    Clash(
        name="serverless in batches",
        applies=lambda c: isinstance(c.hosting, Serverless) and isinstance(c.release, Rolling),
        what="endpoint {endpoint} can't be released by Rolling and be served by Serverless",
        why="it has no instances to replace batch by batch",
        instead=f"say {_UNGUARDED} of this model, or serve it by RealTime",
        source=_EXCLUSIONS,
    ),
    Clash(
        name="serverless with several variants",
        applies=lambda c: (
            isinstance(c.hosting, Serverless) and isinstance(c.release, Shadow | Split)
        ),
        what="endpoint {endpoint} can't be released by {release} and be served by Serverless",
        why="a serverless endpoint has one variant, and no shadow",
        instead=f"say {_UNGUARDED} of this model, or serve it by RealTime",
        source=_SERVERLESS,
    ),
    Clash(
        name="serverless with monitors",
        applies=lambda c: isinstance(c.hosting, Serverless) and bool(c.monitors),
        what="endpoint {endpoint} can't have monitors ({monitors}) and be served by Serverless",
        why="AWS captures no requests of serverless endpoints, so there is nothing to read",
        instead=_SERVE_OTHERWISE,
        source=_SERVERLESS,
    ),
    Clash(
        name="serverless in a network",
        applies=lambda c: isinstance(c.hosting, Serverless) and c.network is not None,
        what="endpoint {endpoint} can't run in a network of yours and be served by Serverless",
        why="AWS takes no VpcConfig of a serverless endpoint's model",
        instead="serve it by RealTime or Async, or take network= away",
        source=_SERVERLESS,
    ),
    Clash(
        name="serverless from AWS Marketplace",
        applies=lambda c: isinstance(c.hosting, Serverless) and bool(c.bought),
        what="endpoint {endpoint} can't have {bought} in its pipeline's definition and be served "
        "by Serverless",
        why="AWS runs no model packages from AWS Marketplace without instances",
        instead="serve it by RealTime, or take another container",
        source=_SERVERLESS,
    ),
    Clash(
        name="asynchronous in the shadow",
        applies=lambda c: isinstance(c.hosting, Async) and isinstance(c.release, Shadow),
        what="endpoint {endpoint} can't be released by Shadow and be served by Async",
        why="AWS copies no requests that lie in S3",
        instead="release it by Canary, or serve it by RealTime",
        source=_SHADOWS,
    ),
    Clash(
        name="asynchronous side by side",
        applies=lambda c: isinstance(c.hosting, Async) and isinstance(c.release, Split),
        what="endpoint {endpoint} can't be released by Split and be served by Async",
        why="AWS counts no invocations of asynchronous endpoints, so that two variants can't be "
        "compared",
        instead="release it by Canary, or serve it by RealTime",
        source=_ASYNC_METRICS,
    ),
    Clash(
        name="asynchronous with monitors",
        applies=lambda c: isinstance(c.hosting, Async) and bool(c.monitors),
        what="endpoint {endpoint} can't have monitors ({monitors}) and be served by Async",
        why="AWS documents capture of real-time endpoints and batch transforms only",
        instead=_SERVE_OTHERWISE,
        source=_CAPTURE,
    ),
    Clash(
        name="asynchronous with alarms on what is not measured",
        applies=lambda c: isinstance(c.hosting, Async) and bool(c.unmeasured),
        what="endpoint {endpoint} can't have rollback alarm {unmeasured} and be served by Async",
        why="AWS publishes no Invocations, InvocationsPerInstance and OverheadLatency of "
        "asynchronous endpoints, so that it would never ring",
        instead="let it look at another metric",
        source=_ASYNC_METRICS,
    ),
    Clash(
        name="asynchronous with the latency of a person",
        applies=lambda c: isinstance(c.hosting, Async) and c.impatient,
        what="endpoint {endpoint} can't have RollbackAlarms with their default latency_ms and be "
        "served by Async",
        why="the default is a second, as long as a person waits, and answers of such an endpoint "
        "may take an hour",
        instead="say latency_ms= in RollbackAlarms, or None for no such alarm",
        source=_ASYNC_METRICS,
    ),
    Clash(
        name="several models in the shadow",
        applies=lambda c: isinstance(c.hosting, MultiModel) and isinstance(c.release, Shadow),
        what="endpoint {endpoint} can't be released by Shadow and be served by MultiModel",
        why="AWS has no shadow variants of multi-model endpoints",
        instead="release it by AllAtOnce, or serve it by RealTime",
        source=_SHADOWS,
    ),
    Clash(
        name="several models side by side",
        applies=lambda c: isinstance(c.hosting, MultiModel) and isinstance(c.release, Split),
        what="endpoint {endpoint} can't be released by Split and be served by MultiModel",
        why="a request names the archive that answers it, whatever the weights of variants",
        instead="release it by AllAtOnce, or serve it by RealTime",
        source=f"{_DG}/invoke-multi-model-endpoint.html",
    ),
    Clash(
        name="several models with monitors",
        applies=lambda c: isinstance(c.hosting, MultiModel) and bool(c.monitors),
        what="endpoint {endpoint} can't have monitors ({monitors}) and be served by MultiModel",
        why="monitoring knows endpoints with one model only",
        instead=_SERVE_OTHERWISE,
        source=_MONITOR,
    ),
    Clash(
        name="batch with traffic",
        applies=lambda c: (
            isinstance(c.hosting, Batch) and (c.guarded or isinstance(c.release, Shadow | Split))
        ),
        what="model {endpoint} can't be released by {release} and be served by Batch",
        why="it has no endpoint, and so no traffic to shift, copy or split: the next run scores "
        "with the version that was promoted",
        instead="take its release= away, or serve it by RealTime",
        source=_BATCH,
    ),
    Clash(
        name="guardrails on Inf1",
        applies=lambda c: (
            c.instance_type.startswith("ml.inf1.")
            and not isinstance(c.hosting, Batch)
            and c.guarded
        ),
        what="endpoint {endpoint} can't be released by {release} with alarms or waits on "
        "instance_type {instance_type}",
        why="AWS would silently shift all at once and watch nothing",
        instead=f"take another type, such as 'ml.inf2.xlarge', or {_UNGUARDED}",
        source=_EXCLUSIONS,
    ),
    Clash(
        name="shadow on Inf1",
        applies=lambda c: c.instance_type.startswith("ml.inf1.") and isinstance(c.release, Shadow),
        what="endpoint {endpoint} can't be released by Shadow on instance_type {instance_type}",
        why="AWS has no shadow variants there",
        instead="take another type, such as 'ml.inf2.xlarge', or release=Split()",
        source=_SHADOWS,
    ),
    Clash(
        name="shadow without capture",
        applies=lambda c: (
            isinstance(c.hosting, RealTime)
            and c.hosting.capture_percent == 0
            and isinstance(c.release, Shadow)
        ),
        what="endpoint {endpoint} can't be released by Shadow with capture_percent=0",
        why="answers are compared as they were recorded",
        instead="set it to 1 to 100, or release=Split(), which compares errors and latency alone",
        source=_SHADOWS,
    ),
    Clash(
        name="guardrails from AWS Marketplace",
        applies=lambda c: (
            bool(c.bought) and c.guarded and not isinstance(c.hosting, Serverless | Batch)
        ),
        what="endpoint {endpoint} can't be released by {release} with alarms or waits and have "
        "{bought} in its pipeline's definition, as with containers from AWS Marketplace",
        why="AWS would silently shift all at once and watch nothing",
        instead=f"take another container, or {_UNGUARDED}",
        source=_EXCLUSIONS,
    ),
    Clash(
        name="shadow from AWS Marketplace",
        applies=lambda c: bool(c.bought) and isinstance(c.release, Shadow),
        what="endpoint {endpoint} can't be released by Shadow and have {bought} in its pipeline's "
        "definition, as with containers from AWS Marketplace",
        why="AWS has no shadow variants of them",
        instead="take another container, or release=Split()",
        source=_SHADOWS,
    ),
)


def clashes(choice: Choice) -> Iterator[str]:
    """Yields what of a choice can't go together, one sentence each."""
    return (row.sentence(choice) for row in CLASHES if row.applies(choice))
