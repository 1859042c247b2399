"""What can't go together is refused with what, why, what instead, and the page that says so."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from config.refusal import sentences
from mlops_constructs.network import Network
from mlops_constructs.serving import (
    UNGUARDED,
    AllAtOnce,
    Async,
    Batch,
    Canary,
    EndpointMetric,
    MultiModel,
    RealTime,
    RollbackAlarm,
    RollbackAlarms,
    Rolling,
    Serverless,
    Shadow,
    Split,
    marketplace_problems,
    release_problems,
)
from mlops_constructs.serving.choice import Choice
from mlops_constructs.serving.fit import CLASHES, clashes

WIDE: dict[str, Any] = {"instance_type": "ml.m5.large", "min_instances": 4, "max_instances": 8}
REAL_TIME = RealTime(**WIDE, invocations_per_instance=100)
INF1 = REAL_TIME.model_copy(update={"instance_type": "ml.inf1.xlarge"})
SERVERLESS = Serverless()
ASYNC = Async(**WIDE)
MULTI_MODEL = MultiModel(**WIDE, invocations_per_instance=100, probe="1,2")
BATCH = Batch(instance_type="ml.m5.large")
NETWORK = Network(subnets=("subnet-01234567",), security_groups=("sg-01234567",))
PATIENT = AllAtOnce(alarms=RollbackAlarms(latency_ms=None))
SILENT = RollbackAlarm(kind="silence", metric=EndpointMetric.INVOCATIONS, above=9)
SAID_OPENLY = "release=AllAtOnce(alarms=None, termination_wait_seconds=0)"
OTHERWISE = "take the monitors out of the model, or serve it by RealTime"


def choice(hosting: Any, release: Any = UNGUARDED, **more: Any) -> Choice:
    return Choice(name="churn", hosting=hosting, release=release, **more)


CASES: dict[str, tuple[Choice, dict[str, Any], str]] = {
    "serverless with guardrails": (
        choice(SERVERLESS, AllAtOnce()),
        {"hosting": REAL_TIME},
        "endpoint 'churn' can't be released by AllAtOnce with alarms or waits and be served by "
        "Serverless: AWS guards releases of real-time and asynchronous endpoints only; say "
        f"{SAID_OPENLY} of this model, which is what AWS does there, or serve it by RealTime",
    ),
    "serverless in batches": (
        choice(SERVERLESS, Rolling(percent=25)),
        {"hosting": REAL_TIME},
        "endpoint 'churn' can't be released by Rolling and be served by Serverless: it has no "
        f"instances to replace batch by batch; say {SAID_OPENLY} of this model, or serve it by "
        "RealTime",
    ),
    "serverless with several variants": (
        choice(SERVERLESS, Split()),
        {"release": UNGUARDED},
        "endpoint 'churn' can't be released by Split and be served by Serverless: a serverless "
        f"endpoint has one variant, and no shadow; say {SAID_OPENLY} of this model, or serve it by "
        "RealTime",
    ),
    "serverless with monitors": (
        choice(SERVERLESS, monitors=("data-quality", "bias")),
        {"monitors": ()},
        "endpoint 'churn' can't have monitors ('data-quality', 'bias') and be served by "
        "Serverless: AWS captures no requests of serverless endpoints, so there is nothing to "
        f"read; {OTHERWISE}",
    ),
    "serverless in a network": (
        choice(SERVERLESS, network=NETWORK),
        {"network": None},
        "endpoint 'churn' can't run in a network of yours and be served by Serverless: AWS takes "
        "no VpcConfig of a serverless endpoint's model; serve it by RealTime or Async, or take "
        "network= away",
    ),
    "serverless from AWS Marketplace": (
        choice(SERVERLESS, bought=("ProductId",)),
        {"bought": ()},
        "endpoint 'churn' can't have ProductId in its pipeline's definition and be served by "
        "Serverless: AWS runs no model packages from AWS Marketplace without instances; serve it "
        "by RealTime, or take another container",
    ),
    "asynchronous in the shadow": (
        choice(ASYNC, Shadow()),
        {"release": PATIENT},
        "endpoint 'churn' can't be released by Shadow and be served by Async: AWS copies no "
        "requests that lie in S3; release it by Canary, or serve it by RealTime",
    ),
    "asynchronous side by side": (
        choice(ASYNC, Split()),
        {"release": PATIENT},
        "endpoint 'churn' can't be released by Split and be served by Async: AWS counts no "
        "invocations of asynchronous endpoints, so that two variants can't be compared; release it "
        "by Canary, or serve it by RealTime",
    ),
    "asynchronous with monitors": (
        choice(ASYNC, monitors=("data-quality",)),
        {"hosting": REAL_TIME},
        "endpoint 'churn' can't have monitors ('data-quality') and be served by Async: AWS "
        f"documents capture of real-time endpoints and batch transforms only; {OTHERWISE}",
    ),
    "asynchronous with alarms on what is not measured": (
        choice(ASYNC, AllAtOnce(alarms=RollbackAlarms(latency_ms=None, others=(SILENT,)))),
        {"hosting": REAL_TIME},
        "endpoint 'churn' can't have rollback alarm 'silence' and be served by Async: AWS "
        "publishes no Invocations, InvocationsPerInstance and OverheadLatency of asynchronous "
        "endpoints, so that it would never ring; let it look at another metric",
    ),
    "asynchronous with the latency of a person": (
        choice(ASYNC, Canary(percent=25)),
        {"release": Canary(percent=25, alarms=RollbackAlarms(latency_ms=1000))},
        "endpoint 'churn' can't have RollbackAlarms with their default latency_ms and be served by "
        "Async: the default is a second, as long as a person waits, and answers of such an "
        "endpoint may take an hour; say latency_ms= in RollbackAlarms, or None for no such alarm",
    ),
    "several models in the shadow": (
        choice(MULTI_MODEL, Shadow()),
        {"release": AllAtOnce()},
        "endpoint 'churn' can't be released by Shadow and be served by MultiModel: AWS has no "
        "shadow variants of multi-model endpoints; release it by AllAtOnce, or serve it by "
        "RealTime",
    ),
    "several models side by side": (
        choice(MULTI_MODEL, Split()),
        {"release": AllAtOnce()},
        "endpoint 'churn' can't be released by Split and be served by MultiModel: a request names "
        "the archive that answers it, whatever the weights of variants; release it by AllAtOnce, "
        "or serve it by RealTime",
    ),
    "several models with monitors": (
        choice(MULTI_MODEL, monitors=("bias",)),
        {"monitors": ()},
        "endpoint 'churn' can't have monitors ('bias') and be served by MultiModel: monitoring "
        f"knows endpoints with one model only; {OTHERWISE}",
    ),
    "batch with traffic": (
        choice(BATCH, Canary(percent=25)),
        {"release": UNGUARDED},
        "model 'churn' can't be released by Canary and be served by Batch: it has no endpoint, and "
        "so no traffic to shift, copy or split: the next run scores with the version that was "
        "promoted; take its release= away, or serve it by RealTime",
    ),
    "guardrails on Inf1": (
        choice(INF1, Canary(percent=25)),
        {"hosting": REAL_TIME.model_copy(update={"instance_type": "ml.inf2.xlarge"})},
        "endpoint 'churn' can't be released by Canary with alarms or waits on instance_type "
        "'ml.inf1.xlarge': AWS would silently shift all at once and watch nothing; take another "
        f"type, such as 'ml.inf2.xlarge', or {SAID_OPENLY}",
    ),
    "shadow on Inf1": (
        choice(INF1, Shadow()),
        {"release": Split()},
        "endpoint 'churn' can't be released by Shadow on instance_type 'ml.inf1.xlarge': AWS has "
        "no shadow variants there; take another type, such as 'ml.inf2.xlarge', or release=Split()",
    ),
    "shadow without capture": (
        choice(REAL_TIME.model_copy(update={"capture_percent": 0}), Shadow()),
        {"release": Split()},
        "endpoint 'churn' can't be released by Shadow with capture_percent=0: answers are compared "
        "as they were recorded; set it to 1 to 100, or release=Split(), which compares errors and "
        "latency alone",
    ),
    "guardrails from AWS Marketplace": (
        choice(REAL_TIME, Rolling(percent=25), bought=("AlgorithmName", "ProductId")),
        {"release": UNGUARDED},
        "endpoint 'churn' can't be released by Rolling with alarms or waits and have "
        "AlgorithmName, ProductId in its pipeline's definition, as with containers from AWS "
        "Marketplace: AWS would silently shift all at once and watch nothing; take another "
        f"container, or {SAID_OPENLY}",
    ),
    "shadow from AWS Marketplace": (
        choice(REAL_TIME, Shadow(), bought=("ProductId",)),
        {"release": Split()},
        "endpoint 'churn' can't be released by Shadow and have ProductId in its pipeline's "
        "definition, as with containers from AWS Marketplace: AWS has no shadow variants of them; "
        "take another container, or release=Split()",
    ),
}
"""Name of the row: a choice to which it alone applies, what mends that, and what is said."""


@pytest.mark.parametrize("row", CLASHES, ids=lambda row: row.name.replace(" ", "-"))
def test_what_can_not_go_together_is_said_with_what_instead_and_the_page(row: Any):
    wrong, mended, said = CASES[row.name]
    assert list(clashes(wrong)) == [f"{said} ({row.source})"]
    assert row.source.startswith("https://docs.aws.amazon.com/sagemaker/latest/")
    assert list(clashes(replace(wrong, **mended))) == []


def test_no_row_is_there_twice():
    assert len({row.name for row in CLASHES}) == len(CLASHES) == len(CASES)


def test_everything_that_can_not_go_together_is_said_at_once():
    said = release_problems(
        "churn", SERVERLESS, Canary(percent=25), monitors=["data-quality"], network=NETWORK
    )
    assert [sentence.split(" and be served")[0] for sentence in said] == [
        "endpoint 'churn' can't be released by Canary with alarms or waits",
        "endpoint 'churn' can't have monitors ('data-quality')",
        "endpoint 'churn' can't run in a network of yours",
    ]


@pytest.mark.parametrize("hosting", [REAL_TIME, ASYNC, MULTI_MODEL], ids=lambda h: type(h).__name__)
def test_guarded_releases_go_with_everything_that_has_instances(hosting: Any):
    patient = RollbackAlarms(latency_ms=60_000)
    for release in (Canary(percent=25, alarms=patient), Rolling(percent=25, alarms=patient)):
        assert list(release_problems("churn", hosting, release, network=NETWORK)) == []


def test_an_endpoint_that_goes_down_to_no_instance_has_no_half_to_begin_with():
    asleep = ASYNC.model_copy(update={"min_instances": 0})
    patient = RollbackAlarms(latency_ms=60_000)
    [said] = release_problems("churn", asleep, Canary(percent=25, alarms=patient))
    assert said.startswith("endpoint 'churn' needs min_instances of at least 2 to be released by")


@pytest.mark.parametrize("trial", [Shadow(), Split()], ids=["shadow", "split"])
def test_a_trial_goes_with_instances_and_capture(trial: Any):
    assert list(release_problems("churn", REAL_TIME, trial)) == []


@pytest.mark.parametrize(
    ("release", "setting"),
    [(Shadow, "alarms"), (Split, "alarms"), (Rolling, "weight_percent"), (Canary, "hours")],
)
def test_guardrails_and_trials_can_not_be_said_in_one_breath(release: Any, setting: str):
    with pytest.raises(ValidationError) as refusal:
        release(percent=25, **{setting: 1}) if release in (Rolling, Canary) else release(
            **{setting: 1}
        )
    assert sentences(refusal.value) == [
        f"{release.__name__}.{setting} extra inputs are not permitted, got 1"
    ]


def test_what_a_definition_bought_is_said_alone():
    bought = '{"Steps": [{"Arguments": {"AlgorithmSpecification": {"AlgorithmName": "a"}}}]}'
    [said] = marketplace_problems("churn", bought, SERVERLESS, AllAtOnce())
    assert said.startswith("endpoint 'churn' can't have AlgorithmName in its pipeline's definition")
    assert list(marketplace_problems("churn", '{"Steps": []}', REAL_TIME, AllAtOnce())) == []
